/* blueprints: what can be trained, as a list, a chart and a text. */
#include <string.h>

#include "routes/blueprint.h"

/* `id` may be that of a tuned model; its base says how it is built. */
bool blueprint_load(struct service *sv, const char *project, const char *id,
		    struct blueprint *b)
{
	sqlite3_stmt *q = store_query(
		sv->store,
		"SELECT ifnull(b.base, b.id), b.asked, b.summary, ifnull(o.body, b.body),"
		" b.search, b.members"
		" FROM blueprint b LEFT JOIN blueprint o ON o.project = b.project AND"
		" o.id = b.base WHERE b.project = ? AND b.id = ?",
		"ss", project, id);

	*b = (struct blueprint){0};
	if (!store_next(sv->store, q))
		return false;
	b->base = strdup(store_text(q, 0));
	b->asked = store_json(q, 1);
	b->summary = store_json(q, 2);
	b->body = store_json(q, 3);
	b->search = store_json(q, 4);
	b->members = store_json(q, 5);
	sqlite3_reset(q);
	if (b->base && b->summary && (b->body || b->members))
		return true;
	blueprint_release(b);
	return false;
}

void blueprint_release(struct blueprint *b)
{
	free(b->base);
	cJSON_Delete(b->asked);
	cJSON_Delete(b->search);
	cJSON_Delete(b->members);
	cJSON_Delete(b->summary);
	cJSON_Delete(b->body);
	*b = (struct blueprint){0};
}

bool blueprint_copy(cJSON *v, const cJSON *summary, const char *field)
{
	const cJSON *from = json_get(summary, field);

	return from && json_set(v, field, cJSON_Duplicate(from, true));
}

/* id, project, summary */
static cJSON *blueprint_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	cJSON *v = cJSON_CreateObject(), *summary = store_json(q, 2);
	bool ok = set_text(v, "id", store_text(q, 0)) &&
		  set_text(v, "projectId", store_text(q, 1)) &&
		  blueprint_copy(v, summary, "modelType") &&
		  blueprint_copy(v, summary, "processes") &&
		  set_text(v, "blueprintCategory", "DataRobot") &&
		  blueprint_copy(v, summary, "supportsMonotonicConstraints") &&
		  set_null(v, "monotonicIncreasingFeaturelistId") &&
		  set_null(v, "monotonicDecreasingFeaturelistId") &&
		  set_null(v, "recommendedFeaturelistId") &&
		  set_bool(v, "supportsComposableMl", false) &&
		  set_bool(v, "supportsIncrementalLearning", false);

	(void)r;
	(void)sv;
	cJSON_Delete(summary);
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

void route_blueprint_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store,
			"SELECT id, project, summary FROM blueprint WHERE project = ?"
			" AND base IS NULL ORDER BY number",
			"s", r->arg[0]);
	web_json(r, 200, common_list(r, sv, q, blueprint_row));
}

void route_blueprint_get(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(
		sv->store,
		"SELECT id, project, summary FROM blueprint WHERE project = ? AND id = ?", "ss",
		r->arg[0], r->arg[1]);
	if (store_next(sv->store, q))
		web_json(r, 200, blueprint_row(r, sv, q));
	else
		web_error(r, 404, "there is no blueprint '%s'", r->arg[1]);
}

/* The client takes nothing but id and label of a node. */
static cJSON *chart_of(const cJSON *body)
{
	cJSON *v = cJSON_CreateObject(), *nodes = cJSON_AddArrayToObject(v, "nodes");
	const cJSON *n, *edges = json_get(body, "edges");
	bool ok = nodes;

	cJSON_ArrayForEach (n, json_get(body, "nodes")) {
		cJSON *one = cJSON_CreateObject();

		ok = cJSON_AddItemToArray(nodes, one) &&
		     json_set_str(one, "id", json_str(n, "id")) &&
		     json_set_str(one, "label", json_str(n, "label")) && ok;
	}
	if (ok &&
	    json_set(v, "edges", edges ? cJSON_Duplicate(edges, true) : cJSON_CreateArray()))
		return v;
	cJSON_Delete(v);
	return NULL;
}

static cJSON *docs_of(const cJSON *body)
{
	const cJSON *docs = json_get(body, "docs");

	return cJSON_IsArray(docs) ? cJSON_Duplicate(docs, true) : cJSON_CreateArray();
}

static void answer_from(struct web_request *r, struct service *sv, const char *id,
			cJSON *make(const cJSON *body))
{
	struct blueprint b;

	if (!blueprint_load(sv, r->arg[0], id, &b)) {
		web_error(r, 404, "there is no blueprint '%s'", id);
		return;
	}
	if (b.body)
		web_json(r, 200, make(b.body));
	else
		web_error(r, 404, "the blend '%s' has not been trained yet", id);
	blueprint_release(&b);
}

static void answer_from_model(struct web_request *r, struct service *sv,
			      cJSON *make(const cJSON *body))
{
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, "SELECT blueprint FROM model WHERE project = ? AND id = ?",
			"ss", r->arg[0], r->arg[1]);
	if (store_next(sv->store, q))
		answer_from(r, sv, store_text(q, 0), make);
	else
		web_error(r, 404, "there is no model '%s'", r->arg[1]);
}

void route_blueprint_chart(struct web_request *r, void *ctx)
{
	if (common_project(r, ctx, r->arg[0]))
		answer_from(r, ctx, r->arg[1], chart_of);
}

void route_blueprint_docs(struct web_request *r, void *ctx)
{
	if (common_project(r, ctx, r->arg[0]))
		answer_from(r, ctx, r->arg[1], docs_of);
}

void route_model_chart(struct web_request *r, void *ctx)
{
	answer_from_model(r, ctx, chart_of);
}

void route_model_docs(struct web_request *r, void *ctx)
{
	answer_from_model(r, ctx, docs_of);
}
