#include "dr/tuning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dr/doubt.h"
#include "json/json.h"

static char *path_of(const char *project, const char *model, struct err *e)
{
	return dr_path(e, "projects", project, "models", model, "advancedTuning");
}

static char *parameters_path(const char *project, const char *model, struct err *e)
{
	return dr_path(e, "projects", project, "models", model, "advancedTuning", "parameters");
}

/* The list that an answer holds, which is taken out of it. */
static cJSON *take_list(cJSON *answer, const char *model, struct err *e)
{
	cJSON *list = json_get(answer, "tuningParameters");

	if (cJSON_IsArray(list))
		return cJSON_DetachItemViaPointer(answer, list);
	err_set(e, ERR_REFUSED, "model %s: the answer holds no tuning parameters", model);
	return NULL;
}

cJSON *dr_parameters(struct dr *dr, const char *project, const char *model, struct err *e)
{
	cJSON *answer = dr_get(dr, parameters_path(project, model, e), NULL, e);
	cJSON *list = answer ? take_list(answer, model, e) : NULL;

	cJSON_Delete(answer);
	return list;
}

bool dr_parameter_records_start(struct dr *dr, const char *project, const char *model,
				http_done_fn *done, void *ctx, struct err *e)
{
	char *path = parameters_path(project, model, e);
	struct http_request q = {
		.method = HTTP_GET, .path = path, .want_json = true, .doubt = doubt_object};
	bool ok = path && http_start(dr_http(dr), &q, done, ctx, e);

	free(path);
	return ok;
}

static cJSON *records_of(const cJSON *wire, const char *model, struct err *e)
{
	cJSON *records = cJSON_CreateArray();
	const cJSON *item;
	bool ok = records || err_nomem(e);

	cJSON_ArrayForEach (item, wire) {
		cJSON *rec = ok ? dr_parameter_record(item, model, e) : NULL;

		ok = rec && cJSON_AddItemToArray(records, rec);
	}
	if (ok)
		return records;
	cJSON_Delete(records);
	return NULL;
}

cJSON *dr_parameter_records(struct dr *dr, const char *project, const char *model,
			    struct err *e)
{
	cJSON *wire = dr_parameters(dr, project, model, e);
	cJSON *records = wire ? records_of(wire, model, e) : NULL;

	cJSON_Delete(wire);
	return records;
}

cJSON *dr_parameter_records_read(const struct dr *dr, struct http_response *r,
				 const struct err *why, const char *model, struct err *e)
{
	cJSON *wire, *records;

	*e = *why;
	if (!dr_check(dr, r, e))
		return NULL;
	if (r->status != 200) {
		dr_unexpected(dr, r, e);
		err_prefix(e, "model %s", model);
		return NULL;
	}
	wire = take_list(r->json, model, e);
	records = wire ? records_of(wire, model, e) : NULL;
	cJSON_Delete(wire);
	return records;
}

bool dr_tune_start(struct dr *dr, const char *project, const char *model, cJSON *values,
		   const char *description, http_done_fn *done, void *ctx, struct err *e)
{
	char *path = path_of(project, model, e);
	cJSON *body = cJSON_CreateObject();
	struct http_request q = {
		.method = HTTP_POST, .path = path, .json = body, .doubt = doubt_submission};
	bool ok = false;

	if (!path)
		cJSON_Delete(values);
	else if (!json_set(body, "tuningParameters", values) ||
		 (description && !json_set_str(body, "tuningDescription", description)))
		err_nomem(e);
	else
		ok = http_start(dr_http(dr), &q, done, ctx, e);
	cJSON_Delete(body);
	free(path);
	return ok;
}
