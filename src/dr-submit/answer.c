#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "dr/jobs.h"
#include "flight.h"
#include "json/json.h"
#include "trial/trial.h"

/* A full queue is tried after 1, 2, 4, ... 30 s. */
#define FULL_WAIT_MAX_S 30.0

/* rec in its new state: to the log, then on. */
static void hand_on(struct submitter *s, const cJSON *rec)
{
	struct err e = {0};

	if (!trial_log_emit(s->log, rec, stdout, &e))
		flight_stop(s, &e);
}

static bool set_target(cJSON *rec, const struct target *t)
{
	return !t || (json_set_str(rec, "project", t->project) &&
		      json_set_str(rec, "model", t->model));
}

void flight_fail(struct submitter *s, cJSON *rec, const struct target *t, const char *job,
		 const char *why)
{
	struct err e = {0};
	char now[TRIAL_TIME_LEN + 1];

	trial_now(now);
	if (!set_target(rec, t) || (job && !json_set_str(rec, "job", job)) ||
	    !trial_set_state(rec, TRIAL_FAILED, why, &e) ||
	    !json_set_str(rec, "finished_at", now)) {
		err_nomem(&e);
		flight_stop(s, &e);
		return;
	}
	s->failed++;
	cli_warn("trial %s: %s", trial_id(rec), why);
	hand_on(s, rec);
}

/*
 * The trial has a job.  Of one that was there before this run it is not known when
 * it was submitted: taken_over says so, and dr-collect then gives no duration.
 */
static void succeed(struct flight *f, const struct dr_submission *got)
{
	struct err e = {0};

	if (!set_target(f->rec, f->target) || !json_set_str(f->rec, "job", got->job) ||
	    !json_set_str(f->rec, "submitted_at", f->first_sent) ||
	    (got->how == DR_REPEATED && f->lost == 0 &&
	     !json_set(f->rec, "taken_over", cJSON_CreateTrue())) ||
	    !trial_set_state(f->rec, TRIAL_SUBMITTED, NULL, &e)) {
		err_nomem(&e);
		flight_stop(f->s, &e);
		return;
	}
	if (got->how == DR_ACCEPTED &&
	    !ours_add(&f->s->ours, trial_id(f->rec), f->target->project, got->job, &e))
		flight_stop(f->s, &e);
	hand_on(f->s, f->rec);
}

static void settled(struct flight *f, const struct dr_submission *got)
{
	struct err why = {0};

	f->s->full = false;
	f->s->full_wait_s = 1;
	if (got->dead) {
		err_set(&why, ERR_REFUSED,
			"job %s had these values before and failed or was cancelled, and the "
			"server does not run them again",
			got->job);
		flight_fail(f->s, f->rec, f->target, got->job, why.text);
	} else {
		succeed(f, got);
	}
	flight_land(f);
}

static void queue_full(struct submitter *s)
{
	double now = http_now();

	/* Several requests may have been under way when the queue filled up. */
	if (s->full && now < s->full_due)
		return;
	s->full = true;
	s->full_due = now + s->full_wait_s;
	s->full_wait_s = fmin(2 * s->full_wait_s, FULL_WAIT_MAX_S);
	if (!s->full_told)
		cli_note("the server's queue is full; waiting for room");
	s->full_told = true;
}

static void lost(struct flight *f, const struct err *why)
{
	struct err e = *why;
	struct err spent = {0};
	double wait = fmin(ldexp(1, f->lost++), f->s->retry_for_s - f->waited_s);

	if (wait > 0 && http_take_retry(dr_http(f->s->dr), &spent)) {
		f->waited_s += wait;
		f->due = http_now() + wait;
		cli_verbose(1, "trial %s: %s; asking again", trial_id(f->rec), why->text);
		return;
	}
	e.kind = ERR_UNAVAILABLE;
	if (spent.kind != ERR_NONE)
		err_set(&e, spent.kind, "%.800s; %s", why->text, spent.text);
	err_prefix(&e, "trial %s", trial_id(f->rec));
	flight_stop(f->s, &e);
}

/* The server did not accept it: this trial, or any. */
static void refused(struct flight *f, const struct http_response *r, const struct err *why)
{
	struct err said = *why;
	char *reason;

	if (said.kind == ERR_SYSTEM || (r->status != 413 && r->status != 422)) {
		/* What http took for success it has not said the request of. */
		if (r->status / 100 == 2 || r->status / 100 == 3)
			err_prefix(&said, "trial %s", trial_id(f->rec));
		flight_stop(f->s, &said);
		return;
	}
	if (!(reason = http_reason(dr_http(f->s->dr), r))) {
		err_nomem(&said);
		flight_stop(f->s, &said);
		return;
	}
	err_set(&said, ERR_REFUSED, "%s", reason); /* cuts what is too long */
	free(reason);
	flight_fail(f->s, f->rec, f->target, NULL, said.text);
	flight_land(f);
}

void flight_answered(struct http_response *r, const struct err *why, void *ctx)
{
	struct flight *f = ctx;
	struct dr_submission got;
	struct err e = {0};

	f->sent = false;
	f->s->sent--;
	if (f->s->stopping && why->kind == ERR_STOPPED)
		return;
	if (!dr_submission_read(f->s->dr, r, why, &got, &e))
		refused(f, r, &e);
	else if (got.how == DR_QUEUE_FULL)
		queue_full(f->s);
	else if (got.how == DR_UNKNOWN)
		lost(f, &e);
	else
		settled(f, &got);
	dr_submission_release(&got);
}
