/* dr-train: start training blueprints, or models again, one job each. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "dr/dr.h"
#include "dr/ours.h"
#include "dr/projects.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "stop/stop.h"
#include "train.h"
#include "trial/log.h"
#include "trial/trial.h"

static const char *project, *log_path, *on_interrupt = "leave";
static struct cli_list blueprints, models;
static struct train_plan plan;
static bool no_cv, skip_bad;

/* After a signal, for the answer under way; below the 30 s of batch systems. */
#define STOP_LIMIT_S 20

static const struct cli_option options[] = {
	{"project", 'p', CLI_STRING, &project, "ID", "the project; else that of $DR_PROJECT"},
	{"blueprint", 'b', CLI_LIST, &blueprints, "ID", "train this blueprint"},
	{"retrain", 'r', CLI_LIST, &models, "MODEL",
	 "train this model again with its values, on --sample-pct"},
	{"sample-pct", 's', CLI_REAL, &plan.sample_pct, "PCT",
	 "train on so many percent of the rows; else the project's maximum", 0.0001, 100},
	{"featurelist", 0, CLI_STRING, &plan.featurelist, "ID",
	 "use the columns of this list; else the server's choice"},
	{"no-cv", 0, CLI_FLAG, &no_cv, NULL, "score the validation part only"},
	{"log", 'l', CLI_STRING, &log_path, "FILE",
	 "trial log: append to it, and train nothing twice"},
	{"on-interrupt", 0, CLI_STRING, &on_interrupt, "WHAT",
	 "at a signal leave this run's jobs, or cancel them"},
	{"skip-bad", 0, CLI_FLAG, &skip_bad, NULL,
	 "pass over lines that are no blueprint records, instead of stopping"},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-train",
	.synopsis = "[--project ID] [--blueprint ID... | --retrain MODEL... | <blueprints] "
		    "[OPTION...] >trials",
	.summary = "Start training blueprints, or models again, one job each.",
	.examples = "  dr-blueprints | dr-train | dr-collect\n"
		    "  dr-train --blueprint \"$id\" --sample-pct 32 --no-cv | dr-collect\n"
		    "  dr-train --retrain \"$MODEL\" --sample-pct 100 | dr-collect\n",
	.details = "Without --blueprint and --retrain, blueprint records are read from "
		   "standard input;\n"
		   "trial records are passed through.\n",
	.options = options,
};

struct run {
	struct dr *dr;
	struct trial_log *log; /* of --log, or one in memory */
	struct ours ours;
	struct train_place place; /* the project that was asked for last */
	size_t failed;            /* refused blueprints and bad lines */
};

static double holdout_pct(const cJSON *of)
{
	return json_num(json_get(of, "partition"), "holdoutPct", 0);
}

/* Most records of a stream name the same project: ask for it once. */
static bool enter(struct run *run, const char *id, struct err *e)
{
	cJSON *of;

	if (run->place.project && strcmp(run->place.project, id) == 0)
		return true;
	if (!(of = dr_project_get(run->dr, id, e)))
		return false;
	train_place_release(&run->place);
	run->place.max_pct = json_num(of, "maxTrainPct", 0);
	run->place.open_pct = json_true(of, "holdoutUnlocked") ? 100 : 100 - holdout_pct(of);
	run->place.project = strdup(id);
	cJSON_Delete(of);
	return run->place.project || err_nomem(e);
}

static bool hand_on(struct run *run, const cJSON *trial, struct err *e)
{
	struct err later = {0};
	bool ours = trial_state(trial, &later) == TRIAL_SUBMITTED &&
		    !json_true(trial, "taken_over"),
	     noted = !ours || ours_add(&run->ours, trial_id(trial), json_str(trial, "project"),
				       json_str(trial, "job"), e);

	return trial_log_emit(run->log, trial, stdout, noted ? e : &later) && noted;
}

static bool train(struct run *run, const char *of, const struct train_subject *what,
		  struct err *e)
{
	struct err why = {0};
	cJSON *trial = NULL;
	bool known = false, ok;

	if (stop_signal())
		return err_set(e, ERR_STOPPED, "%s", stop_name());
	ok = enter(run, of, e) &&
	     (trial = train_start(run->dr, &run->place, what, &plan, run->log, &known, &why,
				  e)) &&
	     (known ? ndjson_put(stdout, trial, e) : hand_on(run, trial, e));

	if (ok && why.kind != ERR_NONE) {
		cli_error("%s %s: %s", what->model ? "model" : "blueprint",
			  what->model ? what->model : what->blueprint, why.text);
		run->failed++;
	}
	cJSON_Delete(trial);
	return ok;
}

/* The blueprint that a record names, and its project; NULL: it is something else. */
static const char *find_blueprint(const cJSON *rec, const char **of, struct err *e)
{
	const char *id = json_str(rec, "id");

	*of = dr_project_meant(project ? project : json_str(rec, "project_id"));
	if (!id || json_get(rec, "blueprint_id") || json_get(rec, "parameter"))
		err_set(e, ERR_INPUT, "not a blueprint record");
	else if (!*of)
		err_set(e, ERR_INPUT, "'project_id' is missing");
	return e->kind == ERR_NONE ? id : NULL;
}

static void report_bad(const struct err *e, void *ctx)
{
	struct run *run = ctx;

	cli_error("%s", e->text);
	run->failed++;
}

static bool take_record(cJSON *rec, struct ndjson_reader *r, void *ctx, struct err *e)
{
	struct run *run = ctx;
	const char *of, *id;

	if (json_str(rec, "trial"))
		return ndjson_pass(stdout, r, e);
	id = find_blueprint(rec, &of, e);
	return id ? train(run, of, &(struct train_subject){.blueprint = id}, e)
		  : ndjson_refuse(r, e);
}

static bool train_given(struct run *run, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < blueprints.n; i++)
		ok = train(run, project,
			   &(struct train_subject){.blueprint = blueprints.item[i]}, e);
	for (size_t i = 0; ok && i < models.n; i++)
		ok = train(run, project, &(struct train_subject){.model = models.item[i]}, e);
	return ok;
}

static void check_options(bool given)
{
	if (strcmp(on_interrupt, "leave") != 0 && strcmp(on_interrupt, "cancel") != 0)
		cli_usage("--on-interrupt: '%s' is not leave or cancel", on_interrupt);
	if (given && !(project = dr_project_meant(project)))
		cli_usage("no project: give --project or set DR_PROJECT");
	if (!models.n)
		return;
	if (plan.sample_pct == 0)
		cli_usage("--retrain needs --sample-pct: it is the same model on other rows");
	if (plan.featurelist || no_cv)
		cli_usage("--retrain takes the features of the model, and is scored as it: no "
			  "--featurelist, no --no-cv");
}

static void tell_failed(const char *trial, const struct err *why)
{
	cli_error("trial %s: %s", trial, why->text);
}

/* A signal came, and what was under way has been heard. */
static _Noreturn void end_stopped(struct run *run)
{
	bool cancel = strcmp(on_interrupt, "cancel") == 0;
	struct err e = {0};
	size_t cancelled = 0;

	http_set_wake(dr_http(run->dr), -1);
	if (cancel && !ours_cancel(&run->ours, run->dr, run->log, tell_failed, &cancelled, &e))
		cli_error("%s", e.text);
	if (cancel)
		cli_note("stopped by %s: %zu of %zu jobs of this run cancelled; run the same "
			 "command again to go on",
			 stop_name(), cancelled, run->ours.n);
	else
		cli_note("stopped by %s: %zu job%s of this run; run the same command again to "
			 "go on",
			 stop_name(), run->ours.n, run->ours.n == 1 ? "" : "s");
	stop_die();
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct ndjson_reader in;
	struct run run = {0};
	bool ok, given;

	if (cli_parse(&tool, argc, argv) != argc)
		cli_usage("blueprints are named by --blueprint or read from standard input");
	given = blueprints.n || models.n;
	check_options(given);
	plan.scoring = no_cv ? "validation" : "crossValidation";

	if (!stop_catch(STOP_LIMIT_S, &e) || !(run.dr = dr_open(cli_trace, NULL, &e)) ||
	    !(run.log = trial_log_open(log_path, TRIAL_TRAINER, &e)))
		cli_die(&e);
	http_set_wake(dr_http(run.dr), stop_fd());
	ndjson_init(&in, STDIN_FILENO, "<stdin>");
	in.skip_bad = skip_bad;
	in.on_bad = report_bad;
	in.ctx = &run;
	in.wake = stop_fd();
	if (!given)
		cli_expect_stdin("blueprint records");

	ok = given ? train_given(&run, &e) : ndjson_each(&in, take_record, &run, &e);
	if (!ok && e.kind == ERR_STOPPED)
		end_stopped(&run);
	if (!ok || !ndjson_close(stdout, &e))
		cli_die(&e);

	ndjson_release(&in);
	train_place_release(&run.place);
	ours_release(&run.ours);
	trial_log_free(run.log);
	dr_close(run.dr);
	cli_list_release(&models);
	cli_list_release(&blueprints);
	return run.failed ? 1 : 0;
}
