/* blenders: models that are the mean of others. */
#include <stdio.h>
#include <string.h>

#include "jobs/blend.h"
#include "routes/job.h"
#include "routes/model.h"

/* A model, and what it is made of. */
static cJSON *blender_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	cJSON *v = model_row(r, sv, q), *members = store_json(q, MODEL_MEMBERS);
	const cJSON *models = json_get(members, "models");

	if (v && models && json_set(v, "modelIds", cJSON_Duplicate(models, true)) &&
	    set_text(v, "blenderMethod", "AVG")) {
		cJSON_Delete(members);
		return v;
	}
	cJSON_Delete(members);
	cJSON_Delete(v);
	return NULL;
}

void route_blender_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	char path[128];
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store,
			MODEL_COLUMNS " WHERE m.project = ? AND b.members IS NOT NULL"
				      " ORDER BY m.number",
			"s", r->arg[0]);
	snprintf(path, sizeof(path), "projects/%s/blenderModels/", r->arg[0]);
	common_page(r, common_list(r, sv, q, blender_row), "data", path);
}

void route_blender_get(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store,
			MODEL_COLUMNS
			" WHERE m.project = ? AND m.id = ? AND b.members IS NOT NULL",
			"ss", r->arg[0], r->arg[1]);
	if (store_next(sv->store, q))
		web_json(r, 200, blender_row(r, sv, q));
	else
		web_error(r, 404, "there is no blender '%s'", r->arg[1]);
}

/* Which models, and how; false: answered. */
static bool read_request(struct web_request *r, struct service *sv, const cJSON **ids)
{
	static const char *const fields[] = {"modelIds", "blenderMethod", NULL};
	const cJSON *method = json_get(r->body, "blenderMethod");
	const char *name = cJSON_GetStringValue(method);

	if (!common_project(r, sv, r->arg[0]) || !common_only(r, fields))
		return false;
	*ids = json_get(r->body, "modelIds");
	if (!cJSON_IsArray(*ids))
		return web_invalid(r, "modelIds", "is required: a list of models");
	if (!name)
		return web_invalid(r, "blenderMethod", "is required: AVG");
	return strcmp(name, "AVG") == 0 ||
	       web_invalid(r, "blenderMethod", "'%s' is not supported by dr-sandbox; AVG is",
			   name);
}

/* Whether its cross validation can be had. */
static bool has_folds(struct service *sv, const char *project)
{
	sqlite3_stmt *q = store_query(sv->store, "SELECT partition FROM project WHERE id = ?",
				      "s", project);
	cJSON *partition = store_next(sv->store, q) ? store_json(q, 0) : NULL;
	bool yes = queue_has_folds(partition);

	sqlite3_reset(q);
	cJSON_Delete(partition);
	return yes;
}

void route_blender_create(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	struct blend b = {0};
	struct err e = {0};
	const cJSON *ids;
	long long job;

	if (!read_request(r, sv, &ids))
		return;
	if (!blend_of(sv->store, r->arg[0], ids, &b, &e)) {
		if (e.kind == ERR_REFUSED)
			web_invalid(r, "modelIds", "%s", e.text);
		else
			web_error(r, 500, "%s", e.text);
	} else if (!job_is_there(r, sv, r->arg[0], b.fingerprint, false) &&
		   !job_queue_full(r, sv)) {
		job = blend_submit(sv->store, r->arg[0], &b, has_folds(sv, r->arg[0]), 0);
		if (job)
			job_accepted(r, sv, r->arg[0], "fit", job);
		else
			web_json(r, 500, NULL);
	}
	blend_release(&b);
}

/* Whether these could be blended, and if not, why. */
void route_blender_check(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	struct blend b = {0};
	struct err e = {0};
	const cJSON *ids;
	cJSON *v;
	bool can;

	if (!read_request(r, sv, &ids))
		return;
	can = blend_of(sv->store, r->arg[0], ids, &b, &e);
	blend_release(&b);
	v = cJSON_CreateObject();
	if ((can || e.kind == ERR_REFUSED) && set_bool(v, "blendable", can) &&
	    set_text(v, "reason", e.text)) {
		web_json(r, 200, v);
		return;
	}
	cJSON_Delete(v);
	web_json(r, 500, NULL);
}
