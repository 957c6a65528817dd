/* dr-params: the tunable parameters of models. */
#include <unistd.h>

#include "cli/cli.h"
#include "dr/dr.h"
#include "dr/tuning.h"
#include "json/json.h"
#include "ndjson/ndjson.h"

static const char *project;
static struct cli_list models;

static const struct cli_option options[] = {
	{"project", 'p', CLI_STRING, &project, "ID", "the project; else that of $DR_PROJECT"},
	{"model", 'm', CLI_LIST, &models, "ID", "the model"},
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

/* A model record: the project is the record's, where the user names none. */
static bool take_record(cJSON *rec, struct ndjson_reader *r, void *dr, struct err *e)
{
	const char *id = json_str(rec, "id");
	const char *own = json_str(rec, "project_id");
	const char *of = dr_project_meant(project ? project : own);

	if (!id || !json_str(rec, "blueprint_id"))
		return err_set(e, ERR_INPUT, "%s:%zu: not a model record", r->name, r->line);
	if (!of)
		return err_set(e, ERR_INPUT, "%s:%zu: 'project_id' is missing", r->name,
			       r->line);
	return put_model(dr, of, id, e);
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
	struct dr *dr;
	int first = cli_parse(&tool, argc, argv);
	bool given = models.n || first < argc, ok;

	if (given && !(project = dr_project_meant(project)))
		cli_usage("no project: give --project or set DR_PROJECT");

	if (!(dr = dr_open(cli_trace, NULL, &e)))
		cli_die(&e);
	ndjson_init(&in, STDIN_FILENO, "<stdin>");
	if (!given)
		cli_expect_stdin("model records");

	ok = given ? put_given(dr, argc - first, argv + first, &e)
		   : ndjson_each(&in, take_record, dr, &e);
	if (!ok || !ndjson_close(stdout, &e))
		cli_die(&e);

	ndjson_release(&in);
	dr_close(dr);
	cli_list_release(&models);
	return 0;
}
