/* dr-models: the leaderboard of a project, best first. */
#include <stdlib.h>
#include <string.h>

#include "dr/board.h"
#include "cli/cli.h"
#include "dr/blueprints.h"
#include "dr/like.h"
#include "dr/models.h"
#include "dr/projects.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "summary.h"

static const char *project, *metric, *like, *partition = "crossValidation";
static struct cli_list models;
static long limit;
static bool recommended, summary;

static const struct cli_option options[] = {
	{"project", 'p', CLI_STRING, &project, "ID", "the project; else that of $DR_PROJECT"},
	{"model", 'm', CLI_LIST, &models, "ID", "only this model"},
	{"like", 0, CLI_STRING, &like, "ID",
	 "only this model and those that differ from it by their parameters"},
	{"recommended", 0, CLI_FLAG, &recommended, NULL,
	 "only the model that the service recommends"},
	{"metric", 0, CLI_STRING, &metric, "METRIC", "rank by this metric, not the project's"},
	{"partition", 0, CLI_STRING, &partition, "NAME",
	 "rank by validation, crossValidation, holdout or training"},
	{"limit", 'n', CLI_INT, &limit, "N", "write the best N only", .min = 1, .max = 1e9},
	{"summary", 0, CLI_FLAG, &summary, NULL,
	 "write one record instead: how much there is, and how much was tried"},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-models",
	.synopsis =
		"[--project ID] [--like ID | --recommended | --summary] [OPTION...] [MODEL...]",
	.summary = "List the models of a project, best first.",
	.examples =
		"  dr-models --limit 5 | jq -r '[.score, .sample_pct, .model_type] | @tsv'\n"
		"  MODEL=$(dr-models | jq -r 'select(.model_category == \"model\").id' | head "
		"-n "
		"1)\n"
		"  dr-models --like \"$MODEL\" | jq -r '[.score, .id] | @tsv'\n",
	.details = "Models without a score come last.\n",
	.options = options,
};

/* What is asked for must make sense together; n operands name models. */
static void check_options(int n)
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
	if (like && (models.n || n))
		cli_usage("--like finds the models: name no others");
	if (recommended && (models.n || n || like))
		cli_usage("--recommended is one model: name no others");
	if (summary && (recommended || models.n || n || like || limit || metric ||
			strcmp(partition, "crossValidation") != 0))
		cli_usage("--summary is of the whole project and takes no other choice");
	if (!(project = dr_project_meant(project)))
		cli_usage("no project: give --project or set DR_PROJECT");
}

/* The wire model of the i-th id, or the recommended one. */
static cJSON *fetch_one(struct dr *dr, size_t i, char **operands, struct err *e)
{
	if (recommended)
		return dr_model_recommended(dr, project, e);
	return dr_model_get(dr, project, i < models.n ? models.item[i] : operands[i - models.n],
			    e);
}

/* The wire models asked for: all, those like one, the recommended one, or those of --model
 * and the operands. */
static cJSON *fetch(struct dr *dr, int n, char **operands, struct err *e)
{
	cJSON *list = NULL;
	size_t named = recommended ? 1 : models.n + (size_t)n;

	if (like)
		return dr_models_like(dr, project, like, e);
	if (named == 0)
		return dr_models(dr, project, e);
	if (!(list = cJSON_CreateArray()))
		err_nomem(e);
	for (size_t i = 0; list && i < named; i++) {
		cJSON *model = fetch_one(dr, i, operands, e);

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
	struct dr_board_order by = {.partition = partition};
	cJSON *list = NULL, *board = NULL;
	const cJSON *rec;
	long left = limit;
	bool ok;

	ok = dr_project_partition(of, partition, e) &&
	     dr_project_metric(dr, of, metric, &by.metric, &by.minimize, e) &&
	     (list = fetch(dr, n, operands, e)) && (board = dr_board_rank(list, &by, e));
	/* The best has none where no model has one. */
	if (ok && board->child && !json_get(board->child, "score"))
		cli_warn("no model has a score of %s for %s", by.metric, partition);
	cJSON_ArrayForEach (rec, board) {
		if (!ok || (limit && left-- == 0))
			break;
		ok = ndjson_put(stdout, rec, e);
	}
	cJSON_Delete(board);
	cJSON_Delete(list);
	return ok;
}

static bool put_summary(struct dr *dr, const cJSON *of, struct err *e)
{
	cJSON *all = NULL, *blueprints = NULL, *rec = NULL;
	const char *name;
	bool minimize;
	bool ok = dr_project_metric(dr, of, NULL, &name, &minimize, e) &&
		  (all = dr_models(dr, project, e)) &&
		  (blueprints = dr_blueprints(dr, project, e)) &&
		  (rec = summary_of(of, name, all, blueprints, e)) &&
		  ndjson_put(stdout, rec, e);

	cJSON_Delete(rec);
	cJSON_Delete(blueprints);
	cJSON_Delete(all);
	return ok;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct dr *dr;
	cJSON *of = NULL;
	int first = cli_parse(&tool, argc, argv);

	check_options(argc - first);

	if (!(dr = dr_open(cli_trace, NULL, &e)) || !(of = dr_project_get(dr, project, &e)) ||
	    !(summary ? put_summary(dr, of, &e)
		      : rank(dr, of, argc - first, argv + first, &e)) ||
	    !ndjson_close(stdout, &e))
		cli_die(&e);

	cJSON_Delete(of);
	dr_close(dr);
	cli_list_release(&models);
	return 0;
}
