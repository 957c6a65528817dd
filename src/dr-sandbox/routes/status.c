/* status: how an upload or an aim is doing. */
#include <stdio.h>
#include <string.h>

#include "jobs/queue.h"
#include "routes/common.h"
#include "routes/prediction.h"

#define COLUMNS                                                                                \
	"SELECT id, status, message, created, project, (SELECT id FROM dataset d"              \
	" WHERE d.status = status.id) FROM status"

static cJSON *status_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	cJSON *v = cJSON_CreateObject();
	bool ok = set_text(v, "statusId", store_text(q, 0)) &&
		  set_text(v, "status", store_text(q, 1)) &&
		  set_text(v, "message", store_text(q, 2)) &&
		  json_set_num(v, "code", strcmp(store_text(q, 1), "ERROR") == 0) &&
		  set_text(v, "created", store_text(q, 3)) && set_null(v, "statusType") &&
		  set_null(v, "description");

	(void)r;
	(void)sv;
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

void route_status_get(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q = store_query(sv->store, COLUMNS " WHERE id = ?", "s", r->arg[0]);

	if (!store_next(sv->store, q)) {
		web_error(r, 404, "there is no status '%s'", r->arg[0]);
		return;
	}
	if (strcmp(store_text(q, 1), "COMPLETED") != 0) {
		web_json(r, 200, status_row(r, sv, q));
		return;
	}
	web_json(r, 303, status_row(r, sv, q));
	if (store_text(q, 5))
		web_location(r, "projects/%s/predictionDatasets/%s/", store_text(q, 4),
			     store_text(q, 5));
	else
		web_location(r, "projects/%s/", store_text(q, 4));
}

void route_status_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q = store_query(sv->store, COLUMNS " ORDER BY created", "");

	common_pages(r, sv, q, status_row, NULL, "data", "status/");
}

/* Stops what it stands for, where that goes on still. */
void route_status_delete(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	struct store *s = sv->store;
	sqlite3_stmt *q = store_query(s,
				      "SELECT j.id, j.kind, j.project FROM status t"
				      " LEFT JOIN job j ON j.id = t.job WHERE t.id = ?",
				      "s", r->arg[0]);

	if (!store_next(s, q)) {
		web_error(r, 404, "there is no status '%s'", r->arg[0]);
		return;
	}
	if (store_text(q, 1) && queue_cancel(s, store_int(q, 0))) {
		const char *kind = store_text(q, 1), *project = store_text(q, 2);

		if (strcmp(kind, "upload") == 0) {
			store_run(s, "DELETE FROM project WHERE id = ?", "s", project);
			snprintf(sv->gone, sizeof(sv->gone), "%s", project);
		} else if (strcmp(kind, "dataset") == 0) {
			prediction_drop_dataset(sv, project, r->arg[0]);
		} else {
			store_run(s,
				  "UPDATE project SET stage = 'aim', asked = NULL,"
				  " autopilot_mode = NULL WHERE id = ?",
				  "s", project);
		}
		sv->wake = true;
	}
	store_run(s, "DELETE FROM status WHERE id = ?", "s", r->arg[0]);
	web_empty(r, 204);
}
