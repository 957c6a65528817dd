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

cJSON *dr_parameters(struct dr *dr, const char *project, const char *model, struct err *e)
{
	char *path = dr_path(e, "projects", project, "models", model, "advancedTuning",
			     "parameters");
	cJSON *answer = dr_get(dr, path, NULL, e), *list;

	if (!answer)
		return NULL;
	list = json_get(answer, "tuningParameters");
	if (cJSON_IsArray(list))
		list = cJSON_DetachItemViaPointer(answer, list);
	else
		list = NULL;
	cJSON_Delete(answer);
	if (!list)
		err_set(e, ERR_REFUSED, "model %s: the answer holds no tuning parameters",
			model);
	return list;
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
