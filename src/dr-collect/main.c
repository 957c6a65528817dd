/* dr-collect: wait for jobs and add their scores. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "budget/budget.h"
#include "budget/deadline.h"
#include "cli/cli.h"
#include "collect.h"
#include "dr/dr.h"
#include "json/json.h"
#include "limit.h"
#include "ndjson/ndjson.h"
#include "stop/stop.h"
#include "stopped.h"
#include "trial/log.h"
#include "trial/trial.h"
#include "withdraw.h"

static const char *project, *log_path, *partition, *metric;
static double poll_s = 5;
static const char *on_interrupt = "leave";
static bool folds, skip_bad, cancelling;
static double trial_timeout_s;
static struct budget_limits limits = {.time_limit_s = -1, .cost_limit = -1};

/* After a signal, to hand on and to cancel; below the 30 s of batch systems, and behind
 * the end of dr-submit. */
#define STOP_LIMIT_S 25

static const struct cli_option options[] = {
	{"project", 'p', CLI_STRING, &project, "ID",
	 "project of trials that name none; else that of $DR_PROJECT"},
	{"log", 'l', CLI_STRING, &log_path, "FILE", "trial log: append every end to it"},
	{"metric", 0, CLI_STRING, &metric, "METRIC", "score by this metric, not the project's"},
	{"partition", 0, CLI_STRING, &partition, "NAME",
	 "score on crossValidation (default), validation or holdout"},
	{"folds", 0, CLI_FLAG, &folds, NULL,
	 "add the score of each fold, one more request a trial"},
	{"poll", 0, CLI_SECONDS, &poll_s, "TIME", "longest wait between two looks"},
	{"trial-timeout", 0, CLI_SECONDS, &trial_timeout_s, "TIME",
	 "cancel a job that has been at work for that long"},
	{"max-failures", 0, CLI_INT, &limits.max_failures, "N",
	 "stop when N trials of the log have failed", 1, 10000000},
	{"time-limit", 0, CLI_SECONDS, &limits.time_limit_s, "TIME",
	 "wait no longer than that"},
	{"deadline", 0, CLI_STRING, &limits.deadline, "MOMENT",
	 "the same: 08:00, or 2026-11-25T08:00:00+01:00"},
	{"cancel", 0, CLI_FLAG, &cancelling, NULL,
	 "cancel the jobs instead; their trials are proposed again"},
	{"on-interrupt", 0, CLI_STRING, &on_interrupt, "WHAT",
	 "at a signal leave this run's jobs, or cancel them"},
	{"skip-bad", 0, CLI_FLAG, &skip_bad, NULL,
	 "pass over bad lines and trials, instead of stopping"},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-collect",
	.synopsis = "[--log FILE] [OPTION...] <trials >trials",
	.summary = "Wait for jobs and add their scores.",
	.examples = "  dr-submit --model \"$MODEL\" <proposals | dr-collect >results\n"
		    "  dr-blueprints | dr-train | dr-collect | jq -r '[.score, .blueprint] | "
		    "@tsv'\n",
	.details = "Trials in state submitted become completed, failed or aborted, each the "
		   "moment it is\nknown; everything else is passed on as it is.\n",
	.options = options,
};

static void check_options(void)
{
	struct err e = {0};

	if (partition && strcmp(partition, "crossValidation") != 0 &&
	    strcmp(partition, "validation") != 0 && strcmp(partition, "holdout") != 0)
		cli_usage("--partition: '%s' is not crossValidation, validation or holdout",
			  partition);
	if (strcmp(on_interrupt, "leave") != 0 && strcmp(on_interrupt, "cancel") != 0)
		cli_usage("--on-interrupt: '%s' is not leave or cancel", on_interrupt);
	if (poll_s < 0.1)
		cli_usage("--poll: at least 0.1 s");
	if (limits.deadline && !deadline_parse(limits.deadline, &limits.deadline_s, &e))
		cli_usage("--deadline: %s", e.text);
	if (cancelling && (trial_timeout_s > 0 || limits.max_failures ||
			   limits.time_limit_s >= 0 || limits.deadline))
		cli_usage("--cancel goes with no limit");
}

static void report_bad(const struct err *e, void *ctx)
{
	(void)ctx;
	cli_error("%s", e->text);
}

/* One record from the input; takes it over. */
static bool handle(struct collector *c, struct ndjson_reader *in, cJSON *rec, struct err *e)
{
	enum trial_state state = trial_state(rec, e);
	bool ok;

	if (state == TRIAL_SUBMITTED) {
		if (collect_take(c, rec, e))
			return true;
		if (e->kind == ERR_INPUT)
			return ndjson_refuse(in, e);
		/* It may be the only trace of its job. */
		if (e->kind == ERR_UNAVAILABLE || e->kind == ERR_SYSTEM ||
		    e->kind == ERR_STOPPED)
			ndjson_pass(stdout, in, &(struct err){0});
		return false;
	}
	if (state == TRIAL_PROPOSED && json_true(rec, "withdrawn"))
		collect_withdrawn(c, trial_id(rec));
	/* One that failed before it had a job counts among the failures. */
	if (trial_is_final(state) && c->log && !trial_log_put(c->log, rec, e)) {
		cJSON_Delete(rec);
		return false;
	}
	ok = state == TRIAL_NONE && e->kind != ERR_NONE ? ndjson_refuse(in, e)
							: ndjson_pass(stdout, in, e);
	cJSON_Delete(rec);
	return ok;
}

/*
 * Take from the input what is there.  False at its end and after a bad record, whose
 * message comes at once: what came before it is waited for all the same.
 */
static bool take(struct collector *c, struct ndjson_reader *in, enum err_kind *bad)
{
	enum ndjson_result got;
	struct err e = {0};
	cJSON *rec;

	while ((got = ndjson_pop(in, &rec, &e)) == NDJSON_RECORD) {
		if (!handle(c, in, rec, &e)) {
			got = NDJSON_ERROR;
			break;
		}
	}
	if (got == NDJSON_ERROR &&
	    (e.kind == ERR_SYSTEM || e.kind == ERR_UNAVAILABLE || e.kind == ERR_STOPPED)) {
		c->stop = e;
	} else if (got == NDJSON_ERROR) {
		cli_error("%s", e.text);
		*bad = e.kind;
	}
	return got == NDJSON_WAIT;
}

static void show_progress(const struct collector *c)
{
	char best[JSON_NUMBER_MAX] = "", failed[32] = "";

	if (c->failed > 0)
		snprintf(failed, sizeof(failed), ", %zu failed", c->failed);
	if (c->best_metric)
		json_number(c->best, best);
	cli_progress("%zu waiting, %zu running, %zu done%s%s%s%s%s", c->waiting - c->running,
		     c->running, c->completed, failed, *best ? ", best " : "",
		     *best ? c->best_metric : "", *best ? " " : "", best);
}

/* Until the input is at its end and all jobs are over; *bad is the kind of what
 * ended the input before. */
static bool run(struct collector *c, struct ndjson_reader *in, enum err_kind *bad,
		struct err *e)
{
	bool reading = true, readable;

	while (!stop_signal()) {
		double next_s;

		reading = reading && take(c, in, bad);
		limit_check(c);
		next_s = c->stop.kind == ERR_NONE ? collect_look(c) : -1;
		show_progress(c);
		if (c->stop.kind != ERR_NONE || (!reading && c->waiting == 0))
			break;
		if (!http_poll(dr_http(c->dr), reading ? in->fd : -1, limit_wait(c, next_s),
			       &readable, e) ||
		    (readable && !ndjson_fill(in, e)))
			return false;
	}
	cli_progress("%s", "");
	if (stop_signal())
		return err_set(e, ERR_STOPPED, "%s", stop_name());
	if (c->stop.kind == ERR_NONE)
		return true;
	if (c->stop.kind == ERR_LIMIT)
		return limit_end(c, reading ? in : NULL, e);
	*e = c->stop;
	collect_give_back(c, &(struct err){0});
	return false;
}

/* --cancel: what the log knows otherwise is handed on as it came. */
static bool take_to_cancel(cJSON *rec, struct ndjson_reader *in, void *ctx, struct err *e)
{
	struct withdraw *w = ctx;
	enum trial_state state = trial_state(rec, e);
	const cJSON *last =
		w->log && state != TRIAL_NONE ? trial_log_find(w->log, trial_id(rec)) : NULL;
	const char *its = json_str(rec, "project");
	cJSON *copy;

	if (e->kind != ERR_NONE)
		return ndjson_refuse(in, e);
	if (state != TRIAL_SUBMITTED ||
	    (last && trial_state(last, &(struct err){0}) != TRIAL_SUBMITTED))
		return ndjson_pass(stdout, in, e);
	if (!its && !(its = dr_project_meant(project)))
		return err_set(e, ERR_USAGE,
			       "trial %s: no project: give --project or set "
			       "DR_PROJECT",
			       trial_id(rec));
	if (!(copy = cJSON_Duplicate(rec, true)))
		return err_nomem(e);
	return withdraw_add(w, copy, its, e) || (e->kind == ERR_INPUT && ndjson_refuse(in, e));
}

static int cancel_all(struct collector *c, struct ndjson_reader *in)
{
	struct withdraw w = {.dr = c->dr, .log = c->log};
	struct err e = {0};
	int status;

	withdraw_init(&w);
	if (!ndjson_each(in, take_to_cancel, &w, &e) || !withdraw_run(&w, &e) ||
	    !ndjson_close(stdout, &e))
		cli_die(&e);
	cli_note("%zu job%s cancelled, %zu had ended before", w.cancelled,
		 w.cancelled == 1 ? "" : "s", w.over);
	status = w.failed > 0 || in->bad > 0;
	withdraw_release(&w);
	return status;
}

/* 5: another run makes it good. */
static int status_of(const struct collector *c, const struct ndjson_reader *in,
		     enum err_kind bad)
{
	int lost = cJSON_GetArraySize(c->lost);

	if (bad != ERR_NONE)
		return err_status(bad);
	if (c->stop.kind == ERR_LIMIT)
		return err_status(ERR_LIMIT);
	if (lost > 0) {
		cli_error("the server lost the jobs of %d trial%s: run the same command again",
			  lost, lost == 1 ? "" : "s");
		return err_status(ERR_UNAVAILABLE);
	}
	return c->failed > 0 || in->bad > 0;
}

/* To count failures it takes a log, if only one in memory. */
static bool open_log(struct collector *c, struct err *e)
{
	if (!log_path && !limits.max_failures)
		return true;
	c->log = trial_log_open(log_path, log_path ? TRIAL_COLLECTOR : TRIAL_READER, e);
	return c->log;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct collector c = {0};
	struct ndjson_reader in;
	enum err_kind bad = ERR_NONE;
	int status;

	if (cli_parse(&tool, argc, argv) != argc)
		cli_usage("trials are read from stdin, not from an operand");
	check_options();
	cli_expect_stdin("trials");

	/* What is to be cancelled is told anew: a signal may end that. */
	if ((!cancelling && !stop_catch(STOP_LIMIT_S, &e)) ||
	    !(c.dr = dr_open(cli_trace, NULL, &e)) || !open_log(&c, &e))
		cli_die(&e);
	budget_start(&c.budget, &limits, c.log);
	c.project = dr_project_meant(project);
	c.metric = metric;
	c.partition = partition;
	c.folds = folds;
	c.poll_s = poll_s;
	c.trial_timeout_s = trial_timeout_s;
	if (!collect_init(&c, &e))
		cli_die(&e);
	http_set_wake(dr_http(c.dr), stop_fd());
	ndjson_init(&in, STDIN_FILENO, "<stdin>");
	in.skip_bad = skip_bad;
	in.on_bad = report_bad;

	if (cancelling) {
		status = cancel_all(&c, &in);
		goto out;
	}
	if (!run(&c, &in, &bad, &e)) {
		if (e.kind == ERR_STOPPED)
			stopped_end(&c, &in, strcmp(on_interrupt, "cancel") == 0, log_path);
		cli_die(&e);
	}
	if (!ndjson_close(stdout, &e))
		cli_die(&e);
	status = status_of(&c, &in, bad);
out:
	collect_release(&c);
	ndjson_release(&in);
	trial_log_free(c.log);
	dr_close(c.dr);
	return status;
}
