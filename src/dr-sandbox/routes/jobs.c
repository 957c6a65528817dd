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

/* Does the job have the status that is asked for? */
static bool has_status(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	const char *want = web_query(r, "status"), *is = job_reported(sv, q);

	return want && *want ? strcmp(want, is) == 0
			     : strcmp(is, "queue") == 0 || strcmp(is, "inprogress") == 0;
}

static bool listed_model(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	return belongs(q, "modelJobs") && has_status(r, sv, q);
}

static bool listed_predict(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	return belongs(q, "predictJobs") && has_status(r, sv, q);
}

/* A list under way: which jobs may be in it. */
struct listing {
	bool open;    /* those that wait or run, or are said to */
	double since; /* of those that are done: told of after this */
};

/* The jobs that may be in the list, or NULL and the answer 422. */
static sqlite3_stmt *ask(struct web_request *r, struct service *sv, struct listing *l)
{
	const char *want = web_query(r, "status");

	l->open = !want || !*want || strcmp(want, "queue") == 0 ||
		  strcmp(want, "inprogress") == 0;
	l->since = store_clock() -
		   (sv->min_job_time_s > JOB_UNSEEN_S ? sv->min_job_time_s : JOB_UNSEEN_S);
	if (!l->open && strcmp(want, "error") != 0 && strcmp(want, "COMPLETED") != 0 &&
	    strcmp(want, "ABORTED") != 0) {
		web_invalid(r, "status",
			    "must be queue, inprogress, error, COMPLETED or ABORTED");
		return NULL;
	}
	if (l->open)
		return store_query(
			sv->store,
			JOB_COLUMNS
			" WHERE j.project = ?1 AND j.status IN ('queue', 'inprogress')"
			" UNION ALL " JOB_COLUMNS " WHERE j.project = ?1 AND j.held_from > ?2"
			" AND j.status = 'COMPLETED' ORDER BY 1",
			"sd", r->arg[0], l->since);
	return store_query(sv->store,
			   JOB_COLUMNS " WHERE j.project = ?1 AND j.status = ?2 ORDER BY j.id",
			   "ss", r->arg[0], want);
}

/* Whoever lists the jobs has looked at them, but for those who watch others. */
static void note_seen(struct web_request *r, struct service *sv, const struct listing *l)
{
	if (l->open && !web_query(r, "watch"))
		store_run(sv->store,
			  "UPDATE job SET seen = 1 WHERE project = ? AND held_from > ?"
			  " AND NOT seen",
			  "sd", r->arg[0], l->since);
}

static void list(struct web_request *r, struct service *sv, common_keep *keep)
{
	struct listing l;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]) || !(q = ask(r, sv, &l)))
		return;
	common_array(r, sv, q, job_row, keep);
	note_seen(r, sv, &l);
}

void route_model_job_list(struct web_request *r, void *ctx)
{
	list(r, ctx, listed_model);
}

void route_predict_job_list(struct web_request *r, void *ctx)
{
	list(r, ctx, listed_predict);
}

void route_job_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	struct listing l;
	sqlite3_stmt *q;
	char path[128];

	if (!common_project(r, sv, r->arg[0]) || !(q = ask(r, sv, &l)))
		return;
	snprintf(path, sizeof(path), "projects/%s/jobs/", r->arg[0]);
	common_pages(r, sv, q, job_row, has_status, "jobs", path);
	note_seen(r, sv, &l);
}
