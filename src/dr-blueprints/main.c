/* dr-blueprints: list the blueprints of a project; draw and explain them. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "dot.h"
#include "dr/blueprints.h"
#include "json/json.h"
#include "ndjson/ndjson.h"

static const char *project;
static bool dot, docs;

static const struct cli_option options[] = {
	{"project", 'p', CLI_STRING, &project, "ID", "the project; else that of $DR_PROJECT"},
	{"dot", 0, CLI_FLAG, &dot, NULL, "write the chart of each, as dot(1) draws it"},
	{"docs", 0, CLI_FLAG, &docs, NULL, "write what is documented about the tasks of each"},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-blueprints",
	.synopsis = "[--project ID] [--dot | --docs] [BLUEPRINT...]",
	.summary = "List the blueprints of a project, or those named.",
	.examples = "  dr-blueprints --project \"$id\" | jq -r '[.id, .model_type] | @tsv'\n"
		    "  dr-blueprints | jq -c 'select(.model_type | test(\"XGB|eXtreme\"))' | "
		    "dr-train\n"
		    "  dr-blueprints --dot \"$BLUEPRINT\" | dot -Tsvg >blueprint.svg\n",
	.details = "--dot writes graphs instead of records.\n",
	.options = options,
};

static bool put_record(const cJSON *blueprint, struct err *e)
{
	cJSON *rec = dr_record(blueprint);
	bool ok = rec ? ndjson_put(stdout, rec, e) : err_nomem(e);

	cJSON_Delete(rec);
	return ok;
}

static bool put_dot(struct dr *dr, const char *id, struct err *e)
{
	cJSON *chart = dr_blueprint_chart(dr, project, id, e);
	char *text = chart ? dot_of(chart, id, e) : NULL;
	bool ok = text && (fputs(text, stdout) != EOF || err_errno(e, "write"));

	free(text);
	cJSON_Delete(chart);
	return ok;
}

/* The document behind what it is about. */
static bool put_doc(const cJSON *wire, const char *id, struct err *e)
{
	cJSON *doc = dr_record(wire), *rec = cJSON_CreateObject(), *v;
	bool ok = (doc && json_set_str(rec, "blueprint", id) &&
		   json_set_str(rec, "project", project)) ||
		  err_nomem(e);

	while (ok && (v = doc->child))
		ok = json_set(rec, v->string, cJSON_DetachItemViaPointer(doc, v)) ||
		     err_nomem(e);
	ok = ok && ndjson_put(stdout, rec, e);
	cJSON_Delete(doc);
	cJSON_Delete(rec);
	return ok;
}

static bool put_docs(struct dr *dr, const char *id, struct err *e)
{
	cJSON *list = dr_blueprint_docs(dr, project, id, e), *doc;
	bool ok = list;

	cJSON_ArrayForEach (doc, list)
		ok = ok && put_doc(doc, id, e);
	cJSON_Delete(list);
	return ok;
}

static bool put_one(struct dr *dr, const char *id, struct err *e)
{
	cJSON *blueprint;
	bool ok;

	if (dot || docs)
		return dot ? put_dot(dr, id, e) : put_docs(dr, id, e);
	blueprint = dr_blueprint_get(dr, project, id, e);
	ok = blueprint && put_record(blueprint, e);
	cJSON_Delete(blueprint);
	return ok;
}

static bool put_all(struct dr *dr, struct err *e)
{
	cJSON *list = dr_blueprints(dr, project, e), *blueprint;
	bool ok = list;

	cJSON_ArrayForEach (blueprint, list) {
		char *id = dr_id(blueprint, "id");

		if (ok && (dot || docs))
			ok = id ? put_one(dr, id, e)
				: err_set(e, ERR_REFUSED,
					  "the answer holds a blueprint "
					  "without id");
		else
			ok = ok && put_record(blueprint, e);
		free(id);
	}
	cJSON_Delete(list);
	return ok;
}

static bool put_named(struct dr *dr, int n, char **ids, struct err *e)
{
	bool ok = true;

	for (int i = 0; ok && i < n; i++)
		ok = put_one(dr, ids[i], e);
	return ok;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct dr *dr;
	int first = cli_parse(&tool, argc, argv);

	if (!(project = dr_project_meant(project)))
		cli_usage("no project: give --project or set DR_PROJECT");
	if (dot && docs)
		cli_usage("--dot and --docs are two things to write: give one");

	if (!(dr = dr_open(cli_trace, NULL, &e)))
		cli_die(&e);
	if (!(first < argc ? put_named(dr, argc - first, argv + first, &e) : put_all(dr, &e)) ||
	    !ndjson_close(stdout, &e))
		cli_die(&e);

	dr_close(dr);
	return 0;
}
