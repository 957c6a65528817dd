/* bo-propose: which setting to try next, by Bayesian optimisation. */
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "propose.h"
#include "space/param.h"
#include "space/space.h"
#include "space/where.h"
#include "stop/stop.h"
#include "tuner/explain.h"

static const char *space_path, *log_path, *expression, *model, *partition;
static long count = 1, parallel, trials, seed, start;
static struct cli_list priors;
static bool following, skip_bad, explaining, stopping;
static struct cli_list objectives, constraints;
static const char *cost;
static double fidelity;

/* --follow: after a signal, for the tools downstream; below the 30 s of batch systems. */
#define STOP_LIMIT_S 28

static const struct cli_option options[] = {
	{"count", 'n', CLI_INT, &count, "N", "write N proposals", 0, 1000000},
	{"follow", 'f', CLI_FLAG, &following, NULL,
	 "stay in the loop: a new proposal for each trial that comes back"},
	{"parallel", 'p', CLI_INT, &parallel, "N", "with --follow: keep N trials open (1)", 1,
	 10000},
	{"trials", 't', CLI_INT, &trials, "T", "with --follow: until T trials are done", 1,
	 10000000},
	{"log", 0, CLI_STRING, &log_path, "FILE",
	 "learn from this trial log; with --follow, first hand on what is unfinished"},
	{"prior-log", 0, CLI_LIST, &priors, "FILE",
	 "learn from an earlier log of a related task (repeatable)"},
	{"space", 's', CLI_STRING, &space_path, "FILE",
	 "read a JSON object or parameter records from FILE"},
	{"where", 'w', CLI_STRING, &expression, "EXPR",
	 "propose only settings for which jq finds EXPR true"},
	{"model", 'm', CLI_STRING, &model, "ID", "model to tune, part of each trial's name"},
	{"partition", 0, CLI_STRING, &partition, "NAME",
	 "learn from scores on validation, crossValidation or holdout, not from the trials' "
	 "own"},
	{"objective", 0, CLI_LIST, &objectives, "PATH",
	 "what is wanted, less of it or with -PATH more; several: the best compromises"},
	{"constraint", 0, CLI_LIST, &constraints, "TEST",
	 "what a result must keep, such as '.metrics.AUC.validation > 0.7'"},
	{"cost", 0, CLI_STRING, &cost, "PATH", "what a trial costs: most improvement for it"},
	{"fidelity", 0, CLI_REAL, &fidelity, "PERCENT",
	 "sample size to propose trials for (0: that of the model)", 0, 100},
	{"start", 0, CLI_INT, &start, "N",
	 "trials before the model is asked (0: parameters + 1, 5 to 10)", 0, 1000000},
	{"explain", 0, CLI_FLAG, &explaining, NULL,
	 "write what the model believes about the log, instead of proposals"},
	{"stop-when-converged", 0, CLI_FLAG, &stopping, NULL,
	 "end with status 8 when less is expected to be gained than the noise"},
	{"skip-bad", 0, CLI_FLAG, &skip_bad, NULL, "pass over bad lines, instead of stopping"},
	{"seed", 0, CLI_INT, &seed, "N", "another seed, other proposals", 0, 1000000000},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "bo-propose",
	.synopsis = "[OPTION]... [PARAM=VALUES | PARAM]... <LOG",
	.summary = "Propose the trials from which there is most to gain.",
	.examples =
		"  bo-propose -n 8 learning_rate=0.01..0.3:log max_depth=2..12 <trials.ndjson\n"
		"  bo-propose --follow --parallel 8 --trials 100 --log trials.ndjson \\\n"
		"      --space params.ndjson learning_rate max_depth <\"$loop\" |\n"
		"    dr-submit --log trials.ndjson --model \"$MODEL\" |\n"
		"    dr-collect --log trials.ndjson >\"$loop\"\n",
	.details =
		"VALUES: 4,6,8  auto,2..100  3..10  0.5..1.0  0.01..0.3:log  "
		"100..900:step=100\n"
		"        8..256:log?grow_policy=lossguide\n"
		"A bare PARAM takes its range from parameter records, in the file of --space "
		"or,\nwithout --follow, ahead of the trials on standard input.\n",
	.options = options,
};

/* What standard input holds in batch mode: trials, and parameter records, which say
 * what a bare PARAM means. */
struct input {
	struct trial_log *trials;
	cJSON *params; /* array */
};

static void report_bad(const struct err *e, void *ctx)
{
	(void)ctx;
	cli_error("%s", e->text);
}

static bool sort_in(cJSON *rec, struct ndjson_reader *in, void *ctx, struct err *e)
{
	struct input *input = ctx;
	enum trial_state state;

	if (param_is(rec)) {
		cJSON *copy = cJSON_Duplicate(rec, true);

		if (copy && cJSON_AddItemToArray(input->params, copy))
			return true;
		cJSON_Delete(copy);
		return err_nomem(e);
	}
	state = trial_state(rec, e);
	if (e->kind)
		return ndjson_refuse(in, e);
	return state == TRIAL_NONE || trial_log_put(input->trials, rec, e);
}

static bool read_input(struct input *input, struct ndjson_reader *in, struct err *e)
{
	if (!(input->trials = trial_log_open(NULL, TRIAL_READER, e)))
		return false;
	if (!(input->params = cJSON_CreateArray()))
		return err_nomem(e);
	if (log_path && isatty(STDIN_FILENO))
		return true; /* the log is all there is */
	cli_expect_stdin("the trial log, to its end");
	return ndjson_each(in, sort_in, input, e);
}

static bool needs_records(int n, char **args)
{
	for (int i = 0; i < n; i++)
		if (space_is_bare(args[i]))
			return true;
	return n == 0;
}

static bool open_space(struct run *r, const struct input *input, int n, char **args,
		       struct err *e)
{
	cJSON *source = NULL;

	if (space_path) {
		if (!(source = space_read(space_path, e)))
			return false;
	} else if (cJSON_GetArraySize(input->params) > 0) {
		if (!(source = cJSON_Duplicate(input->params, true)))
			return err_nomem(e);
	} else if (needs_records(n, args)) {
		return err_set(e, ERR_USAGE, "%s %s",
			       n ? "a bare PARAM needs parameter records, by"
				 : "a search space is missing: give PARAM=VALUES or",
			       following ? "--space FILE"
					 : "--space FILE or parameter records on stdin");
	}
	r->space = space_new((const char *const *)args, (size_t)n, source, e);
	cJSON_Delete(source);
	if (!r->space)
		return false;
	if (space_left_out(r->space))
		cli_note("no choice, left out: %s", space_left_out(r->space));
	return true;
}

/* Each trial by its last record. */
static bool learn(struct run *r, const struct trial_log *log, const char *name, struct err *e)
{
	for (size_t i = 0; i < trial_log_count(log); i++)
		if (!tuner_tell(r->tuner, trial_log_at(log, i), e))
			return err_prefix(e, "%s", name);
	return true;
}

static bool learn_priors(struct run *r, struct err *e)
{
	for (size_t i = 0; i < priors.n; i++) {
		const char *name = priors.item[i];
		struct trial_log *log;
		size_t scores;
		bool good;

		if (access(name, R_OK)) /* that it is not there is a mistake, unlike --log's */
			return err_errno(e, "%s", name);
		log = trial_log_open(name, TRIAL_READER, e);
		good = log && tuner_add_prior(r->tuner, name, log, &scores, e);

		if (log && trial_log_torn(log))
			cli_warn("%s: %zu torn line(s) passed over", name, trial_log_torn(log));
		if (good && scores < 3)
			cli_note("%s: left out: %zu trial(s) with scores are not enough", name,
				 scores);
		if (log && !good)
			err_prefix(e, "%s", name);
		trial_log_free(log);
		if (!good)
			return false;
	}
	return true;
}

/* Whoever takes a log for that of this model and space should know what is not. */
static void note_passed(const struct run *r)
{
	struct tuner_passed p = tuner_passed(r->tuner);

	if (p.other_model)
		cli_note("passed over %zu trial(s) of other models", p.other_model);
	if (p.unknown)
		cli_note("passed over %zu trial(s) without any parameter of the space",
			 p.unknown);
}

static bool open_goals(struct run *r, struct err *e)
{
	if (!objectives.n && !constraints.n && !cost)
		return true;
	return (r->goals = goals_new(objectives.item, objectives.n, constraints.item,
				     constraints.n, cost, e));
}

static bool open_all(struct run *r, const struct input *input, int n, char **args,
		     struct err *e)
{
	if (!open_space(r, input, n, args, e) ||
	    (expression && !(r->where = where_new(expression, e))) || !open_goals(r, e) ||
	    (log_path && !(r->log = trial_log_open(
				   log_path, following ? TRIAL_PROPOSER : TRIAL_READER, e))))
		return false;
	if (r->log && trial_log_torn(r->log))
		cli_warn("%s: %zu torn line(s) passed over", log_path, trial_log_torn(r->log));
	r->tuner = tuner_new(
		&(struct tuner_options){
			.space = r->space,
			.where = r->where,
			.model = model ? model : space_model(r->space),
			.partition = partition,
			.goals = r->goals,
			.fidelity = fidelity,
			.seed = (uint64_t)seed,
			.start = (size_t)start,
			.stop_when_converged = stopping,
		},
		e);
	if (!r->tuner || !learn_priors(r, e) || (r->log && !learn(r, r->log, log_path, e)) ||
	    (input->trials && !learn(r, input->trials, "<stdin>", e)))
		return false;
	note_passed(r);
	return true;
}

static bool propose_batch(struct run *r, struct err *e)
{
	for (long i = 0; i < count; i++) {
		cJSON *rec = tuner_ask(r->tuner, e);
		bool good = rec && ndjson_put(stdout, rec, e);

		cJSON_Delete(rec);
		if (!good)
			return false;
	}
	return ndjson_close(stdout, e);
}

static bool put_belief(void *ctx, const cJSON *rec, struct err *e)
{
	(void)ctx;
	return ndjson_put(stdout, rec, e);
}

static bool explain(struct run *r, struct err *e)
{
	bool nothing;

	if (!tuner_explain(r->tuner, put_belief, NULL, &nothing, e))
		return false;
	if (nothing)
		cli_warn("fewer than three trials have a score: there is nothing to explain");
	return ndjson_close(stdout, e);
}

/* A model that has learnt nothing still proposes; whoever reads should know. */
static bool warn_of_no_skill(struct run *r, struct err *e)
{
	double skill;

	if (cli_quiet())
		return true;
	if (!tuner_skill(r->tuner, &skill, e))
		return false;
	if (skill <= 0)
		cli_warn("the model predicts %zu trials no better than their mean does",
			 tuner_done(r->tuner));
	return true;
}

static void close_all(struct run *r, struct input *input)
{
	tuner_free(r->tuner);
	goals_free(r->goals);
	cli_list_release(&objectives);
	cli_list_release(&constraints);
	trial_log_free(r->log);
	where_free(r->where);
	space_free(r->space);
	cJSON_Delete(input->params);
	trial_log_free(input->trials);
	cli_list_release(&priors);
}

static void check_options(void)
{
	if (following && !trials)
		cli_usage("--follow needs --trials");
	if (!following && (trials || parallel))
		cli_usage("--trials and --parallel go with --follow");
	if (following && count != 1)
		cli_usage("--count does not go with --follow");
	if (stopping && (objectives.n || cost))
		cli_usage("--stop-when-converged goes with neither --objective nor --cost");
	if (priors.n && objectives.n)
		cli_usage("--prior-log speaks of the score alone: no --objective with it");
	if (explaining && (objectives.n || constraints.n || cost || fidelity > 0))
		cli_usage("--explain speaks of the score alone");
	if (explaining && (following || count != 1))
		cli_usage("--explain writes no proposals: it goes with neither --follow nor "
			  "--count");
	if (partition && strcmp(partition, "validation") != 0 &&
	    strcmp(partition, "crossValidation") != 0 && strcmp(partition, "holdout") != 0)
		cli_usage("--partition: '%s' is not crossValidation, validation or holdout",
			  partition);
	if (space_path && !strcmp(space_path, "-"))
		cli_usage("--space wants a file: standard input carries the trials");
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct input input = {0};
	struct run r = {0};
	struct ndjson_reader in;
	int first = cli_parse(&tool, argc, argv);
	bool good;

	check_options();
	r.parallel = parallel ? parallel : 1;
	r.trials = trials;
	ndjson_init(&in, STDIN_FILENO, "<stdin>");
	in.skip_bad = skip_bad;
	in.on_bad = report_bad;
	good = (!following || stop_catch(STOP_LIMIT_S, &e)) &&
	       (following || read_input(&input, &in, &e)) &&
	       open_all(&r, &input, argc - first, argv + first, &e) &&
	       (explaining  ? explain(&r, &e)
		: following ? follow(&r, &in, &e)
			    : propose_batch(&r, &e)) &&
	       warn_of_no_skill(&r, &e);
	close_all(&r, &input);
	ndjson_release(&in);
	if (!good)
		cli_die(&e);
	return in.bad > 0;
}
