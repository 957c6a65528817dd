#include "dr/ours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dr/cancel.h"
#include "trial/trial.h"

struct our_job {
	struct our_job *next;
	char *project, *job;
	char trial[TRIAL_ID_LEN + 1];
	struct trial_log *log; /* while it is cancelled */
	bool cancelled;
	struct err *first; /* what failed first, of all */
	ours_failed_fn *failed;
};

static void job_free(struct our_job *j)
{
	if (!j)
		return;
	free(j->project);
	free(j->job);
	free(j);
}

bool ours_add(struct ours *o, const char *trial, const char *project, const char *job,
	      struct err *e)
{
	struct our_job *j = calloc(1, sizeof(*j));

	if (!j || !(j->project = strdup(project)) || !(j->job = strdup(job))) {
		job_free(j);
		return err_nomem(e);
	}
	memcpy(j->trial, trial, sizeof(j->trial));
	j->next = o->last;
	o->last = j;
	o->n++;
	return true;
}

void ours_release(struct ours *o)
{
	while (o->last) {
		struct our_job *j = o->last;

		o->last = j->next;
		job_free(j);
	}
	o->n = 0;
}

/* Whoever collects may have written an end since: what came of a job counts. */
static bool has_result(const cJSON *last)
{
	enum trial_state state = trial_state(last, &(struct err){0});

	return state == TRIAL_COMPLETED || state == TRIAL_FAILED;
}

static void give_back(struct our_job *j)
{
	struct err e = {0};
	bool read = trial_log_refresh(j->log, &e);
	const cJSON *last = trial_log_find(j->log, j->trial);
	cJSON *rec = NULL;

	if (read && !has_result(last)) {
		j->cancelled = true;
		if (!(rec = cJSON_Duplicate(last, true)))
			err_nomem(&e);
		else if (trial_withdraw(rec, &e))
			trial_log_emit(j->log, rec, stdout, &e);
	}
	if (e.kind != ERR_NONE && j->first->kind == ERR_NONE)
		*j->first = e;
	cJSON_Delete(rec);
}

static void answered(struct dr_cancel *c)
{
	struct our_job *j = c->ctx;

	if (c->how == DR_CANCELLED)
		give_back(j);
	else if (c->how == DR_NOT_CANCELLED)
		j->failed(j->trial, &c->why);
}

bool ours_cancel(struct ours *o, struct dr *dr, struct trial_log *log, ours_failed_fn *failed,
		 size_t *cancelled, struct err *e)
{
	struct dr_cancel *c = calloc(o->n + 1, sizeof(*c));
	size_t n = 0;
	bool ok;

	*cancelled = 0;
	if (!c)
		return err_nomem(e);
	for (struct our_job *j = o->last; j; j = j->next) {
		j->log = log;
		j->first = e;
		j->failed = failed;
		c[n++] = (struct dr_cancel){.project = j->project, .job = j->job, .ctx = j};
	}
	ok = dr_cancel_jobs(dr, c, n, answered, e) && e->kind == ERR_NONE;
	for (struct our_job *j = o->last; j; j = j->next)
		*cancelled += j->cancelled;
	free(c);
	return ok;
}
