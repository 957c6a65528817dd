#include "train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "dr/jobs.h"
#include "json/json.h"
#include "trial/trial.h"

#define QUEUE_WAIT_S 3000.0
#define LOST_MAX 3 /* times that the same request is made */

void train_place_release(struct train_place *p)
{
	free(p->project);
	memset(p, 0, sizeof(*p));
}

/* ---- the request ---- */

/* Whether a job of the server's list is the one that this plan asks for. */
static bool is_same(const cJSON *job, const struct train_place *place,
		    const struct train_subject *what, const struct train_plan *plan)
{
	const char *of = json_str(job, "blueprintId"), *list = json_str(job, "featurelistId");
	double pct = plan->sample_pct ? plan->sample_pct : place->max_pct;

	return of && strcmp(of, what->blueprint) == 0 && pct &&
	       json_num(job, "samplePct", 0) == pct && list &&
	       strcmp(list, plan->featurelist) == 0;
}

/*
 * The answer was lost: is the job there?  Where the server chooses the features the list
 * cannot tell, for a job may be there that another request chose them for; nor does it
 * tell which model a job trains again.  The
 * repetition is answered with the right one.  False only for an error.
 */
static bool find_job(struct dr *dr, const struct train_place *place,
		     const struct train_subject *what, const struct train_plan *plan,
		     struct dr_submission *s, struct err *e)
{
	cJSON *jobs, *job;

	if (!what->blueprint || !plan->featurelist)
		return true;
	if (!(jobs = dr_model_jobs(dr, place->project, e)))
		return false;
	cJSON_ArrayForEach (job, jobs) {
		if (!is_same(job, place, what, plan) || !dr_has_id(job, "id"))
			continue;
		s->job = dr_id(job, "id");
		s->how = DR_REPEATED;
		break;
	}
	cJSON_Delete(jobs);
	return s->how != DR_REPEATED || s->job || err_nomem(e);
}

static bool ask_once(struct dr *dr, const struct train_place *place,
		     const struct train_subject *what, const struct train_plan *plan,
		     struct dr_submission *s, struct err *e)
{
	if (what->model)
		return dr_freeze(dr, place->project, what->model, plan->sample_pct, s, e);
	return dr_train(dr, place->project, what->blueprint, plan->featurelist,
			plan->sample_pct, plan->scoring, s, e);
}

/*
 * One request, and where its answer is lost, some more after a pause, in which the
 * server can finish what it may still be doing with the first one: a job that came to
 * be and has ended meanwhile is in no list, but the server knows the repetition.
 */
static bool ask(struct dr *dr, const struct train_place *place,
		const struct train_subject *what, const struct train_plan *plan,
		struct dr_submission *s, struct err *e)
{
	for (int i = 1;; i++) {
		if (!ask_once(dr, place, what, plan, s, e))
			return false;
		if (s->how != DR_UNKNOWN)
			return true;
		if (i == LOST_MAX)
			break;
		cli_warn("%s", e->text);
		if (!http_take_retry(dr_http(dr), e) || !http_sleep(dr_http(dr), i, e) ||
		    !find_job(dr, place, what, plan, s, e))
			return false;
		if (s->job)
			return true;
	}
	e->kind = ERR_UNAVAILABLE; /* its text is that of the last request */
	return false;
}

static bool submit(struct dr *dr, const struct train_place *place,
		   const struct train_subject *what, const struct train_plan *plan,
		   struct dr_submission *s, struct err *e)
{
	struct dr_wait w = {.limit_s = QUEUE_WAIT_S, .what = "the full job queue"};
	bool told = false;

	while (dr_wait(dr, &w, e)) {
		if (!ask(dr, place, what, plan, s, e))
			return false;
		if (s->how != DR_QUEUE_FULL)
			return true;
		if (!told)
			cli_note("the server's job queue is full: waiting for room");
		told = true;
	}
	/* It is the server that has no room, not a limit of the user's. */
	if (e->kind == ERR_LIMIT)
		e->kind = ERR_UNAVAILABLE;
	return false;
}

/* ---- the record ---- */

static bool set_address(cJSON *trial, const struct train_place *place,
			const struct train_subject *what, const struct train_plan *plan,
			const cJSON *fidelity, struct err *e)
{
	char id[TRIAL_ID_LEN + 1], *model;
	cJSON *none = cJSON_CreateObject();
	bool ok;

	if (asprintf(&model, "%s/%s%s%s", place->project,
		     what->model ? what->model : what->blueprint, plan->featurelist ? "/" : "",
		     plan->featurelist ? plan->featurelist : "") < 0)
		model = NULL;
	ok = (model && none) || err_nomem(e);
	ok = ok && trial_address(none, model, fidelity, NULL, id, e) &&
	     (json_set_str(trial, "trial", id) || err_nomem(e));
	cJSON_Delete(none);
	free(model);
	return ok;
}

static cJSON *new_fidelity(const struct train_place *place, const struct train_plan *plan)
{
	cJSON *f = cJSON_CreateObject();
	double pct = plan->sample_pct ? plan->sample_pct : place->max_pct;
	bool cv = strcmp(plan->scoring, "crossValidation") == 0;

	if ((!pct || json_set_num(f, "sample_pct", pct)) &&
	    (cv || json_set_str(f, "partition", plan->scoring)))
		return f;
	cJSON_Delete(f);
	return NULL;
}

/* The record but for what became of it. */
static cJSON *new_trial(const struct train_place *place, const struct train_subject *what,
			const struct train_plan *plan, struct err *e)
{
	cJSON *trial = cJSON_CreateObject(), *fidelity = new_fidelity(place, plan);

	if (!trial || !fidelity)
		err_nomem(e);
	else if (!set_address(trial, place, what, plan, fidelity, e))
		;
	else if (!json_set_str(trial, "state", trial_state_name(TRIAL_PROPOSED)) ||
		 !json_set_str(trial, "by", "dr-train") ||
		 !json_set(trial, "params", cJSON_CreateObject()) ||
		 !json_set_str(trial, "project", place->project) ||
		 (what->blueprint && !json_set_str(trial, "blueprint", what->blueprint)) ||
		 (what->model && !json_set_str(trial, "model", what->model)) ||
		 (plan->featurelist &&
		  !json_set_str(trial, "featurelist", plan->featurelist)) ||
		 !json_set(trial, "fidelity", cJSON_Duplicate(fidelity, true)))
		err_nomem(e);
	cJSON_Delete(fidelity);
	if (e->kind == ERR_NONE)
		return trial;
	cJSON_Delete(trial);
	return NULL;
}

/* Of a job that was there before it is not known when it was submitted: taken_over
 * says so, as in dr-submit. */
static bool set_submitted(cJSON *trial, const struct dr_submission *s, struct err *e)
{
	char now[TRIAL_TIME_LEN + 1];

	trial_now(now);
	return trial_set_state(trial, TRIAL_SUBMITTED, NULL, e) &&
	       ((json_set_str(trial, "job", s->job) &&
		 json_set_str(trial, "submitted_at", now) &&
		 (s->how != DR_REPEATED ||
		  json_set(trial, "taken_over", cJSON_CreateTrue()))) ||
		err_nomem(e));
}

static bool set_failed(cJSON *trial, const char *error, struct err *e)
{
	char now[TRIAL_TIME_LEN + 1];

	trial_now(now);
	return trial_set_state(trial, TRIAL_FAILED, error, e) &&
	       (json_set_str(trial, "finished_at", now) || err_nomem(e));
}

/* The holdout's rows are for the last word; none is to be trained on by mistake. */
static bool check_size(const struct train_place *place, const struct train_plan *plan,
		       struct err *e)
{
	return plan->sample_pct <= place->open_pct ||
	       err_set(e, ERR_REFUSED,
		       "%.15g %% of the rows need the holdout of project %s, which is locked: "
		       "dr-project unlock-holdout opens it, for good",
		       plan->sample_pct, place->project);
}

/* What is wrong with one blueprint is no reason to leave the others out. */
static bool is_its_own(const struct dr_submission *s, const struct err *e)
{
	return e->kind == ERR_REFUSED && s->status >= 400 && s->status != 401 &&
	       s->status != 403;
}

/* *trial becomes what the log knows of it, or the log knows it from now on. */
static bool look_up(struct trial_log *log, cJSON **trial, bool *known, struct err *e)
{
	const cJSON *last = trial_log_find(log, trial_id(*trial));
	struct err ignored = {0};
	cJSON *copy;

	if (!last)
		return trial_log_append(log, *trial, e);
	/* A proposal keeps what was counted of it. */
	if (!(copy = cJSON_Duplicate(last, true)))
		return err_nomem(e);
	*known = trial_state(copy, &ignored) != TRIAL_PROPOSED;
	cJSON_Delete(*trial);
	*trial = copy;
	return true;
}

cJSON *train_start(struct dr *dr, const struct train_place *place,
		   const struct train_subject *what, const struct train_plan *plan,
		   struct trial_log *log, bool *known, struct err *why, struct err *e)
{
	struct dr_submission s = {0};
	cJSON *trial = check_size(place, plan, e) ? new_trial(place, what, plan, e) : NULL;
	bool ok = trial && look_up(log, &trial, known, e);

	if (ok && *known)
		return trial;
	if (ok && !submit(dr, place, what, plan, &s, why)) {
		ok = is_its_own(&s, why) ? set_failed(trial, why->text, e) : (*e = *why, false);
	} else if (ok && s.dead) {
		err_set(why, ERR_REFUSED,
			"job %s, which was the same, failed, and the server does not repeat it",
			s.job);
		ok = set_failed(trial, why->text, e);
	} else if (ok) {
		ok = set_submitted(trial, &s, e);
	}
	dr_submission_release(&s);
	if (ok)
		return trial;
	cJSON_Delete(trial);
	return NULL;
}
