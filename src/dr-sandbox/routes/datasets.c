/* datasets: tables of new rows to be predicted. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/submit.h"
#include "routes/prediction.h"

#define COLUMNS "SELECT id, project, name, created, rows, columns FROM dataset"

/* Keys that belong to time series, which there are none of. */
static const char *const nulls[] = {
	"forecastPoint",      "predictionsStartDate",
	"predictionsEndDate", "relaxKnownInAdvanceFeaturesCheck",
	"forecastPointRange", "dataStartDate",
	"dataEndDate",        "maxForecastDate",
	"actualValueColumn",
};
static const char *const warnings[] = {
	"hasKiaMissingValuesInForecastWindow",
	"insufficientRowsForEvaluatingModels",
	"singleClassActualValueColumn",
};

static cJSON *dataset_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	cJSON *v = cJSON_CreateObject();
	cJSON *quality = cJSON_AddObjectToObject(v, "dataQualityWarnings");
	bool ok = quality && set_text(v, "id", store_text(q, 0)) &&
		  set_text(v, "projectId", store_text(q, 1)) &&
		  set_text(v, "name", store_text(q, 2)) &&
		  set_text(v, "created", store_text(q, 3)) &&
		  json_set_num(v, "numRows", (double)store_int(q, 4)) &&
		  json_set_num(v, "numColumns", (double)store_int(q, 5));

	(void)r;
	(void)sv;
	for (size_t i = 0; ok && i < sizeof(nulls) / sizeof(nulls[0]); i++)
		ok = set_null(v, nulls[i]);
	for (size_t i = 0; ok && i < sizeof(warnings) / sizeof(warnings[0]); i++)
		ok = set_bool(quality, warnings[i], false);
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

/* A new dataset, and the job that reads it: from the file that has come in, or a URL. */
static void add_dataset(struct web_request *r, struct service *sv, const char *name,
			const char *url)
{
	char id[STORE_ID_LEN + 1], status[STORE_ID_LEN + 1], now[STORE_TIME_LEN + 1];
	char csv[STORE_ID_LEN + 8];
	cJSON *spec = cJSON_CreateObject();
	char *path;
	bool ok;

	store_new_id(id);
	store_now(now);
	snprintf(csv, sizeof(csv), "%s.csv", id);
	ok = json_set_str(spec, "job", "upload") && set_bool(spec, "predict", true) &&
	     json_set_str(spec, "csv", csv) && (!url || json_set_str(spec, "url", url));
	path = prediction_file(sv, r->arg[0], id, ".csv");
	if (!ok || !path) {
		web_json(r, 500, NULL);
	} else if (r->upload && rename(r->upload->path, path)) {
		web_error(r, 500, "the dataset cannot be stored: %s", strerror(errno));
	} else {
		submit_status_job(sv->store, r->arg[0], "dataset", url ? "fetch" : "queue",
				  spec, status);
		store_run(sv->store,
			  "INSERT INTO dataset (id, project, name, created, status)"
			  " VALUES (?, ?, ?, ?, ?)",
			  "sssss", id, r->arg[0], name, now, status);
		sv->wake = true;
		web_empty(r, 202);
		web_location(r, "status/%s/", status);
	}
	free(path);
	cJSON_Delete(spec);
}

/* A dataset is compared with a target's table: there must be one. */
static bool is_ready(struct web_request *r, struct service *sv)
{
	sqlite3_stmt *q = store_query(sv->store, "SELECT stage FROM project WHERE id = ?", "s",
				      r->arg[0]);
	bool ready;

	if (!store_next(sv->store, q))
		return common_project(r, sv, r->arg[0]);
	ready = strcmp(store_text(q, 0), "modeling") == 0;
	sqlite3_reset(q);
	return ready || web_error(r, 422, "the project has no target yet");
}

/* The last piece of a path or URL, without what may follow it. */
static char *name_of(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	char *name = strdup(slash ? slash + 1 : path ? path : "");

	if (name)
		name[strcspn(name, "?#")] = '\0';
	if (name && !*name) {
		free(name);
		name = strdup("predict.csv");
	}
	return name;
}

void route_dataset_file(struct web_request *r, void *ctx)
{
	char *name;

	if (!is_ready(r, ctx))
		return;
	if (!r->upload) {
		web_error(r, 422, "a table is needed: a form with the part `file`");
		return;
	}
	if (r->upload->fields->child) {
		web_invalid(r, r->upload->fields->child->string,
			    "%s is not supported by dr-sandbox",
			    r->upload->fields->child->string);
		return;
	}
	if (!r->upload->path) {
		web_invalid(r, "file", "the form has no part `file`");
		return;
	}
	name = name_of(r->upload->filename);
	if (name)
		add_dataset(r, ctx, name, NULL);
	else
		web_json(r, 500, NULL);
	free(name);
}

void route_dataset_url(struct web_request *r, void *ctx)
{
	static const char *const fields[] = {"url", NULL};
	const char *url;
	char *name;

	if (!is_ready(r, ctx) || !common_only(r, fields) || !(url = common_url(r)))
		return;
	name = name_of(url);
	if (name)
		add_dataset(r, ctx, name, url);
	else
		web_json(r, 500, NULL);
	free(name);
}

void route_dataset_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	char path[128];
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store,
			COLUMNS " WHERE project = ? AND rows IS NOT NULL ORDER BY created, id",
			"s", r->arg[0]);
	snprintf(path, sizeof(path), "projects/%s/predictionDatasets/", r->arg[0]);
	common_page(r, common_list(r, sv, q, dataset_row), "data", path);
}

/* One dataset, stepped to, or NULL and the answer 404. */
static sqlite3_stmt *one_dataset(struct web_request *r, struct service *sv)
{
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return NULL;
	q = store_query(sv->store, COLUMNS " WHERE project = ? AND id = ? AND rows IS NOT NULL",
			"ss", r->arg[0], r->arg[1]);
	if (store_next(sv->store, q))
		return q;
	web_error(r, 404, "there is no prediction dataset '%s'", r->arg[1]);
	return NULL;
}

void route_dataset_get(struct web_request *r, void *ctx)
{
	sqlite3_stmt *q = one_dataset(r, ctx);

	if (q)
		web_json(r, 200, dataset_row(r, ctx, q));
}

void route_dataset_delete(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q = one_dataset(r, sv);

	if (!q)
		return;
	sqlite3_reset(q);
	q = store_query(sv->store,
			"SELECT 1 FROM job j JOIN prediction p ON p.job = j.id"
			" WHERE p.dataset = ? AND j.status IN ('queue', 'inprogress')",
			"s", r->arg[1]);
	if (store_next(sv->store, q)) {
		web_error(r, 409, "jobs that predict it wait or run; cancel them first");
		return;
	}
	prediction_drop_dataset(sv, r->arg[0], r->arg[1]);
	web_empty(r, 204);
}
