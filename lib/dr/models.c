#include "dr/models.h"

#include <stdlib.h>

#include "dr/doubt.h"
#include "json/json.h"

static char *path_of(const char *project, const char *id, struct err *e)
{
	return dr_path(e, "projects", project, "models", id);
}

cJSON *dr_model_get(struct dr *dr, const char *project, const char *id, struct err *e)
{
	return dr_get(dr, path_of(project, id, e), id, e);
}

cJSON *dr_models(struct dr *dr, const char *project, struct err *e)
{
	char *path = dr_path(e, "projects", project, "models");

	return dr_list(dr, dr_query(e, path, "orderBy", "-metric"), project, e);
}

cJSON *dr_model_recommended(struct dr *dr, const char *project, struct err *e)
{
	char *path = dr_path(e, "projects", project, "recommendedModels", "recommendedModel");
	cJSON *answer = dr_get(dr, path, NULL, e), *model = NULL;
	const char *id = answer ? json_str(answer, "modelId") : NULL;

	if (id)
		model = dr_model_get(dr, project, id, e);
	else if (answer)
		err_set(e, ERR_REFUSED, "project %s: the service names no recommended model",
			project);
	cJSON_Delete(answer);
	return model;
}

bool dr_model_start(struct dr *dr, const char *project, const char *id, http_done_fn *done,
		    void *ctx, struct err *e)
{
	char *path = path_of(project, id, e);
	struct http_request q = {.method = HTTP_GET,
				 .path = path,
				 .want_json = true,
				 .doubt = doubt_object,
				 .about = id};
	bool ok = path && http_start(dr_http(dr), &q, done, ctx, e);

	free(path);
	return ok;
}

bool dr_folds_start(struct dr *dr, const char *project, const char *model, const char *metric,
		    http_done_fn *done, void *ctx, struct err *e)
{
	char *path = dr_query(
		e, dr_path(e, "projects", project, "models", model, "crossValidationScores"),
		"metric", metric);
	struct http_request q = {
		.method = HTTP_GET, .path = path, .want_json = true, .doubt = doubt_object};
	bool ok = path && http_start(dr_http(dr), &q, done, ctx, e);

	free(path);
	return ok;
}

/* Folds are named "0.0", "1.0", ... */
static int by_fold(const void *a, const void *b)
{
	double x = strtod((*(const cJSON *const *)a)->string, NULL);
	double y = strtod((*(const cJSON *const *)b)->string, NULL);

	return (x > y) - (x < y);
}

cJSON *dr_folds_read(const cJSON *answer, const char *metric)
{
	const cJSON *scores = json_get(json_get(answer, "cvScores"), metric), *v;
	const cJSON **in_order = calloc((size_t)cJSON_GetArraySize(scores) + 1, sizeof(v));
	cJSON *folds = cJSON_CreateArray();
	size_t n = 0, i = 0;
	bool ok = in_order && folds;

	cJSON_ArrayForEach (v, scores)
		if (ok && cJSON_IsNumber(v) && v->string)
			in_order[n++] = v;
	if (ok)
		qsort(in_order, n, sizeof(*in_order), by_fold);
	for (; ok && i < n; i++)
		ok = cJSON_AddItemToArray(folds, cJSON_CreateNumber(in_order[i]->valuedouble));
	free(in_order);
	if (ok && n > 1)
		return folds;
	cJSON_Delete(folds);
	return NULL;
}

bool dr_model_delete(struct dr *dr, const char *project, const char *id, struct err *e)
{
	return dr_send(dr, HTTP_DELETE, path_of(project, id, e), NULL, NULL, NULL, e);
}

bool dr_model_delete_start(struct dr *dr, const char *project, const char *id,
			   http_done_fn *done, void *ctx, struct err *e)
{
	char *path = path_of(project, id, e);
	struct http_request q = {.method = HTTP_DELETE, .path = path};
	bool ok = path && http_start(dr_http(dr), &q, done, ctx, e);

	free(path);
	return ok;
}

bool dr_model_delete_read(const struct dr *dr, const struct http_response *r,
			  const struct err *why, bool *gone, struct err *e)
{
	/* Asked a second time, it may have been this run that took it away. */
	*gone = r->status == 404 && r->attempts <= 1;
	if (r->status == 404)
		return true;
	*e = *why;
	return dr_check(dr, r, e) && (r->status / 100 == 2 || dr_unexpected(dr, r, e));
}

bool dr_model_score(const cJSON *model, const char *metric, const char *partition,
		    double *score)
{
	const cJSON *of_metric = json_get(json_get(model, "metrics"), metric);
	const cJSON *v = json_get(of_metric, partition);

	if (!cJSON_IsNumber(v))
		return false;
	*score = v->valuedouble;
	return true;
}

bool dr_model_set_score(cJSON *rec, const cJSON *model, const char *metric,
			const char *partition, bool minimize, struct err *e)
{
	const cJSON *metrics = json_get(model, "metrics");
	double score;
	bool has = dr_model_score(model, metric, partition, &score);

	return (json_set(rec, "score", has ? cJSON_CreateNumber(score) : cJSON_CreateNull()) &&
		json_set_str(rec, "metric", metric) &&
		json_set_str(rec, "partition", partition) &&
		json_set(rec, "minimize", cJSON_CreateBool(minimize)) &&
		json_set(rec, "metrics",
			 metrics ? cJSON_Duplicate(metrics, true) : cJSON_CreateObject())) ||
	       err_nomem(e);
}
