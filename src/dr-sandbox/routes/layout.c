/* layout: where the page puts the boxes of a blueprint's picture.  It is dr-sandbox's
 * own, not one of DataRobot's routes. */
#include "routes/blueprint.h"

void route_model_layout(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	enum layout_state state;
	struct blueprint b;
	sqlite3_stmt *q;
	cJSON *places;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, "SELECT blueprint FROM model WHERE project = ? AND id = ?",
			"ss", r->arg[0], r->arg[1]);
	if (!store_next(sv->store, q) || !blueprint_load(sv, r->arg[0], store_text(q, 0), &b)) {
		web_error(r, 404, "there is no model '%s'", r->arg[1]);
		return;
	}
	state = layout_get(sv->layout, b.body, web_query(r, "lines"), &places);
	blueprint_release(&b);
	if (state == LAYOUT_DONE)
		web_json(r, 200, places);
	else if (state == LAYOUT_SOON)
		web_json(r, 202, cJSON_CreateObject());
	else
		web_error(r, 404, "dot of graphviz is not here, or cannot place this one");
}
