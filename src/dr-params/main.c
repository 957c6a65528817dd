/* dr-params: the tunable parameters of models. */
#include <string.h>
#include <unistd.h>

#include "choose.h"
#include "cli/cli.h"
#include "dr/dr.h"
#include "dr/tuning.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "several.h"
#include "tuned.h"

static const char *project, *like, *partition = "crossValidation";
static struct cli_list models;
static bool tuned, skip_bad;

static const struct cli_option options[] = {
	{"project", 'p', CLI_STRING, &project, "ID", "the project; else that of $DR_PROJECT"},
	{"model", 'm', CLI_LIST, &models, "ID", "the model"},
	{"like", 0, CLI_STRING, &like, "ID",
	 "this model and those that differ from it by their parameters, best first"},
	{"tuned", 0, CLI_FLAG, &tuned, NULL,
	 "write one record for each model instead, with what is not the same in all"},
	{"partition", 0, CLI_STRING, &partition, "NAME",
	 "score and order models by validation, crossValidation, holdout or training"},
	{"skip-bad", 0, CLI_FLAG, &skip_bad, NULL,
	 "pass over lines that are no model records, instead of stopping"},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-params",
	.synopsis = "[--project ID] [--tuned] [--like ID | --model ID | MODEL... | <models]",
	.summary = "List the parameters of a model that can be tuned.",
	.examples = "  dr-params --model \"$MODEL\" | jq -r '[.task, .parameter, .default] | "
		    "@tsv'\n"
		    "  dr-params --model \"$MODEL\" | gridgen max_depth=4,6,8 learning_rate\n"
		    "  dr-params --tuned --like \"$MODEL\" | jq -c '[.id, .score, .params]'\n",
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
	struct several several;
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

/* ---- several models beside each other ---- */

/* A model that was found a moment ago may have been deleted since. */
static void warn_gone(const struct several_model *m)
{
	cli_warn("model %s is not there any more", m->id);
}

static bool put_parameters(struct several_model *m, void *ctx, struct err *e)
{
	const cJSON *rec;

	(void)ctx;
	if (m->gone)
		warn_gone(m);
	cJSON_ArrayForEach (rec, m->parameters) {
		if (!ndjson_put(stdout, rec, e))
			return false;
	}
	cJSON_Delete(m->parameters);
	m->parameters = NULL;
	return true;
}

static bool put_tuned(struct several *s, struct err *e)
{
	if (!tuned_set(s, e))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		if (s->model[i].gone)
			warn_gone(&s->model[i]);
		else if (!ndjson_put(stdout, s->model[i].rec, e))
			return false;
	}
	return true;
}

/* A model record of standard input joins the others. */
static bool take_tuned(cJSON *rec, struct ndjson_reader *r, void *ctx, struct err *e)
{
	struct run *run = ctx;
	const char *of, *id = find_model(rec, &of, e);
	cJSON *copy;

	if (!id)
		return ndjson_refuse(r, e);
	if (!(copy = cJSON_Duplicate(rec, true)))
		return err_nomem(e);
	of = dr_project_meant(project ? project : json_str(copy, "project_id"));
	return several_add(&run->several, copy, of, e);
}

static bool choose(struct run *run, struct ndjson_reader *in, int n, char **operands,
		   struct err *e)
{
	if (like)
		return choose_like(run->dr, project, like, partition, &run->several, e);
	if (models.n == 0 && n == 0)
		return ndjson_each(in, take_tuned, run, e);
	return choose_named(run->dr, project, (const char *const *)models.item, models.n,
			    partition, &run->several, e) &&
	       choose_named(run->dr, project, (const char *const *)operands, (size_t)n,
			    partition, &run->several, e);
}

static bool put_several(struct run *run, struct ndjson_reader *in, int n, char **operands,
			struct err *e)
{
	struct several *s = &run->several;
	bool ok = choose(run, in, n, operands, e) &&
		  several_fetch(s, run->dr, tuned ? NULL : put_parameters, NULL, e) &&
		  (!tuned || put_tuned(s, e));

	several_release(s);
	return ok;
}

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
	if ((like || models.n || n) && !(project = dr_project_meant(project)))
		cli_usage("no project: give --project or set DR_PROJECT");
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct ndjson_reader in;
	struct run run = {0};
	int first = cli_parse(&tool, argc, argv);
	bool given = models.n || first < argc, ok;

	check_options(argc - first);

	if (!(run.dr = dr_open(cli_trace, NULL, &e)))
		cli_die(&e);
	ndjson_init(&in, STDIN_FILENO, "<stdin>");
	in.skip_bad = skip_bad;
	in.on_bad = report_bad;
	in.ctx = &run;
	if (!given && !like)
		cli_expect_stdin("model records");

	if (like || tuned)
		ok = put_several(&run, &in, argc - first, argv + first, &e);
	else
		ok = given ? put_given(run.dr, argc - first, argv + first, &e)
			   : ndjson_each(&in, take_record, &run, &e);
	if (!ok || !ndjson_close(stdout, &e))
		cli_die(&e);

	ndjson_release(&in);
	dr_close(run.dr);
	cli_list_release(&models);
	return run.bad ? 1 : 0;
}
