#include "submit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "dr/jobs.h"
#include "dr/tuning.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "trial/trial.h"

/* A full queue is tried after 1, 2, 4, ... 30 s. */
#define FULL_WAIT_MAX_S 30.0

struct flight {
	struct flight *next;
	struct submitter *s;
	cJSON *rec, *values;
	const struct target *target;
	bool sent;
	double due;      /* not to be sent before */
	int lost;        /* answers that were lost */
	double waited_s; /* after them, altogether */
	char first_sent[TRIAL_TIME_LEN +
			1]; /* the time of the first of them, or the last sent */
};

void submit_init(struct submitter *s)
{
	s->end = &s->first;
	s->full_wait_s = 1;
}

static void flight_free(struct flight *f)
{
	if (!f)
		return;
	cJSON_Delete(f->values);
	cJSON_Delete(f->rec);
	free(f);
}

void submit_release(struct submitter *s)
{
	ours_release(&s->ours);
	while (s->first) {
		struct flight *f = s->first;

		s->first = f->next;
		flight_free(f);
	}
	target_free(s->targets);
}

bool submit_room(const struct submitter *s)
{
	return s->flights < s->parallel;
}

bool submit_idle(const struct submitter *s)
{
	return s->stop.kind != ERR_NONE ? s->sent == 0 : s->flights == 0;
}

/* The first reason counts. */
static void stop(struct submitter *s, const struct err *e)
{
	if (s->stop.kind == ERR_NONE)
		s->stop = *e;
}

/* ---- the end of a flight ---- */

static void land(struct flight *f)
{
	struct submitter *s = f->s;
	struct flight **p = &s->first;

	while (*p != f)
		p = &(*p)->next;
	*p = f->next;
	if (!f->next)
		s->end = p;
	s->flights--;
	flight_free(f);
}

/* rec in its new state: to the log, then on. */
static void hand_on(struct submitter *s, const cJSON *rec)
{
	struct err e = {0};

	if (!trial_log_emit(s->log, rec, stdout, &e))
		stop(s, &e);
}

static bool set_target(cJSON *rec, const struct target *t)
{
	return !t || (json_set_str(rec, "project", t->project) &&
		      json_set_str(rec, "model", t->model));
}

/* A trial that will not become a job. */
static void fail(struct submitter *s, cJSON *rec, const struct target *t, const char *job,
		 const char *why)
{
	struct err e = {0};
	char now[TRIAL_TIME_LEN + 1];

	trial_now(now);
	if (!set_target(rec, t) || (job && !json_set_str(rec, "job", job)) ||
	    !trial_set_state(rec, TRIAL_FAILED, why, &e) ||
	    !json_set_str(rec, "finished_at", now)) {
		err_nomem(&e);
		stop(s, &e);
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
		stop(f->s, &e);
		return;
	}
	if (got->how == DR_ACCEPTED &&
	    !ours_add(&f->s->ours, trial_id(f->rec), f->target->project, got->job, &e))
		stop(f->s, &e);
	hand_on(f->s, f->rec);
}

/* ---- answers ---- */

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
		fail(f->s, f->rec, f->target, got->job, why.text);
	} else {
		succeed(f, got);
	}
	land(f);
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
	stop(f->s, &e);
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
		stop(f->s, &said);
		return;
	}
	if (!(reason = http_reason(dr_http(f->s->dr), r))) {
		err_nomem(&said);
		stop(f->s, &said);
		return;
	}
	err_set(&said, ERR_REFUSED, "%s", reason); /* cuts what is too long */
	free(reason);
	fail(f->s, f->rec, f->target, NULL, said.text);
	land(f);
}

static void answered(struct http_response *r, const struct err *why, void *ctx)
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

/* ---- sending ---- */

static bool model_differs(const cJSON *known, const struct target_options *o)
{
	const char *model = json_str(known, "model");

	return o->model && model && strcmp(model, o->model) != 0;
}

/* What the log knows of a trial beyond `proposed`, or NULL.  That of a job which the
 * server has lost since is not known any more. */
static const cJSON *known(const struct submitter *s, const cJSON *rec)
{
	const cJSON *last = trial_log_find(s->log, trial_id(rec));
	struct err ignored = {0};
	enum trial_state state = last ? trial_state(last, &ignored) : TRIAL_PROPOSED;

	if (state == TRIAL_SUBMITTED && trial_lost(rec) > trial_lost(last))
		return NULL;
	return state == TRIAL_PROPOSED ? NULL : last;
}

/* What the log has counted of a trial is kept. */
static bool keep_count(cJSON *rec, const cJSON *last, const char *field)
{
	double n = json_num(last, field, 0);

	return n <= json_num(rec, field, 0) || json_set_num(rec, field, n);
}

/* Does the log have it as proposed, and not as one that was withdrawn since? */
static bool is_logged(const cJSON *last, const cJSON *rec)
{
	return last && trial_state(last, &(struct err){0}) == TRIAL_PROPOSED &&
	       !json_true(last, "withdrawn") && trial_lost(rec) <= trial_lost(last);
}

/* The proposal is in the log before anything is sent. */
static bool log_proposal(struct submitter *s, cJSON *rec, struct err *e)
{
	const cJSON *last = trial_log_find(s->log, trial_id(rec));
	bool logged = is_logged(last, rec);

	cJSON_DeleteItemFromObjectCaseSensitive(rec, "withdrawn");
	if (last && (!keep_count(rec, last, "lost") || !keep_count(rec, last, "spent_seconds")))
		return err_nomem(e);
	return logged || trial_log_append(s->log, rec, e);
}

static bool pass_known(const struct submitter *s, const cJSON *last, struct err *e)
{
	if (model_differs(last, &s->options))
		return err_set(e, ERR_USAGE,
			       "trial %s: the log has it for model %s, and --model says %s",
			       trial_id(last), json_str(last, "model"), s->options.model);
	return ndjson_put(stdout, last, e);
}

static bool send_one(struct flight *f, struct err *e)
{
	struct submitter *s = f->s;
	char description[8 + TRIAL_ID_LEN];
	cJSON *values;

	if (!log_proposal(s, f->rec, e))
		return false;
	if (!(values = cJSON_Duplicate(f->values, true)))
		return err_nomem(e);
	/* The service shows it with the model: this is how a person finds the trial. */
	snprintf(description, sizeof(description), "trial %s", trial_id(f->rec));
	if (!dr_tune_start(s->dr, f->target->project, f->target->model, values, description,
			   answered, f, e))
		return false;
	if (f->lost == 0)
		trial_now(f->first_sent);
	f->sent = true;
	s->sent++;
	return true;
}

/* Is the same trial under way before this one? */
static bool has_twin(const struct flight *f)
{
	for (const struct flight *g = f->s->first; g != f; g = g->next)
		if (strcmp(trial_id(g->rec), trial_id(f->rec)) == 0)
			return true;
	return false;
}

/* ---- limits ---- */

/* Sent, or sent before and its answer lost: there may be a job. */
static bool is_under_way(const struct flight *f)
{
	return f->sent || f->lost > 0;
}

/* Not after the limit. */
static bool has_unsent(const struct submitter *s)
{
	for (const struct flight *f = s->first; f; f = f->next)
		if (!is_under_way(f))
			return true;
	return false;
}

/* Nothing more is sent; what was not goes on as it came. */
static void reach_limit(struct submitter *s, const struct err *why)
{
	struct flight *next;
	struct err e = {0};

	if (s->limit.kind != ERR_NONE)
		return;
	s->limit = *why;
	cli_error("%s", why->text);
	for (struct flight *f = s->first; f; f = next) {
		next = f->next;
		if (is_under_way(f))
			continue;
		if (!ndjson_put(stdout, f->rec, &e))
			stop(s, &e);
		land(f);
	}
}

/* May the trial be sent now? */
static bool may_send(struct submitter *s, const struct flight *f)
{
	size_t under_way = 0;
	struct err e = {0};

	for (const struct flight *g = s->first; g; g = g->next)
		under_way += is_under_way(g);
	switch (budget_ask(&s->budget, under_way,
			   is_logged(trial_log_find(s->log, trial_id(f->rec)), f->rec), &e)) {
	case BUDGET_GO:
		return true;
	case BUDGET_WAIT:
		return false;
	case BUDGET_SPENT:
		reach_limit(s, &e);
		return false;
	case BUDGET_ERROR:
		stop(s, &e);
		return false;
	}
	return false;
}

static double due(const struct flight *f)
{
	return f->s->full ? fmax(f->due, f->s->full_due) : f->due;
}

/* False: it is not the time yet, which comes in *next seconds where that is known. */
static bool is_time(struct submitter *s, const struct flight *f, double *next)
{
	double wait = due(f) - http_now();

	if (f->sent || has_twin(f) || (s->full && s->sent > 0))
		return false;
	if (wait > 0)
		*next = fmin(*next, wait);
	return wait <= 0;
}

double submit_send(struct submitter *s)
{
	double next = INFINITY;
	struct flight *after;
	struct err e = {0};

	if (has_unsent(s) && budget_time_left(&s->budget) <= 0 && budget_over(&s->budget, &e))
		reach_limit(s, &e);
	for (struct flight *f = s->first; f && s->stop.kind == ERR_NONE; f = after) {
		const cJSON *last;
		bool ok;

		after = f->next;
		if (!is_time(s, f, &next))
			continue;
		if ((last = known(s, f->rec))) {
			ok = pass_known(s, last, &e);
			land(f);
		} else if (is_under_way(f) || may_send(s, f)) {
			ok = send_one(f, &e);
		} else if (s->limit.kind == ERR_NONE) {
			continue;
		} else {
			return 0; /* flights have landed: once more from the first */
		}
		if (!ok)
			stop(s, &e);
	}
	if (has_unsent(s))
		next = fmin(next, fmax(budget_time_left(&s->budget), 0));
	return isinf(next) ? -1 : next;
}

/* ---- taking ---- */

/* What a tuning request cannot ask for must not be left out in silence. */
static bool check_fields(const cJSON *rec, struct err *e)
{
	const cJSON *f;

	cJSON_ArrayForEach (f, json_get(rec, "fidelity"))
		if (strcmp(f->string, "sample_pct") != 0 && strcmp(f->string, "partition") != 0)
			return err_set(e, ERR_INPUT, "'fidelity': unknown field '%.50s'",
				       f->string);
	if (json_get(rec, "replicate"))
		return err_set(e, ERR_INPUT,
			       "'replicate' cannot be had: the server runs a setting once");
	return true;
}

/* A tuned model has the sample of the model that it is made from; the partition is for
 * whoever collects it. */
static bool check_sample(const cJSON *rec, const struct target *t, struct err *e)
{
	const cJSON *pct = json_get(json_get(rec, "fidelity"), "sample_pct");
	char asked[JSON_NUMBER_MAX] = "?", has[JSON_NUMBER_MAX];

	if (!pct || (cJSON_IsNumber(pct) && fabs(pct->valuedouble - t->sample_pct) < 1e-6))
		return true;
	if (cJSON_IsNumber(pct))
		json_number(pct->valuedouble, asked);
	json_number(t->sample_pct, has);
	return err_set(
		e, ERR_INPUT,
		"its sample_pct is %s, and a tuned model has that of the model it is made "
		"from: %s has %s",
		asked, t->model, has);
}

static bool reject(struct submitter *s, cJSON *rec, const struct target *t, struct err *e)
{
	if (e->kind == ERR_INPUT && s->skip_bad) {
		fail(s, rec, t, NULL, e->text);
		*e = (struct err){0};
		return true;
	}
	return err_prefix(e, "trial %s", trial_id(rec));
}

bool submit_take(struct submitter *s, cJSON *rec, struct err *e)
{
	const cJSON *last = known(s, rec);
	const struct target *t = NULL;
	cJSON *values = NULL;
	struct flight *f;
	bool ok;

	if (last || s->limit.kind != ERR_NONE) {
		ok = last ? pass_known(s, last, e) : ndjson_put(stdout, rec, e);
		cJSON_Delete(rec);
		return ok;
	}
	if (!check_fields(rec, e) ||
	    !(t = target_of(&s->targets, s->dr, &s->options, rec, e)) ||
	    !check_sample(rec, t, e) ||
	    !(values = dr_tuning_values(t->parameters, t->model, json_get(rec, "params"), e))) {
		ok = reject(s, rec, t, e);
		cJSON_Delete(rec);
		return ok;
	}
	if (!(f = calloc(1, sizeof(*f)))) {
		cJSON_Delete(values);
		cJSON_Delete(rec);
		return err_nomem(e);
	}
	*f = (struct flight){.s = s, .rec = rec, .values = values, .target = t};
	*s->end = f;
	s->end = &f->next;
	s->flights++;
	return true;
}

/* ---- a signal ---- */

bool submit_stop(struct submitter *s, struct err *e)
{
	s->stopping = true;
	while (s->sent > 0) {
		/* Also what has just been told to come again later. */
		http_withdraw(dr_http(s->dr));
		if (s->sent > 0 && !http_poll(dr_http(s->dr), -1, -1, NULL, e))
			return false;
	}
	return true;
}
