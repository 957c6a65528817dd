/* recommended: the models that the autopilot holds to be the best. */
#include "routes/common.h"

/* project, model, type */
static cJSON *recommended_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	cJSON *v = cJSON_CreateObject();

	(void)r;
	(void)sv;
	if (set_text(v, "projectId", store_text(q, 0)) &&
	    set_text(v, "modelId", store_text(q, 1)) &&
	    set_text(v, "recommendationType", store_text(q, 2)))
		return v;
	cJSON_Delete(v);
	return NULL;
}

#define COLUMNS "SELECT project, model, type FROM recommendation WHERE project = ? ORDER BY "

void route_recommended_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, COLUMNS "type", "s", r->arg[0]);
	web_json(r, 200, common_list(r, sv, q, recommended_row));
}

/* The one for deployment, where there is one. */
void route_recommended_get(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, COLUMNS "type <> 'Recommended for Deployment' LIMIT 1", "s",
			r->arg[0]);
	if (store_next(sv->store, q))
		web_json(r, 200, recommended_row(r, sv, q));
	else
		web_error(r, 404, "the autopilot has recommended no model yet");
}
