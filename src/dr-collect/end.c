#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "job.h"
#include "json/json.h"
#include "result.h"
#include "trial/trial.h"

#define GONE_MAX 4
#define LOST_MAX 3

static void count(struct collector *c, const cJSON *rec, const char *metric)
{
	double score = json_num(rec, "score", NAN);

	if (trial_state(rec, &(struct err){0}) != TRIAL_COMPLETED) {
		c->failed++;
		return;
	}
	c->completed++;
	c->mixed = c->mixed || (c->best_metric && strcmp(c->best_metric, metric) != 0);
	if (!c->best_metric || (json_true(rec, "minimize") ? score < c->best : score > c->best))
		c->best = score;
	c->best_metric = c->mixed ? NULL : metric;
}

/* The record is complete but for its times. */
static void finish(struct job *j)
{
	struct collector *c = j->c;
	struct err e = {0};

	if (!result_times(j->rec, j->running ? j->started : NULL, j->timely, &e) ||
	    !trial_log_emit(c->log, j->rec, stdout, &e))
		job_stop(c, &e);
	count(c, j->rec, j->project->metric);
	job_look_soon(c, j->project, FIRST_GAP_S, FIRST_GAP_S);
	job_drop(j);
}

void end_fail(struct job *j, enum trial_state state, const char *why)
{
	struct err e = {0};

	cli_warn("trial %s: %s", trial_id(j->rec), why);
	if (!trial_set_state(j->rec, state, why, &e))
		job_stop(j->c, &e);
	else
		finish(j);
}

const char *job_partition(const struct job *j)
{
	const char *own = json_str(json_get(j->rec, "fidelity"), "partition");

	return j->c->partition ? j->c->partition : own ? own : "crossValidation";
}

void end_with_model(struct job *j)
{
	struct collector *c = j->c;
	struct result_score by = {
		.metric = j->project->metric,
		.minimize = j->project->minimize,
		.partition = job_partition(j),
	};
	struct err e = {0};
	cJSON *rec;

	/* A record that waits, and may have to be passed on, stays as it came. */
	if (!(rec = cJSON_Duplicate(j->rec, true)))
		err_nomem(&e);
	else if (result_model(rec, j->result, j->model, &by, &e) && j->folds &&
		 !json_set(rec, "folds", cJSON_Duplicate(j->folds, true)))
		err_nomem(&e);
	if (e.kind != ERR_NONE) {
		cJSON_Delete(rec);
		job_stop(c, &e);
		return;
	}
	cJSON_Delete(j->rec);
	j->rec = rec;
	if (json_str(j->rec, "error"))
		cli_warn("trial %s: %s", trial_id(j->rec), json_str(j->rec, "error"));
	finish(j);
}

/* It was cancelled here, and is. */
static void fail_late(struct job *j)
{
	struct err why = {0};

	err_set(&why, ERR_REFUSED,
		"job %s was at work for %.15g s (--trial-timeout) and was "
		"cancelled",
		j->id, j->c->trial_timeout_s);
	end_fail(j, TRIAL_ABORTED, why.text);
}

/* The log may know it before the record comes this way. */
static bool is_withdrawn(struct job *j)
{
	struct trial_log *log = j->c->log;
	const cJSON *last;
	struct err e = {0};

	if (j->withdrawn || !log)
		return j->withdrawn;
	if (!trial_log_refresh(log, &e))
		job_stop(j->c, &e);
	last = trial_log_find(log, trial_id(j->rec));
	return last && trial_state(last, &(struct err){0}) == TRIAL_PROPOSED &&
	       json_true(last, "withdrawn");
}

void end_job(struct job *j, const struct dr_job *got)
{
	bool aborted = got->state == DR_JOB_ABORTED;
	struct err why = {0};

	/* At the end of a run jobs are cancelled by several tools of its pipeline. */
	if (aborted && !j->cancelled && j->c->settling)
		return;
	if (aborted && !j->cancelled && is_withdrawn(j)) {
		job_drop(j);
		return;
	}
	if (aborted && j->cancelled) {
		fail_late(j);
		return;
	}

	if (got->message && *got->message)
		err_set(&why, ERR_REFUSED, "%s", got->message);
	else
		err_set(&why, ERR_REFUSED, "job %s %s, and the server gives no reason", j->id,
			aborted ? "was cancelled" : "failed");
	end_fail(j, aborted ? TRIAL_ABORTED : TRIAL_FAILED, why.text);
}

/* The lease has ended: the trial is anybody's again. */
static void lose(struct job *j, long lost)
{
	struct collector *c = j->c;
	struct err e = {0};

	cli_warn("trial %s: the server does not know job %s any more; proposed again",
		 trial_id(j->rec), j->id);
	if (!json_set(c->lost, trial_id(j->rec), cJSON_CreateTrue()) ||
	    !json_set_num(j->rec, "lost", (double)lost))
		err_nomem(&e);
	else if (trial_withdraw(j->rec, &e))
		trial_log_emit(c->log, j->rec, stdout, &e);
	if (e.kind != ERR_NONE)
		job_stop(c, &e);
	job_drop(j);
}

void end_gone(struct job *j)
{
	long lost = trial_lost(j->rec) + 1;
	struct err why = {0};

	if (j->cancelled) {
		fail_late(j);
		return;
	}
	if (++j->gone < GONE_MAX)
		return;
	if (lost < LOST_MAX) {
		lose(j, lost);
		return;
	}
	err_set(&why, ERR_REFUSED,
		"the server lost %ld jobs of this trial, the last one was %s", lost, j->id);
	end_fail(j, TRIAL_FAILED, why.text);
}
