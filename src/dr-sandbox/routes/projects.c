/* projects: from a table; to look at, rename, unlock, and delete. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "jobs/submit.h"
#include "routes/common.h"
#include "routes/project.h"

#define NAME_MAX_BYTES 1024

/* The last piece of a path or URL; what a table is called. */
static const char *base_name(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash && slash[1] ? slash + 1 : path;
}

/*
 * A new project, and the job that reads its table: from the file that has come
 * in, or from a URL.  The id goes to `id`.
 */
static bool add_project(struct web_request *r, struct service *sv, const char *name,
			const char *url, const char *file_name, char *id)
{
	char now[STORE_TIME_LEN + 1], status[STORE_ID_LEN + 1];
	cJSON *spec = cJSON_CreateObject();
	bool ok =
		json_set_str(spec, "job", "upload") && (!url || json_set_str(spec, "url", url));

	store_new_id(id);
	store_now(now);
	store_run(sv->store,
		  "INSERT INTO project (id, name, file_name, created, stage)"
		  " VALUES (?, ?, ?, ?, 'eda')",
		  "ssss", id, name, file_name, now);
	submit_status_job(sv->store, id, "upload", url ? "fetch" : "queue", spec, status);
	cJSON_Delete(spec);
	if (!ok)
		return web_error(r, 500, "out of memory");
	sv->wake = true;
	web_empty(r, 202);
	web_location(r, "status/%s/", status);
	return true;
}

/* The project's folder, with the file that has come in. */
static bool move_in(struct web_request *r, struct service *sv, const char *id)
{
	char *dir = home_project(sv->home->projects, id), *csv = NULL, *work = NULL;
	bool ok = dir && asprintf(&csv, "%s/data.csv", dir) >= 0 &&
		  asprintf(&work, "%s/work", dir) >= 0 && mkdir(dir, 0700) == 0 &&
		  mkdir(work, 0700) == 0 && (!r->upload || rename(r->upload->path, csv) == 0);

	if (!ok)
		web_error(r, 500, "the project cannot be stored: %s", strerror(errno));
	free(dir);
	free(csv);
	free(work);
	return ok;
}

static bool good_name(struct web_request *r, const char *field, const char *name)
{
	if (!*name)
		return web_invalid(r, field, "must not be empty");
	if (strlen(name) > NAME_MAX_BYTES)
		return web_invalid(r, field, "is longer than %d bytes", NAME_MAX_BYTES);
	return true;
}

static void create_from_file(struct web_request *r, struct service *sv)
{
	const char *name = json_str(r->upload->fields, "projectName"), *file;
	const cJSON *f;
	char id[STORE_ID_LEN + 1];

	cJSON_ArrayForEach (f, r->upload->fields) {
		if (strcmp(f->string, "projectName") != 0) {
			web_invalid(r, f->string, "%s is not allowed key", f->string);
			return;
		}
	}
	if (!r->upload->path) {
		web_invalid(r, "file", "the form has no part `file`");
		return;
	}
	file = base_name(r->upload->filename);
	if (!file || !*file)
		file = "data.csv";
	if (!name || !*name)
		name = file;
	if (good_name(r, "projectName", name) && add_project(r, sv, name, NULL, file, id))
		move_in(r, sv, id);
}

static void create_from_url(struct web_request *r, struct service *sv)
{
	static const char *const fields[] = {"projectName", "url", NULL};
	const cJSON *asked = json_get(r->body, "projectName");
	const char *url, *name = cJSON_GetStringValue(asked);
	char id[STORE_ID_LEN + 1], *file;

	if (!common_only(r, fields) || !(url = common_url(r)))
		return;
	if (asked && !name) {
		web_invalid(r, "projectName", "must be a text");
		return;
	}
	file = strdup(base_name(url));
	if (!file) {
		web_json(r, 500, NULL);
		return;
	}
	file[strcspn(file, "?#")] = '\0';
	if (!name)
		name = *file ? file : "data.csv";
	if (good_name(r, "projectName", name) &&
	    add_project(r, sv, name, url, *file ? file : "data.csv", id))
		move_in(r, sv, id);
	free(file);
}

void route_project_create(struct web_request *r, void *ctx)
{
	if (r->upload)
		create_from_file(r, ctx);
	else if (r->body)
		create_from_url(r, ctx);
	else
		web_error(r, 422, "a table is needed: a form with the part `file`, or a `url`");
}

void route_project_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	const char *name = web_query(r, "projectName"), *id = web_query(r, "projectId");
	const char *order = web_query(r, "orderBy");
	long offset, limit;
	sqlite3_stmt *q;

	if (!common_query_int(r, "offset", 0, &offset) ||
	    !common_query_int(r, "limit", -1, &limit))
		return;
	if (order && strcmp(order, "projectName") != 0 && strcmp(order, "-projectName") != 0) {
		web_invalid(r, "orderBy", "must be projectName or -projectName");
		return;
	}
	q = store_query(
		sv->store,
		PROJECT_COLUMNS
		" WHERE stage <> 'eda' AND instr(lower(name), lower(ifnull(?1, ''))) > 0"
		" AND (?2 IS NULL OR id = ?2)"
		" ORDER BY CASE ?3 WHEN 'projectName' THEN name END,"
		" CASE ?3 WHEN '-projectName' THEN name END DESC, created DESC, id"
		" LIMIT ?4 OFFSET ?5",
		"sssii", name, id, order, (long long)(limit == 0 ? -1 : limit),
		(long long)offset);
	web_json(r, 200, common_list(r, sv, q, project_row));
}

void route_project_get(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q =
		store_query(sv->store, PROJECT_COLUMNS " WHERE id = ?", "s", r->arg[0]);

	if (store_next(sv->store, q))
		web_json(r, 200, project_row(r, sv, q));
	else
		common_project(r, sv, r->arg[0]);
}

static bool patch_workers(struct web_request *r, struct service *sv, const cJSON *v)
{
	double n = cJSON_IsNumber(v) ? v->valuedouble : NAN;

	if (!(n >= -1 && n <= 1000 && n == floor(n)))
		return web_invalid(r, "workerCount", "must be a whole number from -1 to 1000");
	store_run(sv->store, "UPDATE project SET worker_count = ? WHERE id = ?", "is",
		  (long long)n, r->arg[0]);
	sv->wake = true;
	return true;
}

/* There are none: all that there are, and none of them, can be asked for. */
static bool check_gpu_workers(struct web_request *r, const cJSON *v)
{
	return (cJSON_IsNumber(v) && (v->valuedouble == -1 || v->valuedouble == 0)) ||
	       web_invalid(r, "gpuWorkerCount", "dr-sandbox has no GPU: must be -1 or 0");
}

static bool patch_holdout(struct web_request *r, struct service *sv, const cJSON *v)
{
	if (!cJSON_IsTrue(v))
		return web_invalid(r, "holdoutUnlocked", "can only become true");
	store_run(sv->store, "UPDATE project SET holdout_unlocked = 1 WHERE id = ?", "s",
		  r->arg[0]);
	return true;
}

static bool patch_name(struct web_request *r, struct service *sv, const cJSON *v)
{
	if (!cJSON_IsString(v))
		return web_invalid(r, "projectName", "must be a text");
	if (!good_name(r, "projectName", v->valuestring))
		return false;
	store_run(sv->store, "UPDATE project SET name = ? WHERE id = ?", "ss", v->valuestring,
		  r->arg[0]);
	return true;
}

static bool patch_description(struct web_request *r, struct service *sv, const cJSON *v)
{
	if (!cJSON_IsString(v))
		return web_invalid(r, "projectDescription", "must be a text");
	store_run(sv->store, "UPDATE project SET description = ? WHERE id = ?", "ss",
		  v->valuestring, r->arg[0]);
	return true;
}

void route_project_patch(struct web_request *r, void *ctx)
{
	static const char *const fields[] = {"projectName",     "projectDescription",
					     "holdoutUnlocked", "workerCount",
					     "gpuWorkerCount",  NULL};
	struct service *sv = ctx;
	const cJSON *v;

	if (!common_project(r, sv, r->arg[0]) || !common_only(r, fields))
		return;
	if (((v = json_get(r->body, "projectName")) && !patch_name(r, sv, v)) ||
	    ((v = json_get(r->body, "projectDescription")) && !patch_description(r, sv, v)) ||
	    ((v = json_get(r->body, "holdoutUnlocked")) && !patch_holdout(r, sv, v)) ||
	    ((v = json_get(r->body, "gpuWorkerCount")) && !check_gpu_workers(r, v)) ||
	    ((v = json_get(r->body, "workerCount")) && !patch_workers(r, sv, v)))
		return;
	route_project_get(r, ctx);
}

void route_project_delete(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;
	long long busy;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store,
			"SELECT count(*) FROM job WHERE project = ?"
			" AND status IN ('fetch', 'queue', 'inprogress')",
			"s", r->arg[0]);
	busy = store_next(sv->store, q) ? store_int(q, 0) : 0;
	if (busy > 0) {
		web_error(r, 409, "the project has %lld jobs in its queue; cancel them first",
			  busy);
		return;
	}
	store_run(sv->store, "DELETE FROM project WHERE id = ?", "s", r->arg[0]);
	snprintf(sv->gone, sizeof(sv->gone), "%s", r->arg[0]);
	web_empty(r, 204);
}

void route_options_get(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, "SELECT ifnull(options, '{}') FROM project WHERE id = ?",
			"s", r->arg[0]);
	web_json(r, 200, store_next(sv->store, q) ? store_json(q, 0) : NULL);
}

void route_options_put(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;
	cJSON *v = NULL;
	const cJSON *i;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, "SELECT ifnull(options, '{}') FROM project WHERE id = ?",
			"s", r->arg[0]);
	if (store_next(sv->store, q))
		v = store_json(q, 0);
	sqlite3_reset(q);
	cJSON_ArrayForEach (i, r->body) {
		json_set(v, i->string, cJSON_Duplicate(i, true));
	}
	store_run(sv->store, "UPDATE project SET options = ? WHERE id = ?", "js", v, r->arg[0]);
	web_json(r, 200, v);
}
