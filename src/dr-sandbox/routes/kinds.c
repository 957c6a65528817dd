/* kinds: models of one kind: frozen ones; those over time, which there are none of. */
#include <stdio.h>

#include "routes/model.h"

void route_frozen_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	char path[128];
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store,
			MODEL_COLUMNS " WHERE m.project = ? AND m.frozen ORDER BY m.number",
			"s", r->arg[0]);
	snprintf(path, sizeof(path), "projects/%s/frozenModels/", r->arg[0]);
	common_page(r, common_list(r, sv, q, model_row), "data", path);
}

void route_frozen_get(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store,
			MODEL_COLUMNS " WHERE m.project = ? AND m.id = ? AND m.frozen", "ss",
			r->arg[0], r->arg[1]);
	if (store_next(sv->store, q))
		web_json(r, 200, model_row(r, sv, q));
	else
		web_error(r, 404, "there is no frozen model '%s'", r->arg[1]);
}

void route_datetime_list(struct web_request *r, void *ctx)
{
	char path[128];

	if (!common_project(r, ctx, r->arg[0]))
		return;
	snprintf(path, sizeof(path), "projects/%s/datetimeModels/", r->arg[0]);
	common_page(r, cJSON_CreateArray(), "data", path);
}

void route_datetime_get(struct web_request *r, void *ctx)
{
	if (common_project(r, ctx, r->arg[0]))
		web_error(r, 404, "there is no model over time '%s'", r->arg[1]);
}
