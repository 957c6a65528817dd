/* features: the columns, and the metrics of the target. */
#include <stdio.h>
#include <string.h>

#include "routes/common.h"

static cJSON *body_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	(void)r;
	(void)sv;
	return store_json(q, 0);
}

void route_feature_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, "SELECT body FROM feature WHERE project = ? ORDER BY number",
			"s", r->arg[0]);
	web_json(r, 200, common_list(r, sv, q, body_row));
}

void route_feature_get(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, "SELECT body FROM feature WHERE project = ? AND name = ?",
			"ss", r->arg[0], r->arg[1]);
	if (store_next(sv->store, q))
		web_json(r, 200, store_json(q, 0));
	else
		web_error(r, 404, "there is no column '%s'", r->arg[1]);
}

static bool metric_names(cJSON *v, const cJSON *details)
{
	cJSON *names = cJSON_AddArrayToObject(v, "availableMetrics");
	const cJSON *m;

	cJSON_ArrayForEach (m, details) {
		const char *name = json_str(m, "metricName");

		if (name && !cJSON_AddItemToArray(names, cJSON_CreateString(name)))
			return false;
	}
	return names;
}

void route_feature_metrics(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	const char *name = web_query(r, "featureName"), *target;
	sqlite3_stmt *q = store_query(
		sv->store, "SELECT target, metrics FROM project WHERE id = ?", "s", r->arg[0]);
	cJSON *v, *details;

	if (!store_next(sv->store, q)) {
		common_project(r, sv, r->arg[0]);
		return;
	}
	target = store_text(q, 0);
	if (!name || !*name) {
		web_invalid(r, "featureName", "is required");
		return;
	}
	if (!target || strcmp(name, target) != 0) {
		web_error(r, 404, "metrics are known of the target only, once it has been set");
		return;
	}
	v = cJSON_CreateObject();
	details = store_json(q, 1);
	if (json_set_str(v, "featureName", name) && metric_names(v, details) &&
	    json_set(v, "metricDetails", details)) {
		web_json(r, 200, v);
		return;
	}
	cJSON_Delete(v);
	web_json(r, 500, NULL);
}

/* What clients read of a column for modeling: those of time series come from others. */
static cJSON *modeling_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	cJSON *v = body_row(r, sv, q);

	if (v && json_set(v, "parentFeatureNames", cJSON_CreateArray()))
		return v;
	cJSON_Delete(v);
	return NULL;
}

void route_modeling_feature_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	char path[128];
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, "SELECT body FROM feature WHERE project = ? ORDER BY number",
			"s", r->arg[0]);
	snprintf(path, sizeof(path), "projects/%s/modelingFeatures/", r->arg[0]);
	common_page(r, common_list(r, sv, q, modeling_row), "data", path);
}

void route_modeling_feature_get(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, "SELECT body FROM feature WHERE project = ? AND name = ?",
			"ss", r->arg[0], r->arg[1]);
	if (store_next(sv->store, q))
		web_json(r, 200, modeling_row(r, sv, q));
	else
		web_error(r, 404, "there is no column '%s'", r->arg[1]);
}
