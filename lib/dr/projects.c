#include "dr/projects.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json/json.h"

static char *path_of(const char *id, struct err *e)
{
	return dr_path(e, "projects", id);
}

cJSON *dr_project_get(struct dr *dr, const char *id, struct err *e)
{
	return dr_get(dr, path_of(id, e), id, e);
}

cJSON *dr_project_list(struct dr *dr, const char *name, struct err *e)
{
	char *path = dr_path(e, "projects");

	return dr_list(dr, name ? dr_query(e, path, "projectName", name) : path, NULL, e);
}

static bool is_url(const char *source)
{
	return strncasecmp(source, "http://", 7) == 0 ||
	       strncasecmp(source, "https://", 8) == 0 ||
	       strncasecmp(source, "s3://", 5) == 0 || strncasecmp(source, "file:", 5) == 0;
}

bool dr_project_check(const char *source, struct err *e)
{
	return is_url(source) || http_check_file(source, e);
}

static char *upload(struct dr *dr, const char *file, const char *name, bool *unknown,
		    struct err *e)
{
	struct http_request q = {.method = HTTP_POST, .path = "projects/", .file = file};
	struct http_response r = {0};
	char *location = NULL;

	if (name) {
		q.form_name = "projectName";
		q.form_value = name;
	}
	if (!http_call(dr_http(dr), &q, &r, e)) {
		dr_check(dr, &r, e);
	} else if (r.status / 100 != 2) {
		dr_unexpected(dr, &r, e);
		err_prefix(e, "POST projects/");
	} else {
		location = r.location;
		r.location = NULL;
	}
	*unknown = r.unknown;
	http_response_release(&r);
	return location;
}

char *dr_project_create(struct dr *dr, const char *source, const char *name, bool *unknown,
			struct err *e)
{
	char *location = NULL;

	*unknown = false;

	if (is_url(source)) {
		cJSON *body = cJSON_CreateObject();

		if (!json_set_str(body, "url", source) ||
		    (name && !json_set_str(body, "projectName", name))) {
			cJSON_Delete(body);
			err_nomem(e);
			return NULL;
		}
		dr_send(dr, HTTP_POST, dr_path(e, "projects"), body, &location, unknown, e);
	} else {
		location = upload(dr, source, name, unknown, e);
	}
	if (!location && e->kind == ERR_NONE) {
		*unknown = true;
		err_set(e, ERR_UNAVAILABLE, "POST projects/: the answer names no status");
	}
	return location;
}

char *dr_project_aim(struct dr *dr, const char *id, const struct dr_aim *aim, bool *unknown,
		     struct err *e)
{
	cJSON *body = cJSON_CreateObject();
	char *location = NULL;

	*unknown = false;
	if (!json_set_str(body, "target", aim->target) ||
	    (aim->metric && !json_set_str(body, "metric", aim->metric)) ||
	    (aim->mode && !json_set_str(body, "mode", aim->mode))) {
		cJSON_Delete(body);
		err_nomem(e);
		return NULL;
	}
	if (dr_send(dr, HTTP_PATCH, dr_path(e, "projects", id, "aim"), body, &location, unknown,
		    e) &&
	    !location) {
		*unknown = true;
		err_set(e, ERR_UNAVAILABLE,
			"PATCH projects/%s/aim/: the answer names no status", id);
	}
	return location;
}

static bool patch(struct dr *dr, const char *id, const char *field, cJSON *value, struct err *e)
{
	cJSON *body = cJSON_CreateObject();

	if (!json_set(body, field, value)) {
		cJSON_Delete(body);
		return err_nomem(e);
	}
	return dr_set(dr, path_of(id, e), body, e);
}

bool dr_project_set_workers(struct dr *dr, const char *id, long n, struct err *e)
{
	return patch(dr, id, "workerCount", cJSON_CreateNumber((double)n), e);
}

bool dr_project_unlock_holdout(struct dr *dr, const char *id, struct err *e)
{
	return patch(dr, id, "holdoutUnlocked", cJSON_CreateTrue(), e);
}

bool dr_project_delete(struct dr *dr, const char *id, struct err *e)
{
	return dr_send(dr, HTTP_DELETE, path_of(id, e), NULL, NULL, NULL, e);
}

cJSON *dr_project_status(struct dr *dr, const char *id, struct err *e)
{
	return dr_get(dr, dr_path(e, "projects", id, "status"), NULL, e);
}

bool dr_project_is_done(const cJSON *project, const cJSON *status)
{
	const char *stage = json_str(status, "stage");
	bool ready = stage && strcmp(stage, "modeling") == 0;
	bool manual = json_num(project, "autopilotMode", 0) == 2;

	return json_true(status, "autopilotDone") || (ready && manual);
}

bool dr_project_partition(const cJSON *project, const char *partition, struct err *e)
{
	char *id;

	if (strcmp(partition, "holdout") != 0 || json_true(project, "holdoutUnlocked"))
		return true;
	id = dr_id(project, "id");
	err_set(e, ERR_REFUSED,
		"the holdout of project %s is locked: dr-project unlock-holdout opens it, for "
		"good",
		id ? id : "?");
	free(id);
	return false;
}

/* ---- metrics ---- */

/* Directions as the service gives them, for servers that do not list a metric. */
static bool known_direction(const char *metric, bool *minimize)
{
	static const struct {
		const char *name;
		bool minimize;
	} known[] = {
		{"LogLoss", true},
		{"RMSE", true},
		{"MAE", true},
		{"MAPE", true},
		{"RMSLE", true},
		{"Tweedie Deviance", true},
		{"Poisson Deviance", true},
		{"Gamma Deviance", true},
		{"AUC", false},
		{"Gini", false},
		{"Gini Norm", false},
		{"Kolmogorov-Smirnov", false},
		{"Rate@Top5%", false},
		{"Rate@Top10%", false},
		{"Rate@TopTenth%", false},
		{"FVE Binomial", false},
		{"FVE Gamma", false},
		{"FVE Multinomial", false},
		{"FVE Poisson", false},
		{"FVE Tweedie", false},
		{"R Squared", false},
		{"Max MCC", false},
		{"Area Under PR Curve", false},
		{"Accuracy", false},
		{"Balanced Accuracy", false},
	};
	const char *name = strncmp(metric, "Weighted ", 9) == 0 ? metric + 9 : metric;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(name, known[i].name) == 0) {
			*minimize = known[i].minimize;
			return true;
		}
	return false;
}

static bool listed_direction(const cJSON *answer, const char *metric, bool *minimize)
{
	const cJSON *m;

	cJSON_ArrayForEach (m, json_get(answer, "metricDetails")) {
		const char *name = json_str(m, "metricName");

		if (name && strcmp(name, metric) == 0 &&
		    cJSON_IsBool(json_get(m, "ascending"))) {
			*minimize = json_true(m, "ascending");
			return true;
		}
	}
	return false;
}

/* The direction of a metric for this target; *known says whether there is one. */
static bool find_direction(struct dr *dr, const char *id, const char *target,
			   const char *metric, bool *known, bool *minimize, struct err *e)
{
	char *path = dr_path(e, "projects", id, "features", "metrics");
	cJSON *answer = dr_get(dr, dr_query(e, path, "featureName", target), NULL, e);

	if (!answer)
		return false;
	*known =
		listed_direction(answer, metric, minimize) || known_direction(metric, minimize);
	cJSON_Delete(answer);
	return true;
}

bool dr_project_metric(struct dr *dr, const cJSON *project, const char *metric,
		       const char **name, bool *minimize, struct err *e)
{
	const char *target = json_str(project, "target");
	char *id = dr_id(project, "id");
	bool known = false, ok = false;

	*name = metric ? metric : json_str(project, "metric");
	if (!id && dr_has_id(project, "id"))
		err_nomem(e);
	else if (!id || !target || !*name || !**name)
		err_set(e, ERR_INPUT, "project %s has no target yet", id ? id : "?");
	else if (find_direction(dr, id, target, *name, &known, minimize, e))
		ok = known || err_set(e, ERR_INPUT, "project %s has no metric '%s'", id, *name);
	free(id);
	return ok;
}
