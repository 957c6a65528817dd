/* dr-blueprints: list the blueprints of a project. */
#include "cli/cli.h"
#include "dr/blueprints.h"
#include "json/json.h"
#include "ndjson/ndjson.h"

static const char *project;

static const struct cli_option options[] = {
	{"project", 'p', CLI_STRING, &project, "ID", "the project; else that of $DR_PROJECT"},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-blueprints",
	.synopsis = "[--project ID] [BLUEPRINT...]",
	.summary = "List the blueprints of a project, or those named.",
	.examples = "  dr-blueprints --project \"$id\" | jq -r '[.id, .model_type] | @tsv'\n"
		    "  dr-blueprints | jq -c 'select(.model_type | test(\"XGB|eXtreme\"))' | "
		    "dr-train\n",
	.options = options,
};

static bool put(const cJSON *blueprint, struct err *e)
{
	cJSON *rec = dr_record(blueprint);
	bool ok = rec ? ndjson_put(stdout, rec, e) : err_nomem(e);

	cJSON_Delete(rec);
	return ok;
}

static bool put_all(struct dr *dr, struct err *e)
{
	cJSON *list = dr_blueprints(dr, project, e), *blueprint;
	bool ok = list;

	cJSON_ArrayForEach (blueprint, list)
		ok = ok && put(blueprint, e);
	cJSON_Delete(list);
	return ok;
}

static bool put_named(struct dr *dr, int n, char **ids, struct err *e)
{
	bool ok = true;

	for (int i = 0; ok && i < n; i++) {
		cJSON *blueprint = dr_blueprint_get(dr, project, ids[i], e);

		ok = blueprint && put(blueprint, e);
		cJSON_Delete(blueprint);
	}
	return ok;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct dr *dr;
	int first = cli_parse(&tool, argc, argv);

	if (!(project = dr_project_meant(project)))
		cli_usage("no project: give --project or set DR_PROJECT");

	if (!(dr = dr_open(cli_trace, NULL, &e)))
		cli_die(&e);
	if (!(first < argc ? put_named(dr, argc - first, argv + first, &e) : put_all(dr, &e)) ||
	    !ndjson_close(stdout, &e))
		cli_die(&e);

	dr_close(dr);
	return 0;
}
