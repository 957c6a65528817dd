/* dr-prune: keep the best models of a search, delete the others. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "choose.h"
#include "cli/cli.h"
#include "dr/dr.h"
#include "dr/models.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "stop/stop.h"
#include "trial/log.h"

static const char *log_path, *project;
static long keep = 5, parallel = 4;
static bool yes;

/* After a signal, for the answers under way; below the 30 s of batch systems. */
#define STOP_LIMIT_S 20

static const struct cli_option options[] = {
	{"log", 'l', CLI_STRING, &log_path, "FILE", "the trial log whose models are meant"},
	{"keep", 'k', CLI_INT, &keep, "N", "keep the N best models", .min = 1, .max = 1000000},
	{"yes", 0, CLI_FLAG, &yes, NULL, "delete: mean it; else it only says what it would"},
	{"project", 'p', CLI_STRING, &project, "ID", "only trials of this project count"},
	{"parallel", 0, CLI_INT, &parallel, "N", "delete N at a time", .min = 1, .max = 64},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-prune",
	.synopsis = "--log FILE [--keep N] [--project ID] [--parallel N] [--yes] >deleted",
	.summary = "Keep the best models of a search, delete the others.",
	.examples = "  dr-prune --log trials.ndjson --keep 5         # what would go\n"
		    "  dr-prune --log trials.ndjson --keep 5 --yes   # for good\n",
	.options = options,
};

struct run;

struct deletion {
	const struct choose_model *of;
	struct run *run;
	bool listed, over, deleted, gone, refused;
	struct err why;
};

struct run {
	struct dr *dr;
	struct deletion *all;
	size_t n, open, told, deleted, refused;
	struct err fatal; /* what no other model would fare better with */
};

static bool put(const struct choose_model *of, bool deleted, bool gone, const char *error,
		struct err *e)
{
	cJSON *rec = cJSON_CreateObject();
	bool ok = (json_set_str(rec, "model", of->model) &&
		   json_set_str(rec, "project", of->project) &&
		   json_set_str(rec, "trial", of->trial) &&
		   json_set_num(rec, "score", of->score) &&
		   json_set(rec, "deleted", cJSON_CreateBool(deleted)) &&
		   (!gone || json_set(rec, "gone", cJSON_CreateTrue())) &&
		   (!error || json_set_str(rec, "error", error))) ||
		  err_nomem(e);

	ok = ok && ndjson_put(stdout, rec, e);
	cJSON_Delete(rec);
	return ok;
}

static void answered(struct http_response *r, const struct err *why, void *ctx)
{
	struct deletion *d = ctx;
	struct run *run = d->run;
	bool first;

	d->over = true;
	run->open--;
	d->deleted = dr_model_delete_read(run->dr, r, why, &first, &d->why);
	d->gone = d->deleted && r->status == 404 && !d->listed;
	d->refused = d->why.kind == ERR_REFUSED && r->status != 401 && r->status != 403;
	if (d->deleted)
		run->deleted++;
	else if (d->refused)
		run->refused++;
	else if (run->fatal.kind == ERR_NONE)
		run->fatal = d->why;
}

/* Tell what is over, in the order of the models. */
static bool tell(struct run *run, struct err *e)
{
	for (; run->told < run->n && run->all[run->told].over; run->told++) {
		const struct deletion *d = &run->all[run->told];

		if (d->refused)
			cli_error("model %s: %s", d->of->model, d->why.text);
		else if (!d->deleted)
			continue; /* nobody knows, or it was never asked for */
		if (!put(d->of, d->deleted, d->gone, d->deleted ? NULL : d->why.text, e))
			return false;
	}
	cli_progress("%zu of %zu deleted", run->deleted, run->n);
	return true;
}

/*
 * What is in the project's list, by which a 404 is told from a deletion whose answer was
 * lost.  It is also the question whether the project is there: else all would be gone.
 */
static bool look(struct run *run, const char *id, struct err *e)
{
	cJSON *models = dr_models(run->dr, id, e);
	const cJSON *m;
	bool ok = models != NULL;

	cJSON_ArrayForEach (m, models)
		for (size_t i = 0; i < run->n; i++)
			if (dr_is_id(m, "id", run->all[i].of->model))
				run->all[i].listed = true;
	cJSON_Delete(models);
	return ok;
}

static bool delete_all(struct run *run, struct err *e)
{
	bool withdrawn = false;

	for (size_t i = 0; i < run->n; i++) {
		struct deletion *d = &run->all[i];

		if (!dr_model_delete_start(run->dr, d->of->project, d->of->model, answered, d,
					   e))
			return false;
		run->open++;
	}
	while (run->open > 0) {
		if (!http_poll(dr_http(run->dr), -1, -1, NULL, e) || !tell(run, e))
			return false;
		if (!withdrawn && (stop_signal() || run->fatal.kind != ERR_NONE)) {
			http_withdraw(dr_http(run->dr));
			withdrawn = true;
		}
	}
	return tell(run, e);
}

static _Noreturn void end_stopped(const struct run *run)
{
	cli_progress("%s", "");
	cli_note(
		"stopped by %s: %zu of %zu models deleted; run the same command again to go on",
		stop_name(), run->deleted, run->n);
	stop_die();
}

static bool delete_them(const struct choose_result *chosen, struct err *e)
{
	struct run run = {.n = chosen->n, .all = calloc(chosen->n, sizeof(*run.all))};
	bool ok = (run.all || err_nomem(e)) && stop_catch(STOP_LIMIT_S, e) &&
		  (run.dr = dr_open(cli_trace, NULL, e)) != NULL;

	for (size_t i = 0; ok && i < run.n; i++)
		run.all[i] = (struct deletion){.of = &chosen->go[i], .run = &run};
	if (ok) {
		http_set_wake(dr_http(run.dr), stop_fd());
		http_set_connections(dr_http(run.dr), parallel);
		ok = look(&run, chosen->go[0].project, e) && delete_all(&run, e);
	}
	if (stop_signal() && (ok || e->kind == ERR_STOPPED))
		end_stopped(&run);
	cli_progress("%s", "");
	if (ok && run.fatal.kind != ERR_NONE) {
		*e = run.fatal;
		ok = false;
	}
	if (ok && run.refused)
		ok = err_set(e, ERR_REFUSED, "%zu of %zu models were not deleted", run.refused,
			     run.n);
	if (ok)
		cli_note("%zu models deleted, %zu kept", run.n, chosen->kept + chosen->needed);
	dr_close(run.dr);
	free(run.all);
	return ok;
}

static bool say_what_would(const struct choose_result *chosen, struct err *e)
{
	for (size_t i = 0; i < chosen->n; i++)
		if (!put(&chosen->go[i], false, false, NULL, e))
			return false;
	cli_note("nothing was deleted: with --yes %zu model%s of project %s %s, for good",
		 chosen->n, chosen->n == 1 ? "" : "s", chosen->go[0].project,
		 chosen->n == 1 ? "is" : "are");
	return true;
}

static struct trial_log *open_log(struct err *e)
{
	struct trial_log *log;

	if (access(log_path, R_OK)) { /* a log that is not there is an empty one */
		err_path(e, "%s", log_path);
		return NULL;
	}
	log = trial_log_open(log_path, TRIAL_READER, e);
	if (log && trial_log_torn(log) > 0)
		cli_warn("%s: %zu lines were cut short and are passed over", log_path,
			 trial_log_torn(log));
	return log;
}

static bool run(const struct choose_result *chosen, struct err *e)
{
	if (chosen->unscored)
		cli_warn("%zu completed trials have no score: their models stay",
			 chosen->unscored);
	if (chosen->needed)
		cli_note("%zu models stay beside the best: trials of the log tune them",
			 chosen->needed);
	if (chosen->n == 0) {
		cli_note(
			"nothing to delete: %s has %zu models to choose from, and %ld are kept",
			log_path, chosen->kept + chosen->needed, keep);
		return true;
	}
	return yes ? delete_them(chosen, e) : say_what_would(chosen, e);
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct choose_result chosen = {0};
	struct choose_rule rule = {0};
	struct trial_log *log;
	bool ok;

	if (cli_parse(&tool, argc, argv) != argc)
		cli_usage("no operand is taken: the models are those of --log");
	if (!log_path)
		cli_usage("--log is needed: it says which models are meant");
	rule.project = project;
	rule.meant = dr_project_meant(project);
	rule.keep = (size_t)keep;

	if (!(log = open_log(&e)))
		cli_die(&e);
	ok = choose_models(log, &rule, &chosen, &e) || err_prefix(&e, "%s", log_path);
	ok = ok && run(&chosen, &e) && ndjson_close(stdout, &e);

	choose_release(&chosen);
	trial_log_free(log);
	if (!ok)
		cli_die(&e);
	return 0;
}
