#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "dr/tuning.h"
#include "flight.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "trial/trial.h"

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
			   flight_answered, f, e))
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
			flight_stop(s, &e);
		flight_land(f);
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
		flight_stop(s, &e);
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
		if ((last = flight_known(s, f->rec))) {
			ok = flight_pass(s, last, &e);
			flight_land(f);
		} else if (is_under_way(f) || may_send(s, f)) {
			ok = send_one(f, &e);
		} else if (s->limit.kind == ERR_NONE) {
			continue;
		} else {
			return 0; /* flights have landed: once more from the first */
		}
		if (!ok)
			flight_stop(s, &e);
	}
	if (has_unsent(s))
		next = fmin(next, fmax(budget_time_left(&s->budget), 0));
	return isinf(next) ? -1 : next;
}
