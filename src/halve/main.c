/* halve: many settings on few rows, the best of them on more. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "json/json.h"
#include "ladder.h"
#include "ndjson/ndjson.h"
#include "trial/log.h"
#include "trial/trial.h"

static struct cli_list rungs;
static const char *log_path, *partition = "validation";
static double share = 3;
static long parallel = 4;
static bool async;

static const struct cli_option options[] = {
	{"rung", 'r', CLI_LIST, &rungs, "PERCENT=MODEL",
	 "the model that is tuned on so many percent of the rows; from the fewest up"},
	{"keep", 'k', CLI_REAL, &share, "N", "one of N goes on to the next rung", .min = 2,
	 .max = 1000},
	{"async", 'a', CLI_FLAG, &async, NULL,
	 "let a setting go on as soon as it is among the best, and nobody wait"},
	{"partition", 0, CLI_STRING, &partition, "NAME",
	 "what rungs below the last are scored on: validation or crossValidation"},
	{"parallel", 'p', CLI_INT, &parallel, "N", "keep N trials open", .min = 1,
	 .max = 10000},
	{"log", 'l', CLI_STRING, &log_path, "FILE",
	 "go on with this trial log, unfinished trials first"},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "halve",
	.synopsis = "--rung PERCENT=MODEL... [OPTION...] SETTINGS <trials >proposals",
	.summary = "Try many settings on few rows, and the best of them on more.",
	.examples = "  halve --rung 16=$SMALL --rung 32=$MIDDLE --rung 64=$MODEL --log "
		    "trials.ndjson \\\n"
		    "      settings.ndjson <\"$loop\" |\n"
		    "    dr-submit --log trials.ndjson | dr-collect --log trials.ndjson "
		    ">\"$loop\"\n",
	.details = "SETTINGS holds proposals, by gridgen or bo-propose; their params count.\n",
	.options = options,
};

struct run {
	struct ladder *ladder;
	struct trial_log *log; /* or NULL */
	bool closed;           /* standard output is */
	bool refused;          /* a trial came back as it was sent */
};

static void check_options(int operands)
{
	if (operands != 1)
		cli_usage("one file of settings is needed");
	if (rungs.n < 2)
		cli_usage("--rung is needed twice at least: there is nothing to climb");
	if (strcmp(partition, "validation") != 0 && strcmp(partition, "crossValidation") != 0)
		cli_usage("--partition: '%s' is not validation or crossValidation", partition);
}

/* ---- opening ---- */

static cJSON *fidelity_of(double pct, bool last)
{
	cJSON *f = cJSON_CreateObject();

	if (json_set_num(f, "sample_pct", pct) &&
	    (last || strcmp(partition, "crossValidation") == 0 ||
	     json_set_str(f, "partition", partition)))
		return f;
	cJSON_Delete(f);
	return NULL;
}

static bool add_rung(struct run *r, size_t i, double *above, struct err *e)
{
	const char *text = rungs.item[i];
	char *end;
	double pct = strtod(text, &end);

	if (end == text || *end != '=' || !end[1] || !(pct > 0 && pct <= 100))
		return err_set(e, ERR_USAGE, "--rung '%s': wants PERCENT=MODEL", text);
	if (pct <= *above)
		return err_set(e, ERR_USAGE,
			       "--rung '%s': a rung has more rows than that below", text);
	*above = pct;
	return ladder_add_rung(r->ladder, end + 1, fidelity_of(pct, i + 1 == rungs.n), e);
}

static bool add_settings(struct run *r, const char *path, struct err *e)
{
	struct trial_log *settings;
	bool ok;

	if (access(path, R_OK)) /* a log that is not there is an empty one */
		return err_errno(e, "%s", path);
	settings = trial_log_open(path, TRIAL_READER, e);
	ok = settings != NULL;
	for (size_t i = 0; ok && i < trial_log_count(settings); i++)
		ok = ladder_add_setting(r->ladder,
					json_get(trial_log_at(settings, i), "params"), e);
	if (ok && trial_log_count(settings) == 0)
		ok = err_set(e, ERR_INPUT, "%s: holds no settings", path);
	trial_log_free(settings);
	return ok;
}

static bool open_all(struct run *r, const char *settings, struct err *e)
{
	struct ladder_options o = {.share = share, .async = async};
	double above = 0;

	if (!(r->ladder = ladder_new(&o, e)))
		return false;
	for (size_t i = 0; i < rungs.n; i++)
		if (!add_rung(r, i, &above, e))
			return false;
	if (!add_settings(r, settings, e))
		return false;
	if (!log_path)
		return true;
	return (r->log = trial_log_open(log_path, TRIAL_PROPOSER, e)) &&
	       (ladder_replay(r->ladder, r->log, e) || err_prefix(e, "%s", log_path));
}

/* ---- the loop ---- */

static bool hand_on(struct run *r, struct err *e)
{
	const cJSON *rec;

	while ((rec = ladder_unfinished(r->ladder)))
		if (!ndjson_put(stdout, rec, e))
			return false;
	return true;
}

/* Fill the free places; when there will be none any more, close the output: the tools
 * downstream then see end of file, finish what they hold, and end too. */
static bool top_up(struct run *r, struct err *e)
{
	cJSON *rec = NULL;
	bool ok = true;

	while (ok && !r->closed && !r->refused && ladder_open(r->ladder) < (size_t)parallel &&
	       (rec = ladder_ask(r->ladder, e))) {
		ok = ndjson_put(stdout, rec, e);
		cJSON_Delete(rec);
	}
	if (!ok || e->kind != ERR_NONE)
		return false;
	if (r->closed || (!r->refused && ladder_open(r->ladder) > 0))
		return true;
	r->closed = true;
	return ndjson_close(stdout, e);
}

static void show_progress(const struct run *r)
{
	char text[256] = "";
	size_t len = 0;

	for (size_t i = 0; i < ladder_rungs(r->ladder) && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%zu", i ? ", " : "",
					ladder_done(r->ladder, i));
	cli_progress("%s done by rung, %zu open", text, ladder_open(r->ladder));
}

static bool learn(cJSON *rec, struct ndjson_reader *in, void *ctx, struct err *e)
{
	struct run *r = ctx;
	enum trial_state state = trial_state(rec, e);
	bool ours;

	if (state == TRIAL_NONE)
		return !e->kind || ndjson_refuse(in, e);
	if (!ladder_tell(r->ladder, rec, &ours, e))
		return err_prefix(e, "%s:%zu", in->name, in->line);
	if (ours && state == TRIAL_PROPOSED && trial_lost(rec) > 0 &&
	    json_true(rec, "withdrawn") && !r->closed) {
		/* The server has lost its job: it goes round once more. */
		cJSON_DeleteItemFromObjectCaseSensitive(rec, "withdrawn");
		return ndjson_put(stdout, rec, e);
	}
	r->refused = r->refused || (ours && !trial_is_final(state));
	show_progress(r);
	return top_up(r, e);
}

static bool run(struct run *r, struct ndjson_reader *in, struct err *e)
{
	size_t open;

	if (!hand_on(r, e) || !top_up(r, e) || !ndjson_each(in, learn, r, e))
		return false;
	cli_progress("%s", "");
	open = ladder_open(r->ladder);
	if (r->refused && !ladder_complete(r->ladder))
		return err_set(e, ERR_LIMIT,
			       "what was proposed came back; run the same command again to go "
			       "on");
	if (open)
		return err_set(e, ERR_SYSTEM, "<stdin>: ended with %zu trials open", open);
	return ladder_complete(r->ladder) ||
	       err_set(e, ERR_EXHAUSTED, "no trial of a rung has a score: none can go on");
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct run r = {0};
	struct ndjson_reader in;
	int first = cli_parse(&tool, argc, argv);
	bool ok;

	check_options(argc - first);
	ndjson_init(&in, STDIN_FILENO, "<stdin>");
	cli_expect_stdin("trials that are over");
	ok = open_all(&r, argv[first], &e) && run(&r, &in, &e);

	ladder_free(r.ladder);
	trial_log_free(r.log);
	ndjson_release(&in);
	cli_list_release(&rungs);
	if (!ok)
		cli_die(&e);
	return 0;
}
