#include "dr/cancel.h"

#include "dr/jobs.h"

struct dr_cancel_run {
	struct dr *dr;
	dr_cancel_fn *done;
	size_t open;
};

static void answered(struct http_response *r, const struct err *why, void *ctx)
{
	struct dr_cancel *c = ctx;
	bool over;

	if (!dr_job_cancel_read(c->run->dr, r, why, &over, &c->why)) {
		if (why->kind == ERR_NONE)
			err_prefix(&c->why, "job %s", c->job);
		c->how = DR_NOT_CANCELLED;
	} else {
		c->how = over ? DR_WAS_OVER : DR_CANCELLED;
	}
	c->run->open--;
	c->run->done(c);
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
