/* gridgen: every setting of a search space, as proposed trials. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "space/grid.h"
#include "space/space.h"
#include "space/where.h"
#include "trial/log.h"

static const char *space_path, *log_path, *expression, *model;
static long levels = GRID_LEVELS;
static bool count_only;

static const struct cli_option options[] = {
	{"space", 's', CLI_STRING, &space_path, "FILE",
	 "read a JSON object or parameter records from FILE (-: stdin)"},
	{"levels", 'l', CLI_INT, &levels, "N", "levels of a real range that does not say", 1,
	 1000000},
	{"where", 'w', CLI_STRING, &expression, "EXPR",
	 "keep settings for which jq finds EXPR true"},
	{"log", 0, CLI_STRING, &log_path, "FILE",
	 "leave out what this trial log holds; first hand on what is unfinished"},
	{"model", 'm', CLI_STRING, &model, "ID", "model to tune, part of each trial's name"},
	{"count", 'c', CLI_FLAG, &count_only, NULL, "print only how many settings there are"},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "gridgen",
	.synopsis = "[OPTION]... [PARAM=VALUES | PARAM]...",
	.summary = "Write every setting of a search space as a proposed trial.",
	.examples = "  gridgen max_depth=4,6,8 learning_rate=0.01..0.3:log:levels=5\n"
		    "  dr-params --model \"$MODEL\" | gridgen --count max_depth tree_method\n",
	.details = "VALUES: 4,6,8  auto,2..100  3..10  0.5..1.0  0.01..0.3:log  "
		   "100..900:step=100\n"
		   "        0.01..0.3:log:levels=5  8..256:log?grow_policy=lossguide\n"
		   "A bare PARAM takes its range from parameter records on standard input, "
		   "which\n"
		   "is read only then, with no PARAM at all, or by --space -.\n",
	.options = options,
};

struct run {
	struct space *space;
	struct grid *grid;
	struct where *where;   /* or NULL */
	struct trial_log *log; /* or NULL */
	double kept;           /* settings of the grid that satisfy --where */
	double written;
};

static const char *source_path(int n, char **args)
{
	if (space_path)
		return space_path;
	for (int i = 0; i < n; i++) {
		if (space_is_bare(args[i]))
			return "-";
	}
	return n ? NULL : "-";
}

static bool open_all(struct run *r, int n, char **args, struct err *e)
{
	const char *path = source_path(n, args);
	cJSON *source = NULL;

	if (path && !strcmp(path, "-"))
		cli_expect_stdin("parameter records as dr-params writes them");
	if (path && !(source = space_read(path, e)))
		return false;
	r->space = space_new((const char *const *)args, (size_t)n, source, e);
	cJSON_Delete(source);
	if (!r->space || !(r->grid = grid_new(r->space, (double)levels, e)))
		return false;
	if (space_left_out(r->space))
		cli_note("no choice, left out: %s", space_left_out(r->space));
	if (expression && !(r->where = where_new(expression, e)))
		return false;
	if (log_path && !(r->log = trial_log_open(log_path, TRIAL_READER, e)))
		return false;
	if (r->log && trial_log_torn(r->log))
		cli_warn("%s: %zu torn line(s) passed over", log_path, trial_log_torn(r->log));
	if (!model)
		model = space_model(r->space);
	return true;
}

static void close_all(struct run *r)
{
	trial_log_free(r->log);
	where_free(r->where);
	grid_free(r->grid);
	space_free(r->space);
}

static bool is_foreign(const cJSON *rec)
{
	const char *its = json_str(rec, "model");

	return its && model && strcmp(its, model) != 0;
}

/* What dr-train has proposed, only dr-train can submit. */
static bool is_training(const cJSON *rec, enum trial_state state)
{
	const char *by = json_str(rec, "by");

	return state == TRIAL_PROPOSED && by && strcmp(by, "dr-train") == 0;
}

/* What an earlier run left unfinished goes on as it stands; what is for another model
 * would only stop whoever tunes this one. */
static bool hand_on(struct run *r, struct err *e)
{
	size_t foreign = 0;

	for (size_t i = 0; r->log && i < trial_log_count(r->log); i++) {
		const cJSON *rec = trial_log_at(r->log, i);

		enum trial_state state = trial_state(rec, e);

		if (trial_is_final(state) || is_training(rec, state))
			continue;
		if (is_foreign(rec)) {
			foreign++;
			continue;
		}
		if (!ndjson_put(stdout, rec, e))
			return false;
		r->written++;
	}
	if (foreign)
		cli_note("%s: passed over %zu unfinished trial(s) of other models", log_path,
			 foreign);
	return true;
}

static bool propose(struct run *r, const cJSON *params, struct err *e)
{
	cJSON *rec = trial_new("gridgen", params, model, NULL, NULL, e);
	bool ok = rec;

	if (rec && !(r->log && trial_log_find(r->log, trial_id(rec)))) {
		ok = ndjson_put(stdout, rec, e);
		r->written++;
	}
	cJSON_Delete(rec);
	return ok;
}

static bool each_setting(struct run *r, struct err *e)
{
	const cJSON *params;

	while ((params = grid_next(r->grid, e))) {
		if (r->where && !where_keeps(r->where, params, e)) {
			if (e->kind)
				return false;
			continue;
		}
		r->kept++;
		if (!count_only && !propose(r, params, e))
			return false;
	}
	return !e->kind;
}

static bool print_count(struct run *r, struct err *e)
{
	char number[JSON_NUMBER_MAX];

	if (!r->where)
		r->kept = grid_count(r->grid);
	else if (!each_setting(r, e))
		return false;
	json_number(r->kept, number);
	puts(number);
	return true;
}

static bool write_all(struct run *r, struct err *e)
{
	if (!hand_on(r, e) || !each_setting(r, e))
		return false;
	if (!r->kept)
		return err_set(e, ERR_INPUT, "no setting satisfies --where");
	if (!r->written)
		cli_note("%s: holds every setting already, nothing left to try", log_path);
	return true;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct run r = {0};
	int first = cli_parse(&tool, argc, argv);

	if (count_only && log_path)
		cli_usage("--count counts the whole grid: it takes no --log");

	if (!open_all(&r, argc - first, argv + first, &e) ||
	    !(count_only ? print_count(&r, &e) : write_all(&r, &e)) ||
	    !ndjson_close(stdout, &e)) {
		close_all(&r);
		cli_die(&e);
	}
	close_all(&r);
	return 0;
}
