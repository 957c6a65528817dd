/* dr-models: the leaderboard of a project, best first. */
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "cli/cli.h"
#include "dr/models.h"
#include "dr/projects.h"
#include "json/json.h"
#include "ndjson/ndjson.h"

static const char *project, *metric, *partition = "crossValidation";
static struct cli_list models;
static long limit;

static const struct cli_option options[] = {
	{"project", 'p', CLI_STRING, &project, "ID", "the project; else that of $DR_PROJECT"},
	{"model", 'm', CLI_LIST, &models, "ID", "only this model"},
	{"metric", 0, CLI_STRING, &metric, "METRIC", "rank by this metric, not the project's"},
	{"partition", 0, CLI_STRING, &partition, "NAME",
	 "rank by validation, crossValidation, holdout or training"},
	{"limit", 'n', CLI_INT, &limit, "N", "write the best N only", .min = 1, .max = 1e9},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-models",
	.synopsis = "[--project ID] [OPTION...] [MODEL...]",
	.summary = "List the models of a project, best first.",
	.examples =
		"  dr-models --limit 5 | jq -r '[.score, .sample_pct, .model_type] | @tsv'\n"
		"  MODEL=$(dr-models | jq -r 'select(.model_category == \"model\").id' | head "
		"-n "
		"1)\n",
	.details = "Models without a score come last.\n",
	.options = options,
};

static void check_options(void)
{
	static const char *const known[] = {"validation", "crossValidation", "holdout",
					    "training"};
	bool found = false;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		found = found || strcmp(partition, known[i]) == 0;
	if (!found)
		cli_usage("--partition: '%s' is not validation, crossValidation, holdout or "
			  "training",
			  partition);
	if (!(project = dr_project_meant(project)))
		cli_usage("no project: give --project or set DR_PROJECT");
}

/* The wire models asked for: all, or those of --model and the operands. */
static cJSON *fetch(struct dr *dr, int n, char **operands, struct err *e)
{
	cJSON *list = NULL;
	size_t all = models.n + (size_t)n;

	if (all == 0)
		return dr_models(dr, project, e);
	if (!(list = cJSON_CreateArray()))
		err_nomem(e);
	for (size_t i = 0; list && i < all; i++) {
		const char *id = i < models.n ? models.item[i] : operands[i - models.n];
		cJSON *model = dr_model_get(dr, project, id, e);

		if (model) {
			cJSON_AddItemToArray(list, model);
		} else {
			cJSON_Delete(list);
			list = NULL;
		}
	}
	return list;
}

static bool rank(struct dr *dr, const cJSON *of, int n, char **operands, struct err *e)
{
	struct board_order by = {.partition = partition};
	cJSON *list = NULL, *board = NULL;
	const cJSON *rec;
	long left = limit;
	bool ok;

	ok = dr_project_partition(of, partition, e) &&
	     dr_project_metric(dr, of, metric, &by.metric, &by.minimize, e) &&
	     (list = fetch(dr, n, operands, e)) && (board = board_rank(list, &by, e));
	cJSON_ArrayForEach (rec, board) {
		if (!ok || (limit && left-- == 0))
			break;
		ok = ndjson_put(stdout, rec, e);
	}
	cJSON_Delete(board);
	cJSON_Delete(list);
	return ok;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct dr *dr;
	cJSON *of = NULL;
	int first = cli_parse(&tool, argc, argv);

	check_options();

	if (!(dr = dr_open(cli_trace, NULL, &e)) || !(of = dr_project_get(dr, project, &e)) ||
	    !rank(dr, of, argc - first, argv + first, &e) || !ndjson_close(stdout, &e))
		cli_die(&e);

	cJSON_Delete(of);
	dr_close(dr);
	cli_list_release(&models);
	return 0;
}
