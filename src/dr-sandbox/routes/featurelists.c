/* featurelists: lists of columns to train on; the system's and the user's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "routes/common.h"
#include "routes/prediction.h"

#define NAME_MAX_BYTES 100

#define LIST_COLUMNS                                                                           \
	"SELECT id, project, name, features, created, by_user, description,"                   \
	" (SELECT count(*) FROM model m WHERE m.featurelist = l.id) FROM featurelist l"

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

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All are names of columns by now. */
static bool none_twice(struct web_request *r, const cJSON *features, size_t n)
{
	const char **name = malloc(n * sizeof(*name));
	const char *twice = NULL;
	const cJSON *f;
	size_t i = 0;

	if (!name)
		return web_error(r, 500, "out of memory");
	cJSON_ArrayForEach (f, features)
		name[i++] = f->valuestring;
	qsort(name, n, sizeof(*name), by_text);
	for (i = 1; i < n && !twice; i++)
		if (strcmp(name[i - 1], name[i]) == 0)
			twice = name[i];
	free(name);
	return !twice || web_invalid(r, "features", "the column '%s' is there twice", twice);
}

static bool check_columns(struct web_request *r, struct service *sv, const cJSON *features)
{
	long long n = cJSON_GetArraySize(features);
	const cJSON *f;
	sqlite3_stmt *q;

	if (!cJSON_IsArray(features) || n == 0)
		return web_invalid(r, "features", "is required: a list of columns");
	q = store_query(sv->store, "SELECT count(*) FROM feature WHERE project = ?", "s",
			r->arg[0]);
	if (store_next(sv->store, q) && n > store_int(q, 0))
		return web_invalid(r, "features", "names more columns than the table has: %lld",
				   store_int(q, 0));
	cJSON_ArrayForEach (f, features) {

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
	return none_twice(r, features, (size_t)n);
}

static bool name_is_free(struct web_request *r, struct service *sv, const char *name)
{
	sqlite3_stmt *q;

	if (!name || !*name || strlen(name) > NAME_MAX_BYTES)
		return web_invalid(r, "name", "is required: at most %d bytes", NAME_MAX_BYTES);
	q = store_query(sv->store,
			"SELECT 1 FROM featurelist WHERE project = ? AND name = ?"
			" AND id IS NOT ?",
			"sss", r->arg[0], name, r->arg[1]);
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

void route_modeling_list_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	char path[128];
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, LIST_COLUMNS " WHERE project = ? ORDER BY created, name",
			"s", r->arg[0]);
	snprintf(path, sizeof(path), "projects/%s/modelingFeaturelists/", r->arg[0]);
	common_page(r, common_list(r, sv, q, list_row), "data", path);
}

/* Whether there is such a list, and it is the user's; false: answered. */
static bool users_list(struct web_request *r, struct service *sv)
{
	sqlite3_stmt *q;
	bool by_user;

	if (!common_project(r, sv, r->arg[0]))
		return false;
	q = store_query(sv->store,
			"SELECT by_user FROM featurelist WHERE project = ? AND id = ?", "ss",
			r->arg[0], r->arg[1]);
	if (!store_next(sv->store, q))
		return web_error(r, 404, "there is no feature list '%s'", r->arg[1]);
	by_user = store_int(q, 0);
	sqlite3_reset(q);
	return by_user || web_error(r, 422, "this list belongs to the system");
}

void route_featurelist_patch(struct web_request *r, void *ctx)
{
	static const char *const fields[] = {"name", "description", NULL};
	struct service *sv = ctx;
	const cJSON *name = json_get(r->body, "name");
	const cJSON *description = json_get(r->body, "description");

	if (!users_list(r, sv) || !common_only(r, fields) ||
	    (name && !name_is_free(r, sv, cJSON_GetStringValue(name))))
		return;
	if (description && !cJSON_IsString(description)) {
		web_invalid(r, "description", "must be a text");
		return;
	}
	if (name)
		store_run(sv->store, "UPDATE featurelist SET name = ? WHERE id = ?", "ss",
			  name->valuestring, r->arg[1]);
	if (description)
		store_run(sv->store, "UPDATE featurelist SET description = ? WHERE id = ?",
			  "ss", description->valuestring, r->arg[1]);
	web_empty(r, 204);
}

/* Whether a flag of the query is set; false in *ok: answered 422. */
static bool flag(struct web_request *r, const char *name, bool *ok)
{
	const char *v = web_query(r, name);
	bool yes = v && (strcasecmp(v, "true") == 0 || strcmp(v, "1") == 0);

	if (v && *v && !yes && strcasecmp(v, "false") != 0 && strcmp(v, "0") != 0)
		*ok = web_invalid(r, name, "must be true or false");
	return yes;
}

static cJSON *deletion(bool dry, const char *blocked, long long models, long long jobs)
{
	cJSON *v = cJSON_CreateObject();

	if (set_bool(v, "dryRun", dry) && set_bool(v, "canDelete", !blocked) &&
	    set_text(v, "deletionBlockedReason", blocked ? blocked : "") &&
	    json_set_num(v, "numAffectedModels", (double)models) &&
	    json_set_num(v, "numAffectedJobs", (double)jobs))
		return v;
	cJSON_Delete(v);
	return NULL;
}

/* Models and jobs of a list go with it where that is asked for, and block it otherwise. */
void route_featurelist_delete(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	bool ok = true, dry = flag(r, "dryRun", &ok), all = flag(r, "deleteDependencies", &ok);
	const char *blocked = NULL;
	long long models = 0, jobs = 0;
	sqlite3_stmt *q;

	if (!ok || !users_list(r, sv))
		return;
	q = store_query(sv->store,
			"SELECT (SELECT count(*) FROM model WHERE featurelist = ?1),"
			" (SELECT count(*) FROM job WHERE featurelist = ?1 AND"
			" status IN ('queue', 'inprogress'))",
			"s", r->arg[1]);
	if (store_next(sv->store, q)) {
		models = store_int(q, 0);
		jobs = store_int(q, 1);
	}
	sqlite3_reset(q);
	if (jobs)
		blocked = "jobs of the list wait or run; cancel them first";
	else if (models && !all)
		blocked = "models were trained on it; deleteDependencies deletes them too";
	if (blocked && !dry) {
		web_error(r, 409, "%s", blocked);
		return;
	}
	if (!dry) {
		q = store_query(sv->store, "SELECT id FROM model WHERE featurelist = ?", "s",
				r->arg[1]);
		while (store_next(sv->store, q))
			prediction_drop(sv, r->arg[0], store_text(q, 0));
		store_run(sv->store, "UPDATE job SET fingerprint = NULL WHERE featurelist = ?",
			  "s", r->arg[1]);
		store_run(sv->store, "DELETE FROM model WHERE featurelist = ?", "s", r->arg[1]);
		store_run(sv->store, "DELETE FROM featurelist WHERE id = ?", "s", r->arg[1]);
	}
	web_json(r, 200, deletion(dry, blocked, models, jobs));
}
