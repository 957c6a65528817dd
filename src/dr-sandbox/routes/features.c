/* features: the columns, lists of them, and the metrics of the target. */
#include <string.h>

#include "routes/common.h"

#define NAME_MAX_BYTES 100

#define LIST_COLUMNS                                                                           \
	"SELECT id, project, name, features, created, by_user, description,"                   \
	" (SELECT count(*) FROM model m WHERE m.featurelist = l.id) FROM featurelist l"

static cJSON *body_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	(void)r;
	(void)sv;
	return store_json(q, 0);
}

void route_feature_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, "SELECT body FROM feature WHERE project = ? ORDER BY number",
			"s", r->arg[0]);
	web_json(r, 200, common_list(r, sv, q, body_row));
}

void route_feature_get(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, "SELECT body FROM feature WHERE project = ? AND name = ?",
			"ss", r->arg[0], r->arg[1]);
	if (store_next(sv->store, q))
		web_json(r, 200, store_json(q, 0));
	else
		web_error(r, 404, "there is no column '%s'", r->arg[1]);
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

void route_feature_metrics(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	const char *name = web_query(r, "featureName"), *target;
	sqlite3_stmt *q = store_query(
		sv->store, "SELECT target, metrics FROM project WHERE id = ?", "s", r->arg[0]);
	cJSON *v, *details;

	if (!store_next(sv->store, q)) {
		common_project(r, sv, r->arg[0]);
		return;
	}
	target = store_text(q, 0);
	if (!name || !*name) {
		web_invalid(r, "featureName", "is required");
		return;
	}
	if (!target || strcmp(name, target) != 0) {
		web_error(r, 404, "metrics are known of the target only, once it has been set");
		return;
	}
	v = cJSON_CreateObject();
	details = store_json(q, 1);
	if (json_set_str(v, "featureName", name) && metric_names(v, details) &&
	    json_set(v, "metricDetails", details)) {
		web_json(r, 200, v);
		return;
	}
	cJSON_Delete(v);
	web_json(r, 500, NULL);
}

static cJSON *list_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	cJSON *v = cJSON_CreateObject();
	bool ok = set_text(v, "id", store_text(q, 0)) &&
		  set_text(v, "projectId", store_text(q, 1)) &&
		  set_text(v, "name", store_text(q, 2)) &&
		  json_set(v, "features", store_json(q, 3)) &&
		  set_text(v, "created", store_text(q, 4)) &&
		  set_bool(v, "isUserCreated", store_int(q, 5)) &&
		  set_text(v, "description", store_text(q, 6)) &&
		  json_set_num(v, "numModels", (double)store_int(q, 7));

	(void)r;
	(void)sv;
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

void route_featurelist_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store,
			LIST_COLUMNS " WHERE project = ? ORDER BY by_user, created, id", "s",
			r->arg[0]);
	web_json(r, 200, common_list(r, sv, q, list_row));
}

static void answer_list(struct web_request *r, struct service *sv, const char *id,
			unsigned status)
{
	sqlite3_stmt *q = store_query(sv->store, LIST_COLUMNS " WHERE project = ? AND id = ?",
				      "ss", r->arg[0], id);

	if (store_next(sv->store, q))
		web_json(r, status, list_row(r, sv, q));
	else
		web_error(r, 404, "there is no feature list '%s'", id);
}

void route_featurelist_get(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;

	if (common_project(r, sv, r->arg[0]))
		answer_list(r, sv, r->arg[1], 200);
}

static bool check_columns(struct web_request *r, struct service *sv, const cJSON *features)
{
	const cJSON *f;

	if (!cJSON_IsArray(features) || !features->child)
		return web_invalid(r, "features", "is required: a list of columns");
	cJSON_ArrayForEach (f, features) {
		sqlite3_stmt *q;

		if (!cJSON_IsString(f))
			return web_invalid(r, "features", "must hold names of columns");
		q = store_query(sv->store,
				"SELECT 1 FROM feature WHERE project = ? AND name = ?", "ss",
				r->arg[0], f->valuestring);
		if (!store_next(sv->store, q))
			return web_invalid(r, "features", "there is no column '%s'",
					   f->valuestring);
		sqlite3_reset(q);
	}
	return true;
}

static bool name_is_free(struct web_request *r, struct service *sv, const char *name)
{
	sqlite3_stmt *q;

	if (!name || !*name || strlen(name) > NAME_MAX_BYTES)
		return web_invalid(r, "name", "is required: at most %d bytes", NAME_MAX_BYTES);
	q = store_query(sv->store, "SELECT 1 FROM featurelist WHERE project = ? AND name = ?",
			"ss", r->arg[0], name);
	if (store_next(sv->store, q))
		return web_invalid(r, "name", "there is a list '%s' already", name);
	return true;
}

void route_featurelist_create(struct web_request *r, void *ctx)
{
	static const char *const fields[] = {"name", "features", NULL};
	struct service *sv = ctx;
	const char *name = json_str(r->body, "name");
	char id[STORE_ID_LEN + 1], now[STORE_TIME_LEN + 1];

	if (!common_project(r, sv, r->arg[0]) || !common_only(r, fields) ||
	    !name_is_free(r, sv, name) || !check_columns(r, sv, json_get(r->body, "features")))
		return;
	store_new_id(id);
	store_now(now);
	store_run(sv->store,
		  "INSERT INTO featurelist (id, project, name, features, created, by_user)"
		  " VALUES (?, ?, ?, ?, ?, 1)",
		  "sssjs", id, r->arg[0], name, json_get(r->body, "features"), now);
	answer_list(r, sv, id, 201);
}
