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

bool dr_model_delete(struct dr *dr, const char *project, const char *id, struct err *e)
{
	return dr_send(dr, HTTP_DELETE, path_of(project, id, e), NULL, NULL, NULL, e);
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
