#include "dr/cancel.h"

#include "dr/jobs.h"

struct dr_cancel_run {
	struct dr *dr;
	dr_cancel_fn *done;
	size_t open;
};

static void over(struct dr_cancel *c, enum dr_cancelled how)
{
	c->how = how;
	c->run->open--;
	c->run->done(c);
}

/* What ended it: this run, or something else. */
static void looked(struct http_response *r, const struct err *why, void *ctx)
{
	struct dr_cancel *c = ctx;
	struct dr_job job;

	if (!dr_job_read(c->run->dr, r, why, &job, &c->why)) {
		if (why->kind == ERR_NONE)
			err_prefix(&c->why, "job %s", c->job);
		over(c, DR_NOT_CANCELLED);
	} else {
		over(c, job.state == DR_JOB_ABORTED || job.state == DR_JOB_GONE ? DR_CANCELLED
										: DR_WAS_OVER);
	}
	dr_job_release(&job);
}

static void answered(struct http_response *r, const struct err *why, void *ctx)
{
	struct dr_cancel *c = ctx;
	bool was_over;

	if (r->status == 404 && r->attempts > 1) {
		if (!dr_job_start(c->run->dr, c->project, c->job, looked, c, &c->why))
			over(c, DR_NOT_CANCELLED);
	} else if (!dr_job_cancel_read(c->run->dr, r, why, &was_over, &c->why)) {
		if (why->kind == ERR_NONE)
			err_prefix(&c->why, "job %s", c->job);
		over(c, DR_NOT_CANCELLED);
	} else {
		over(c, was_over ? DR_WAS_OVER : DR_CANCELLED);
	}
}

bool dr_cancel_jobs(struct dr *dr, struct dr_cancel *jobs, size_t n, dr_cancel_fn *done,
		    struct err *e)
{
	struct dr_cancel_run run = {.dr = dr, .done = done};

	for (size_t i = 0; i < n; i++) {
		struct dr_cancel *c = &jobs[i];

		c->run = &run;
		if (dr_job_cancel_start(dr, c->project, c->job, answered, c, &c->why)) {
			run.open++;
			continue;
		}
		c->how = DR_NOT_CANCELLED;
		done(c);
	}
	while (run.open > 0)
		if (!http_poll(dr_http(dr), -1, -1, NULL, e))
			return false;
	return true;
}
