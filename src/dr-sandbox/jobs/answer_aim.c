/* answer_aim: a project has a target; its blueprints, and the autopilot's jobs. */
#include <stdio.h>
#include <string.h>

#include "jobs/answers.h"
#include "jobs/autopilot.h"
#include "json/json.h"

cJSON *answer_summary(const cJSON *b)
{
	const char *type = json_str(b, "model_type"), *family = json_str(b, "model_family");
	const char *full = json_str(b, "model_family_full_name");
	const cJSON *processes = json_get(b, "processes");
	cJSON *v = cJSON_CreateObject();

	if (json_str(b, "id") && cJSON_IsArray(processes) &&
	    cJSON_IsArray(json_get(b, "parameters")) && json_set_str(v, "modelType", type) &&
	    json_set(v, "processes", cJSON_Duplicate(processes, true)) &&
	    json_set_str(v, "modelFamily", family ? family : type) &&
	    json_set_str(v, "modelFamilyFullName", full ? full : type) &&
	    cJSON_AddBoolToObject(v, "supportsMonotonicConstraints",
				  json_true(b, "supports_monotonic")))
		return v;
	cJSON_Delete(v);
	return NULL;
}

static bool put_blueprints(struct store *s, const char *project, const cJSON *list,
			   struct err *e)
{
	const cJSON *b;
	long long number = 0;

	cJSON_ArrayForEach (b, list) {
		cJSON *summary = answer_summary(b);

		if (!summary)
			return err_set(e, ERR_INPUT,
				       "the worker describes a blueprint without id, name, "
				       "processes or parameters");
		store_run(s,
			  "INSERT INTO blueprint (project, id, number, body, summary)"
			  " VALUES (?, ?, ?, ?, ?)",
			  "ssijj", project, json_str(b, "id"), ++number, b, summary);
		cJSON_Delete(summary);
	}
	return number > 0 || err_set(e, ERR_INPUT, "the worker offers no blueprint");
}

static bool put_project(struct store *s, const char *project, const cJSON *answer,
			const cJSON *asked, struct err *e)
{
	static const char *const needed[] = {"target_type", "metric", "metrics",   "partition",
					     "features",    "rows",   "blueprints"};
	const char *type = json_str(answer, "target_type"),
		   *want = json_str(asked, "targetType");

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!json_get(answer, needed[i]))
			return err_set(e, ERR_INPUT, "the worker's answer lacks '%s'",
				       needed[i]);
	if (!type || (want && strcmp(want, type) != 0))
		return err_set(e, ERR_INPUT, "the target type is %s, not %s",
			       type ? type : "unknown", want);
	store_run(s,
		  "UPDATE project SET stage = 'modeling', target = ?, target_type = ?,"
		  " metric = ?, positive_class = ?, partition = ?, metrics = ?, rows = ?"
		  " WHERE id = ?",
		  "sssjjjis", json_str(asked, "target"), type, json_str(answer, "metric"),
		  json_get(answer, "positive_class"), json_get(answer, "partition"),
		  json_get(answer, "metrics"), (long long)json_num(answer, "rows", 0), project);
	return true;
}

/* The list that the autopilot works on, by id. */
static bool autopilot_list(struct store *s, const char *project, const cJSON *asked,
			   char id[STORE_ID_LEN + 1])
{
	sqlite3_stmt *q =
		store_query(s,
			    "SELECT id FROM featurelist WHERE project = ?1 AND (id = ?2 OR"
			    " (?2 IS NULL AND NOT by_user AND name = 'Informative Features'))",
			    "ss", project, json_str(asked, "featurelistId"));
	bool there = store_next(s, q);

	if (there) {
		snprintf(id, STORE_ID_LEN + 1, "%s", store_text(q, 0));
		sqlite3_reset(q);
	}
	return there;
}

static bool autopilot(struct store *s, const char *project, const cJSON *asked, long long mode,
		      struct err *e)
{
	struct autopilot_wishes wishes = autopilot_wishes(asked, mode);
	char list[STORE_ID_LEN + 1];

	if (!autopilot_list(s, project, asked, list))
		return err_set(e, ERR_INPUT, "the feature list is not there any more");
	autopilot_begin(s, project, list, mode, &wishes);
	return true;
}

bool answer_aim(struct store *s, const struct queue_job *j, const cJSON *answer, struct err *e)
{
	sqlite3_stmt *q = store_query(
		s, "SELECT asked, autopilot_mode FROM project WHERE id = ?", "s", j->project);
	cJSON *asked;
	long long mode;
	bool ok;

	if (!store_next(s, q))
		return err_set(e, ERR_INPUT, "the project is not there any more");
	asked = store_json(q, 0);
	mode = store_int(q, 1);
	sqlite3_reset(q);
	ok = put_project(s, j->project, answer, asked, e) &&
	     answer_features(s, j->project, answer, json_get(answer, "featurelists"), e) &&
	     put_blueprints(s, j->project, json_get(answer, "blueprints"), e) &&
	     (mode == AUTOPILOT_MANUAL || autopilot(s, j->project, asked, mode, e));
	cJSON_Delete(asked);
	return ok;
}
