/* dr-params: the tunable parameters of models. */
#include <unistd.h>

#include "cli/cli.h"
#include "dr/dr.h"
#include "dr/tuning.h"
#include "json/json.h"
#include "ndjson/ndjson.h"

static const char *project;
static struct cli_list models;
static bool skip_bad;

static const struct cli_option options[] = {
	{"project", 'p', CLI_STRING, &project, "ID", "the project; else that of $DR_PROJECT"},
	{"model", 'm', CLI_LIST, &models, "ID", "the model"},
	{"skip-bad", 0, CLI_FLAG, &skip_bad, NULL,
	 "pass over lines that are no model records, instead of stopping"},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-params",
	.synopsis = "[--project ID] [--model ID | MODEL... | <models]",
	.summary = "List the parameters of a model that can be tuned.",
	.examples = "  dr-params --model \"$MODEL\" | jq -r '[.task, .parameter, .default] | "
		    "@tsv'\n"
		    "  dr-params --model \"$MODEL\" | gridgen max_depth=4,6,8 learning_rate\n",
	.details = "Without a model, model records are read from standard input.\n",
	.options = options,
};

static bool put_model(struct dr *dr, const char *of, const char *model, struct err *e)
{
	cJSON *list = dr_parameter_records(dr, of, model, e), *rec;
	bool ok = list;

	cJSON_ArrayForEach (rec, list) {
		ok = ok && ndjson_put(stdout, rec, e);
	}
	cJSON_Delete(list);
	return ok;
}

/* The model that a record is, and its project: the record's, where the user names
 * none. NULL: it is something else. */
static const char *find_model(const cJSON *rec, const char **of, struct err *e)
{
	const char *id = json_str(rec, "id");

	*of = dr_project_meant(project ? project : json_str(rec, "project_id"));
	if (!id || !json_str(rec, "blueprint_id"))
		err_set(e, ERR_INPUT, "not a model record");
	else if (!*of)
		err_set(e, ERR_INPUT, "'project_id' is missing");
	return e->kind == ERR_NONE ? id : NULL;
}

struct run {
	struct dr *dr;
	size_t bad;
};

static void report_bad(const struct err *e, void *ctx)
{
	struct run *run = ctx;

	cli_error("%s", e->text);
	run->bad++;
}

static bool take_record(cJSON *rec, struct ndjson_reader *r, void *ctx, struct err *e)
{
	struct run *run = ctx;
	const char *of, *id = find_model(rec, &of, e);

	return id ? put_model(run->dr, of, id, e) : ndjson_refuse(r, e);
}

static bool put_given(struct dr *dr, int n, char **operands, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < models.n; i++)
		ok = put_model(dr, project, models.item[i], e);
	for (int i = 0; ok && i < n; i++)
		ok = put_model(dr, project, operands[i], e);
	return ok;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct ndjson_reader in;
	struct run run = {0};
	int first = cli_parse(&tool, argc, argv);
	bool given = models.n || first < argc, ok;

	if (given && !(project = dr_project_meant(project)))
		cli_usage("no project: give --project or set DR_PROJECT");

	if (!(run.dr = dr_open(cli_trace, NULL, &e)))
		cli_die(&e);
	ndjson_init(&in, STDIN_FILENO, "<stdin>");
	in.skip_bad = skip_bad;
	in.on_bad = report_bad;
	in.ctx = &run;
	if (!given)
		cli_expect_stdin("model records");

	ok = given ? put_given(run.dr, argc - first, argv + first, &e)
		   : ndjson_each(&in, take_record, &run, &e);
	if (!ok || !ndjson_close(stdout, &e))
		cli_die(&e);

	ndjson_release(&in);
	dr_close(run.dr);
	cli_list_release(&models);
	return run.bad ? 1 : 0;
}
