/* dr-submit: start one training job per proposed trial. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "budget/deadline.h"
#include "budget/money.h"
#include "cli/cli.h"
#include "dr/dr.h"
#include "ndjson/ndjson.h"
#include "stop/stop.h"
#include "submit.h"
#include "trial/log.h"
#include "trial/trial.h"

static const char *project, *model, *log_path;
static long parallel = 8;
static double retry_for_s = 60;
static const char *on_interrupt = "leave";
static bool skip_bad;
static struct budget_limits limits = {.time_limit_s = -1, .cost_limit = -1};
static const char *cost_limit, *cost_per_hour;

/* After a signal, for the answers under way; below the 30 s of batch systems. */
#define STOP_LIMIT_S 20

static const struct cli_option options[] = {
	{"model", 'm', CLI_STRING, &model, "ID",
	 "the model to tune, for trials that name none"},
	{"project", 'p', CLI_STRING, &project, "ID", "its project; else that of $DR_PROJECT"},
	{"log", 'l', CLI_STRING, &log_path, "FILE",
	 "trial log: append to it, and submit nothing twice"},
	{"parallel", 0, CLI_INT, &parallel, "N", "requests under way at once", .min = 1,
	 .max = 256},
	{"retry-for", 0, CLI_REAL, &retry_for_s, "SECONDS",
	 "send a request whose answer is lost again, for so long", .min = 0, .max = 86400},
	{"on-interrupt", 0, CLI_STRING, &on_interrupt, "WHAT",
	 "at a signal leave this run's jobs, or cancel them"},
	{"trials", 't', CLI_INT, &limits.trials, "N",
	 "never more than N trials of the log submitted in all", 1, 10000000},
	{"max-failures", 0, CLI_INT, &limits.max_failures, "N",
	 "submit no more when N trials of the log have failed", 1, 10000000},
	{"time-limit", 0, CLI_SECONDS, &limits.time_limit_s, "TIME",
	 "submit nothing later than that"},
	{"deadline", 0, CLI_STRING, &limits.deadline, "MOMENT",
	 "the same: 08:00, or 2026-11-25T08:00:00+01:00"},
	{"cost-limit", 0, CLI_STRING, &cost_limit, "AMOUNT",
	 "submit no more when the trials of the log have cost that"},
	{"cost-per-hour", 0, CLI_STRING, &cost_per_hour, "AMOUNT", "of one trial's time"},
	{"skip-bad", 0, CLI_FLAG, &skip_bad, NULL,
	 "pass over bad lines and let bad trials fail, instead of stopping"},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-submit",
	.synopsis = "[--model ID] [--project ID] [--log FILE] [OPTION...] <trials >trials",
	.summary = "Start one training job per proposed trial.",
	.examples = "  gridgen max_depth=3,5,7 | dr-submit --model \"$MODEL\" | dr-collect\n"
		    "  dr-submit --log trials.ndjson --model \"$MODEL\" <proposals >jobs\n",
	.details = "Trials in state proposed become submitted; everything else is passed on as "
		   "it is.\nValues are checked against the model's own constraints before "
		   "anything is sent.\n",
	.options = options,
};

static void usage(const char *option, const struct err *e)
{
	cli_usage("--%s: %s", option, e->text);
}

static void check_options(void)
{
	struct err e = {0};

	if (strcmp(on_interrupt, "leave") != 0 && strcmp(on_interrupt, "cancel") != 0)
		cli_usage("--on-interrupt: '%s' is not leave or cancel", on_interrupt);
	if (!cost_limit != !cost_per_hour)
		cli_usage("--cost-limit and --cost-per-hour go together");
	if (cost_limit && !log_path)
		cli_usage("--cost-limit needs --log, which knows how long trials take");
	if (cost_limit && !money_parse(cost_limit, &limits.cost_limit, &e))
		usage("cost-limit", &e);
	if (cost_limit && !money_parse(cost_per_hour, &limits.cost_per_hour, &e))
		usage("cost-per-hour", &e);
	if (limits.deadline && !deadline_parse(limits.deadline, &limits.deadline_s, &e))
		usage("deadline", &e);
}

static void report_bad(const struct err *e, void *ctx)
{
	(void)ctx;
	cli_error("%s", e->text);
}

/* One record from the input; takes it over. */
static bool handle(struct submitter *s, struct ndjson_reader *in, cJSON *rec, struct err *e)
{
	enum trial_state state = trial_state(rec, e);
	bool ok;

	if (state == TRIAL_PROPOSED)
		return submit_take(s, rec, e);
	ok = state == TRIAL_NONE && e->kind != ERR_NONE ? ndjson_refuse(in, e)
							: ndjson_pass(stdout, in, e);
	cJSON_Delete(rec);
	return ok;
}

/*
 * Take from the input what there is room for. False at its end and after a bad
 * record, whose message comes at once: what came before it still goes its way.
 */
static bool take(struct submitter *s, struct ndjson_reader *in, enum err_kind *bad)
{
	enum ndjson_result got = NDJSON_WAIT;
	struct err e = {0};
	cJSON *rec;

	while (s->stop.kind == ERR_NONE && submit_room(s) &&
	       (got = ndjson_pop(in, &rec, &e)) == NDJSON_RECORD) {
		if (!handle(s, in, rec, &e)) {
			got = NDJSON_ERROR;
			break;
		}
	}
	if (got == NDJSON_ERROR &&
	    (e.kind == ERR_SYSTEM || e.kind == ERR_UNAVAILABLE || e.kind == ERR_STOPPED)) {
		s->stop = e;
	} else if (got == NDJSON_ERROR) {
		cli_error("%s", e.text);
		*bad = e.kind;
	}
	return got != NDJSON_ERROR && got != NDJSON_END;
}

/* Until the input is at its end and everything is answered; *bad is the kind of
 * what ended the input before. */
static bool run(struct submitter *s, struct ndjson_reader *in, enum err_kind *bad,
		struct err *e)
{
	bool reading = true, readable;

	while (!stop_signal()) {
		double next_s;

		reading = reading && take(s, in, bad);
		next_s = submit_send(s);
		if (submit_idle(s) && (!reading || s->stop.kind != ERR_NONE))
			break;
		if (!http_poll(dr_http(s->dr), reading && submit_room(s) ? in->fd : -1, next_s,
			       &readable, e) ||
		    (readable && !ndjson_fill(in, e)))
			return false;
	}
	*e = s->stop;
	if (stop_signal())
		err_set(e, ERR_STOPPED, "%s", stop_name());
	return e->kind == ERR_NONE;
}

/* What the run leaves behind, in words. */
static void tell(const struct submitter *s, size_t cancelled)
{
	char jobs[128] = "";

	if (s->ours.n > 0 && strcmp(on_interrupt, "cancel") == 0)
		snprintf(jobs, sizeof(jobs), ": %zu of %zu jobs of this run cancelled",
			 cancelled, s->ours.n);
	else if (s->ours.n > 0)
		snprintf(jobs, sizeof(jobs), ": %zu job%s", s->ours.n,
			 s->ours.n == 1 ? " of this run goes on" : "s of this run go on");
	cli_note("stopped by %s%s; run the same command again to go on", stop_name(), jobs);
}

static void tell_failed(const char *trial, const struct err *why)
{
	cli_error("trial %s: %s", trial, why->text);
}

/* A signal came: hear what is under way, and die by it. */
static _Noreturn void end_stopped(struct submitter *s)
{
	struct err e = {0};
	size_t cancelled = 0;
	bool ok;

	http_set_wake(dr_http(s->dr), -1);
	if (s->sent > 0)
		cli_note("stopped by %s: waiting for the answer%s to %zu request%s; once more "
			 "ends at once",
			 stop_name(), s->sent == 1 ? "" : "s", s->sent,
			 s->sent == 1 ? "" : "s");
	ok = submit_stop(s, &e);
	if (ok && strcmp(on_interrupt, "cancel") == 0)
		ok = ours_cancel(&s->ours, s->dr, s->log, tell_failed, &cancelled, &e);
	if (!ok)
		cli_error("%s", e.text);
	if (s->stop.kind != ERR_NONE && s->stop.kind != ERR_STOPPED)
		cli_error("%s", s->stop.text);
	tell(s, cancelled);
	stop_die();
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct submitter s = {0};
	struct ndjson_reader in;
	enum err_kind bad = ERR_NONE;
	int status;

	if (cli_parse(&tool, argc, argv) != argc)
		cli_usage("trials are read from stdin, not from an operand");
	check_options();
	cli_expect_stdin("trials");

	if (!stop_catch(STOP_LIMIT_S, &e) || !(s.dr = dr_open(cli_trace, NULL, &e)) ||
	    !(s.log = trial_log_open(log_path, TRIAL_SUBMITTER, &e)))
		cli_die(&e);
	http_set_connections(dr_http(s.dr), parallel);
	http_set_wake(dr_http(s.dr), stop_fd());
	s.options = (struct target_options){
		.project = project, .model = model, .default_project = dr_project_meant(NULL)};
	s.parallel = (size_t)parallel;
	s.skip_bad = skip_bad;
	s.retry_for_s = retry_for_s;
	budget_start(&s.budget, &limits, s.log);
	submit_init(&s);
	ndjson_init(&in, STDIN_FILENO, "<stdin>");
	in.skip_bad = skip_bad;
	in.on_bad = report_bad;

	if (!run(&s, &in, &bad, &e)) {
		if (e.kind == ERR_STOPPED)
			end_stopped(&s);
		cli_die(&e);
	}
	if (!ndjson_close(stdout, &e))
		cli_die(&e);

	status = bad != ERR_NONE            ? err_status(bad)
		 : s.limit.kind != ERR_NONE ? err_status(ERR_LIMIT)
					    : s.failed > 0 || in.bad > 0;
	submit_release(&s);
	ndjson_release(&in);
	trial_log_free(s.log);
	dr_close(s.dr);
	return status;
}
