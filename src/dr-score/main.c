/* dr-score: score trials by a metric of your own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "dr/dr.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "place.h"
#include "pool.h"
#include "record.h"
#include "trial/log.h"
#include "trial/trial.h"

static const char *project, *log_path, *partition, *command, *name = "custom";
static const char *actuals_path, *target;
static long parallel = 4;
static bool maximize, skip_bad;

static const struct cli_option options[] = {
	{"metric-command", 'm', CLI_STRING, &command, "COMMAND",
	 "shell command that reads predictions as records and prints one number"},
	{"name", 'n', CLI_STRING, &name, "NAME", "what the metric is called"},
	{"maximize", 0, CLI_FLAG, &maximize, NULL, "more of it is better, not less"},
	{"partition", 0, CLI_STRING, &partition, "NAME",
	 "predictions on crossValidation, validation or holdout; else the trial's own"},
	{"actuals", 'a', CLI_STRING, &actuals_path, "FILE",
	 "CSV of the project's rows: add what was to each prediction"},
	{"target", 0, CLI_STRING, &target, "COLUMN",
	 "its column; else the target of the project"},
	{"project", 'p', CLI_STRING, &project, "ID",
	 "project of trials that name none; else that of $DR_PROJECT"},
	{"log", 'l', CLI_STRING, &log_path, "FILE",
	 "trial log: append every end to it, in dr-collect's place"},
	{"parallel", 0, CLI_INT, &parallel, "N", "trials scored at once", .min = 1, .max = 256},
	{"skip-bad", 0, CLI_FLAG, &skip_bad, NULL,
	 "pass over bad lines, and let trials fail for which the command does"},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-score",
	.synopsis = "--metric-command COMMAND [OPTION...] <trials >trials",
	.summary = "Score trials by a metric of your own, from out-of-fold predictions.",
	.examples =
		"  dr-score -m './cost.py' --name cost --actuals train.csv <trials >scored\n"
		"  dr-score -m 'jq -n \"[inputs | (.actual - .prediction | fabs)] | max\"' \\\n"
		"      --name worst --actuals train.csv <trials\n",
	.details = "Completed trials get another score; everything else is passed on as it "
		   "is.\n",
	.options = options,
};

struct run {
	struct dr *dr;
	struct trial_log *log; /* or NULL */
	struct place *places;
	struct score_plan plan;
	struct actuals *actuals; /* or NULL; read when the column is known */
	struct pool pool;
	size_t done, failed;
};

static void check_options(void)
{
	if (!command || !*command)
		cli_usage("--metric-command is missing");
	if (partition && strcmp(partition, "crossValidation") != 0 &&
	    strcmp(partition, "validation") != 0 && strcmp(partition, "holdout") != 0)
		cli_usage("--partition: '%s' is not crossValidation, validation or holdout",
			  partition);
	if (!*name)
		cli_usage("--name: a metric has a name");
	if (target && !actuals_path)
		cli_usage("--target is a column of --actuals");
}

static void report_bad(const struct err *e, void *ctx)
{
	(void)ctx;
	cli_error("%s", e->text);
}

static const char *partition_of(const cJSON *rec)
{
	const char *own = json_str(rec, "partition");

	return partition ? partition : own ? own : "crossValidation";
}

/* ---- taking ---- */

static bool read_actuals(struct run *r, const struct place *p, struct err *e)
{
	if (!actuals_path || r->actuals)
		return true;
	r->actuals = actuals_read(actuals_path, target ? target : p->target, e);
	r->plan.actuals = r->actuals;
	return r->actuals != NULL;
}

/* This very trial with its score, in the log; or NULL. */
static const cJSON *known(const struct run *r, const cJSON *rec)
{
	const cJSON *last = r->log ? trial_log_find(r->log, trial_id(rec)) : NULL;
	const char *its = last ? json_str(last, "tuned_model") : NULL,
		   *model = json_str(rec, "tuned_model");

	return its && model && strcmp(its, model) == 0 &&
			       record_is_scored(last, name, partition)
		       ? last
		       : NULL;
}

/* Takes the record over, also where it fails. */
static bool start(struct run *r, cJSON *rec, struct err *e)
{
	const char *of = json_str(rec, "project");
	struct place *p;
	bool ok = false;

	if (!of)
		of = dr_project_meant(project);
	if (!json_str(rec, "tuned_model"))
		err_set(e, ERR_INPUT, "'tuned_model' is missing");
	else if (!of)
		err_set(e, ERR_USAGE, "no project: give --project or set DR_PROJECT");
	else
		ok = record_check_name(rec, name, e) &&
		     (p = place_find(&r->places, r->dr, of, partition_of(rec), e)) &&
		     read_actuals(r, p, e) &&
		     pool_start(&r->pool, rec, of, partition_of(rec), e);
	if (!ok) {
		err_prefix(e, "trial %s", trial_id(rec));
		cJSON_Delete(rec);
	}
	return ok;
}

/* What is over and has no score must be in the log all the same, if nobody else is there to
 * write it. */
static bool pass(struct run *r, const cJSON *rec, enum trial_state state,
		 struct ndjson_reader *in, struct err *e)
{
	const cJSON *last =
		r->log && state != TRIAL_NONE ? trial_log_find(r->log, trial_id(rec)) : NULL;

	if (!r->log || !trial_is_final(state) ||
	    (last && trial_is_final(trial_state(last, &(struct err){0}))))
		return ndjson_pass(stdout, in, e);
	return trial_log_emit(r->log, rec, stdout, e);
}

/* One record from the input; takes it over. */
static bool handle(struct run *r, struct ndjson_reader *in, cJSON *rec, struct err *e)
{
	enum trial_state state = trial_state(rec, e);
	const cJSON *last;
	bool ok;

	if (state == TRIAL_COMPLETED && !record_is_scored(rec, name, partition)) {
		if ((last = known(r, rec))) {
			ok = ndjson_put(stdout, last, e);
			cJSON_Delete(rec);
			return ok;
		}
		ok = start(r, rec, e);
		return ok || (e->kind == ERR_INPUT && ndjson_refuse(in, e));
	}
	ok = state == TRIAL_NONE && e->kind != ERR_NONE ? ndjson_refuse(in, e)
							: pass(r, rec, state, in, e);
	cJSON_Delete(rec);
	return ok;
}

/* Take from the input what there is room for.  False at its end and after an error. */
static bool take(struct run *r, struct ndjson_reader *in, struct err *e)
{
	enum ndjson_result got = NDJSON_WAIT;
	cJSON *rec;

	while (pool_room(&r->pool) && (got = ndjson_pop(in, &rec, e)) == NDJSON_RECORD)
		if (!handle(r, in, rec, e))
			return false;
	return got == NDJSON_WAIT || got == NDJSON_RECORD;
}

/* ---- ends ---- */

static bool fail(struct run *r, cJSON *rec, const char *part, const char *why, struct err *e)
{
	cli_warn("trial %s: %s", trial_id(rec), why);
	r->failed++;
	return record_fail(rec, name, part, !maximize, why, e) &&
	       trial_log_emit(r->log, rec, stdout, e);
}

/* On this partition.  False: nothing more can be done. */
static bool finish_on(struct run *r, cJSON *rec, const char *part, const struct outcome *o,
		      struct err *e)
{
	char why[64], number[JSON_NUMBER_MAX];

	if (o->gone)
		return fail(r, rec, part, "its model is not there any more", e);
	if (o->e.kind == ERR_INPUT && skip_bad)
		return fail(r, rec, part, o->e.text, e);
	if (o->e.kind != ERR_NONE) {
		*e = o->e;
		return err_prefix(e, "trial %s", trial_id(rec));
	}
	if (!isfinite(o->number)) {
		snprintf(why, sizeof(why), "the metric command printed %s",
			 isnan(o->number) ? "NaN" : "what is not finite");
		return fail(r, rec, part, why, e);
	}
	r->done++;
	json_number(o->number, number);
	cli_verbose(1, "trial %s: %s %s", trial_id(rec), name, number);
	return record_score(rec, name, part, !maximize, o->number, e) &&
	       trial_log_emit(r->log, rec, stdout, e);
}

static bool finish(struct run *r, cJSON *rec, const struct outcome *o, struct err *e)
{
	char *part = strdup(partition_of(rec)); /* the record's own is replaced */
	bool ok = (part || err_nomem(e)) && finish_on(r, rec, part, o, e);

	free(part);
	return ok;
}

/* Until the input is at its end and all is scored.  After a bad record what came before it
 * still goes its way, and *bad is its kind. */
static bool run(struct run *r, struct ndjson_reader *in, enum err_kind *bad, struct err *e)
{
	bool reading = true, readable;

	for (;;) {
		struct outcome o;
		cJSON *rec;
		bool ok;

		reading = reading && take(r, in, e);
		if (e->kind == ERR_SYSTEM || e->kind == ERR_UNAVAILABLE)
			return false;
		if (e->kind != ERR_NONE) {
			cli_error("%s", e->text);
			*bad = e->kind;
			*e = (struct err){0};
		}
		cli_progress("%zu being scored, %zu done", r->pool.running, r->done);
		if (!reading && r->pool.running == 0)
			break;
		if (!pool_wait(&r->pool, reading && pool_room(&r->pool) ? in->fd : -1,
			       &readable, &rec, &o, e))
			return false;
		ok = !rec || finish(r, rec, &o, e);
		cJSON_Delete(rec);
		if (!ok || (readable && !ndjson_fill(in, e)))
			return false;
	}
	cli_progress("%s", "");
	return true;
}

static void close_all(struct run *r)
{
	pool_release(&r->pool);
	actuals_free(r->actuals);
	place_free(r->places);
	trial_log_free(r->log);
	dr_close(r->dr);
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct run r = {0};
	struct ndjson_reader in;
	enum err_kind bad = ERR_NONE;
	bool ok;

	if (cli_parse(&tool, argc, argv) != argc)
		cli_usage("trials are read from stdin, not from an operand");
	check_options();
	cli_expect_stdin("trials");

	r.plan.command = command;
	r.pool = (struct pool){.plan = &r.plan, .parallel = (size_t)parallel};
	ndjson_init(&in, STDIN_FILENO, "<stdin>");
	in.skip_bad = skip_bad;
	in.on_bad = report_bad;
	ok = (r.dr = dr_open(cli_trace, NULL, &e)) &&
	     (!log_path || (r.log = trial_log_open(log_path, TRIAL_COLLECTOR, &e))) &&
	     run(&r, &in, &bad, &e) && ndjson_close(stdout, &e);

	close_all(&r);
	ndjson_release(&in);
	if (!ok)
		cli_die(&e);
	return bad != ERR_NONE ? err_status(bad) : r.failed > 0 || in.bad > 0;
}
