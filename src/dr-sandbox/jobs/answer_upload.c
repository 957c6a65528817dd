/* answer_upload: what a table holds. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "jobs/answers.h"
#include "json/json.h"

/* The worker's words and those of the interface. */
static const char *const same[][2] = {
	{"importance", "importance"},
	{"unique_count", "uniqueCount"},
	{"na_count", "naCount"},
	{"min", "min"},
	{"max", "max"},
	{"mean", "mean"},
	{"median", "median"},
	{"std_dev", "stdDev"},
	{"date_format", "dateFormat"},
};

static const char *const nulls[] = {"timeStep", "timeUnit", "featureLineageId", "keySummary"};

static cJSON *feature(const char *project, int number, const cJSON *f)
{
	cJSON *v = cJSON_CreateObject();
	bool ok = json_set_num(v, "id", number) && json_set_str(v, "projectId", project) &&
		  json_set_str(v, "name", json_str(f, "name")) &&
		  json_set_str(v, "featureType", json_str(f, "feature_type")) &&
		  cJSON_AddBoolToObject(v, "lowInformation", json_true(f, "low_information"));

	for (size_t i = 0; ok && i < sizeof(same) / sizeof(same[0]); i++) {
		cJSON *value = json_get(f, same[i][0]);

		ok = json_set(v, same[i][1],
			      value ? cJSON_Duplicate(value, true) : cJSON_CreateNull());
	}
	for (size_t i = 0; ok && i < sizeof(nulls) / sizeof(nulls[0]); i++)
		ok = cJSON_AddNullToObject(v, nulls[i]);
	/* Nobody has looked for leaks, and there are no projects over time. */
	ok = ok && cJSON_AddFalseToObject(v, "timeSeriesEligible") &&
	     json_set_str(v, "timeSeriesEligibilityReason",
			  strcmp(json_str(f, "feature_type"), "Date") == 0 ? "notSupported"
									   : "notADate") &&
	     json_set_str(v, "targetLeakage", "SKIPPED_DETECTION");
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

static void put_list(struct store *s, const char *project, const char *name,
		     const cJSON *features)
{
	char id[STORE_ID_LEN + 1], now[STORE_TIME_LEN + 1];

	if (store_run(s,
		      "UPDATE featurelist SET features = ? WHERE project = ? AND name = ?"
		      " AND NOT by_user",
		      "jss", features, project, name))
		return;
	store_new_id(id);
	store_now(now);
	store_run(s,
		  "INSERT INTO featurelist (id, project, name, features, created, by_user,"
		  " description) VALUES (?, ?, ?, ?, ?, 0, 'System created list')",
		  "sssjs", id, project, name, features, now);
}

bool answer_features(struct store *s, const char *project, const cJSON *answer,
		     const cJSON *lists, struct err *e)
{
	static const char *const names[] = {"Raw Features", "Informative Features"};
	const cJSON *features = json_get(answer, "features");
	const cJSON *targets = json_get(answer, "targets"), *f;
	int number = 0;

	store_run(s, "DELETE FROM feature WHERE project = ?", "s", project);
	store_run(s, "UPDATE project SET offers = ? WHERE id = ?", "js", targets, project);
	cJSON_ArrayForEach (f, features) {
		cJSON *v;

		if (!json_str(f, "name") || !json_str(f, "feature_type"))
			return err_set(e, ERR_INPUT,
				       "the worker describes a column without a name");
		v = feature(project, number, f);
		if (!v)
			return err_nomem(e);
		store_run(s,
			  "INSERT INTO feature (project, number, name, body, target)"
			  " VALUES (?, ?, ?, ?, ?)",
			  "sisjd", project, (long long)number++, json_str(f, "name"), v,
			  json_num(f, "target", NAN));
		cJSON_Delete(v);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const cJSON *list = json_get(lists, names[i]);

		if (!cJSON_IsArray(list))
			return err_set(e, ERR_INPUT, "the worker names no list '%s'", names[i]);
		put_list(s, project, names[i], list);
	}
	return true;
}

/* Before there is a target, the lists follow from the columns alone. */
static cJSON *lists_of(const cJSON *features)
{
	cJSON *lists = cJSON_CreateObject();
	cJSON *raw = cJSON_AddArrayToObject(lists, "Raw Features");
	cJSON *informative = cJSON_AddArrayToObject(lists, "Informative Features");
	const cJSON *f;

	cJSON_ArrayForEach (f, features) {
		const char *name = json_str(f, "name");

		cJSON_AddItemToArray(raw, cJSON_CreateString(name ? name : ""));
		if (!json_true(f, "low_information"))
			cJSON_AddItemToArray(informative, cJSON_CreateString(name ? name : ""));
	}
	return lists;
}

bool answer_upload(struct store *s, const struct queue_job *j, const cJSON *answer,
		   struct err *e)
{
	const cJSON *features = json_get(answer, "features");
	double rows = json_num(answer, "rows", -1);
	cJSON *lists;
	bool ok;

	if (!cJSON_IsArray(features) || rows < 0)
		return err_set(e, ERR_INPUT, "the worker's answer lacks 'rows' or 'features'");
	lists = lists_of(features);
	ok = answer_features(s, j->project, answer, lists, e);
	cJSON_Delete(lists);
	store_run(s, "UPDATE project SET stage = 'aim', rows = ? WHERE id = ?", "is",
		  (long long)rows, j->project);
	return ok;
}
