/* jobs: the queue as clients see it.  jobs/ has all jobs, modelJobs/ those that train,
 * predictJobs/ those that predict datasets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/autopilot.h"
#include "jobs/queue.h"
#include "routes/job.h"

/* Whether a job is shown in the collection ("jobs": any is). */
static bool belongs(sqlite3_stmt *q, const char *collection)
{
	return strcmp(collection, "jobs") == 0 ||
	       strcmp(collection, job_collection(store_text(q, JOB_KIND))) == 0;
}

/* One job, stepped to, or NULL and the answer 404. */
static sqlite3_stmt *one_job(struct web_request *r, struct service *sv, const char *collection)
{
	const char *id = r->arg[1];
	sqlite3_stmt *q = NULL;

	if (!common_project(r, sv, r->arg[0]))
		return NULL;
	if (strlen(id) < 19 && strspn(id, "0123456789") == strlen(id))
		q = store_query(sv->store, JOB_COLUMNS " WHERE j.project = ? AND j.id = ?",
				"si", r->arg[0], atoll(id));
	if (q && store_next(sv->store, q) && belongs(q, collection))
		return q;
	web_error(r, 404, "there is no job '%s'", id);
	return NULL;
}

static void get(struct web_request *r, struct service *sv, const char *collection)
{
	sqlite3_stmt *q = one_job(r, sv, collection);
	bool done;

	if (!q)
		return;
	done = strcmp(job_reported(sv, q), "COMPLETED") == 0;
	web_json(r, done ? 303 : 200, job_row(r, sv, q));
	if (done)
		job_result(r, q);
	else if (!store_int(q, JOB_SEEN))
		store_run(sv->store, "UPDATE job SET seen = 1 WHERE id = ?", "i",
			  store_int(q, JOB_ID));
}

static void cancel(struct web_request *r, struct service *sv, const char *collection)
{
	sqlite3_stmt *q = one_job(r, sv, collection);

	if (!q)
		return;
	if (!queue_cancel(sv->store, store_int(q, JOB_ID))) {
		web_error(r, 404, "the job '%s' is over", r->arg[1]);
		return;
	}
	autopilot_next(sv->store, r->arg[0]);
	sv->wake = true;
	web_empty(r, 204);
}

void route_job_get(struct web_request *r, void *ctx)
{
	get(r, ctx, "jobs");
}

void route_model_job_get(struct web_request *r, void *ctx)
{
	get(r, ctx, "modelJobs");
}

void route_predict_job_get(struct web_request *r, void *ctx)
{
	get(r, ctx, "predictJobs");
}

void route_job_delete(struct web_request *r, void *ctx)
{
	cancel(r, ctx, "jobs");
}

void route_model_job_delete(struct web_request *r, void *ctx)
{
	cancel(r, ctx, "modelJobs");
}

void route_predict_job_delete(struct web_request *r, void *ctx)
{
	cancel(r, ctx, "predictJobs");
}

/* Like job_row; null where the job has another status than is asked for. */
static cJSON *filtered(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	const char *want = web_query(r, "status"), *is = job_reported(sv, q);
	bool fits = want && *want ? strcmp(want, is) == 0
				  : strcmp(is, "queue") == 0 || strcmp(is, "inprogress") == 0;

	return fits ? job_row(r, sv, q) : cJSON_CreateNull();
}

static cJSON *list_jobs(struct web_request *r, struct service *sv, const char *collection)
{
	const char *want = web_query(r, "status");
	bool open = !want || !*want || strcmp(want, "queue") == 0 ||
		    strcmp(want, "inprogress") == 0;
	double since = store_clock() -
		       (sv->min_job_time_s > JOB_UNSEEN_S ? sv->min_job_time_s : JOB_UNSEEN_S);
	sqlite3_stmt *q;
	cJSON *list, *i, *next;

	if (!open && strcmp(want, "error") != 0 && strcmp(want, "COMPLETED") != 0 &&
	    strcmp(want, "ABORTED") != 0) {
		web_invalid(r, "status",
			    "must be queue, inprogress, error, COMPLETED or ABORTED");
		return NULL;
	}
	if (open)
		q = store_query(sv->store,
				JOB_COLUMNS
				" WHERE j.project = ?1 AND j.status IN ('queue', 'inprogress')"
				" UNION ALL " JOB_COLUMNS
				" WHERE j.project = ?1 AND j.held_from > ?2"
				" AND j.status = 'COMPLETED' ORDER BY 1",
				"sd", r->arg[0], since);
	else
		q = store_query(sv->store,
				JOB_COLUMNS
				" WHERE j.project = ?1 AND j.status = ?2 ORDER BY j.id",
				"ss", r->arg[0], want);
	list = common_list(r, sv, q, filtered);
	for (i = list ? list->child : NULL; i; i = next) {
		const char *url = json_str(i, "url");
		char in[32];

		next = i->next;
		snprintf(in, sizeof(in), "/%s/", collection);
		if (cJSON_IsNull(i) || (strcmp(collection, "jobs") != 0 && !strstr(url, in)))
			cJSON_Delete(cJSON_DetachItemViaPointer(list, i));
	}
	/* Whoever lists the jobs has looked at them, but for those who watch others. */
	if (open && !web_query(r, "watch"))
		store_run(sv->store,
			  "UPDATE job SET seen = 1 WHERE project = ? AND held_from > ?"
			  " AND NOT seen",
			  "sd", r->arg[0], since);
	if (!list)
		web_json(r, 500, NULL);
	return list;
}

void route_model_job_list(struct web_request *r, void *ctx)
{
	cJSON *list;

	if (common_project(r, ctx, r->arg[0]) && (list = list_jobs(r, ctx, "modelJobs")))
		web_json(r, 200, list);
}

void route_predict_job_list(struct web_request *r, void *ctx)
{
	cJSON *list;

	if (common_project(r, ctx, r->arg[0]) && (list = list_jobs(r, ctx, "predictJobs")))
		web_json(r, 200, list);
}

void route_job_list(struct web_request *r, void *ctx)
{
	char path[128];
	cJSON *list;

	if (!common_project(r, ctx, r->arg[0]) || !(list = list_jobs(r, ctx, "jobs")))
		return;
	snprintf(path, sizeof(path), "projects/%s/jobs/", r->arg[0]);
	common_page(r, list, "jobs", path);
}
