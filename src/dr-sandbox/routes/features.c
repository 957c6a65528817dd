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

/* All columns of the project, or NULL and the answer 404. */
static sqlite3_stmt *all_columns(struct web_request *r, struct service *sv)
{
	if (!common_project(r, sv, r->arg[0]))
		return NULL;
	return store_query(sv->store,
			   "SELECT body FROM feature WHERE project = ? ORDER BY number", "s",
			   r->arg[0]);
}

/* The column that the path names, as `row` has it. */
static void answer_column(struct web_request *r, struct service *sv, common_row *row)
{
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, "SELECT body FROM feature WHERE project = ? AND name = ?",
			"ss", r->arg[0], r->arg[1]);
	if (store_next(sv->store, q))
		web_json(r, 200, row(r, sv, q));
	else
		web_error(r, 404, "there is no column '%s'", r->arg[1]);
}

void route_feature_list(struct web_request *r, void *ctx)
{
	sqlite3_stmt *q = all_columns(r, ctx);

	if (q)
		web_json(r, 200, common_list(r, ctx, q, body_row));
}

void route_feature_get(struct web_request *r, void *ctx)
{
	answer_column(r, ctx, body_row);
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

/* Those that the target has; of another column those that it would have. */
static cJSON *metrics_of(struct web_request *r, struct service *sv, const char *name)
{
	sqlite3_stmt *q =
		store_query(sv->store,
			    "SELECT CASE WHEN p.target IS ?2 THEN p.metrics ELSE"
			    " json_extract(p.offers, '$[' || f.target || '].metrics') END"
			    " FROM project p JOIN feature f ON f.project = p.id"
			    " WHERE p.id = ?1 AND f.name = ?2",
			    "ss", r->arg[0], name);
	cJSON *v;

	if (!store_next(sv->store, q)) {
		web_error(r, 404, "there is no column '%s'", name);
		return NULL;
	}
	v = store_json(q, 0);
	if (!v)
		web_error(r, 422,
			  "there are no metrics for '%s': it cannot be the target, having one "
			  "value, too many classes, or too few rows of one",
			  name);
	return v;
}

void route_feature_metrics(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	const char *name = web_query(r, "featureName");
	cJSON *v, *details;

	if (!common_project(r, sv, r->arg[0]))
		return;
	if (!name || !*name) {
		web_invalid(r, "featureName", "is required");
		return;
	}
	details = metrics_of(r, sv, name);
	if (!details)
		return;
	v = cJSON_CreateObject();
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
	sqlite3_stmt *q = all_columns(r, ctx);
	char path[128];

	if (!q)
		return;
	snprintf(path, sizeof(path), "projects/%s/modelingFeatures/", r->arg[0]);
	common_page(r, common_list(r, ctx, q, modeling_row), "data", path);
}

void route_modeling_feature_get(struct web_request *r, void *ctx)
{
	answer_column(r, ctx, modeling_row);
}
