/* dr-project: create a project from a table, start it, wait for it, show it. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "commands.h"
#include "dr/dr.h"
#include "ndjson/ndjson.h"

#define WORKERS_MAX 10000

static struct settings set = {.mode = "quick"};
static const char *project;

static const struct cli_option options[] = {
	{"project", 'p', CLI_STRING, &project, "ID", "the project, where no operand names it"},
	{"name", 'n', CLI_STRING, &set.name, "NAME",
	 "create: the project's name; list: only this name"},
	{"target", 't', CLI_STRING, &set.target, "COLUMN", "start: the column to predict"},
	{"metric", 'm', CLI_STRING, &set.metric, "METRIC",
	 "start: what to optimise, where not the server's choice"},
	{"mode", 0, CLI_STRING, &set.mode, "MODE",
	 "start: manual, quick, auto or comprehensive"},
	{"workers", 0, CLI_INT, &set.workers, "N",
	 "start: models to train at once, -1 for all there are", .min = -1, .max = WORKERS_MAX},
	{"wait", 'w', CLI_FLAG, &set.wait, NULL, "start: wait until the models are trained"},
	{"timeout", 0, CLI_SECONDS, &set.timeout_s, "TIME",
	 "create, start, wait: stop waiting after this time"},
	{"yes", 0, CLI_FLAG, &set.yes, NULL,
	 "delete: mean it; else it only says what it would"},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-project",
	.synopsis = "create FILE|URL | list | start|wait|show|unlock-holdout|delete [ID] | "
		    "workers N|all [ID] [OPTION...]",
	.summary = "Create a project from a table, start it, wait for it, show it.",
	.examples = "  id=$(dr-project create loans.csv | jq -r .id)\n"
		    "  dr-project start \"$id\" --target is_bad --wait\n",
	.details = "Each command writes the record of the project.  Without ID the project is\n"
		   "the one of --project, else that of $DR_PROJECT.\n",
	.options = options,
};

enum {
	TAKES_NAME = 1,
	TAKES_START = 2, /* target, metric, mode, workers, wait */
	TAKES_TIMEOUT = 4,
	TAKES_YES = 8,
	TAKES_PROJECT = 16,
	TAKES_SOURCE = 32,
	TAKES_NUMBER = 64, /* the first operand, before the project */
};

static const struct command {
	const char *name;
	command_fn *run;
	unsigned takes;
} commands[] = {
	{"create", command_create, TAKES_SOURCE | TAKES_NAME | TAKES_TIMEOUT},
	{"start", command_start, TAKES_PROJECT | TAKES_START | TAKES_TIMEOUT},
	{"wait", command_wait, TAKES_PROJECT | TAKES_TIMEOUT},
	{"show", command_show, TAKES_PROJECT},
	{"list", command_list, TAKES_NAME},
	{"unlock-holdout", command_unlock_holdout, TAKES_PROJECT},
	{"workers", command_workers, TAKES_PROJECT | TAKES_NUMBER},
	{"delete", command_delete, TAKES_PROJECT | TAKES_YES},
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	cli_usage("unknown command '%s'", name);
}

/* An option that a command would ignore is a misunderstanding. */
static void check_option(const struct command *c, unsigned what, bool given, const char *option)
{
	if (given && !(c->takes & what))
		cli_usage("%s takes no --%s", c->name, option);
}

static void check_options(const struct command *c)
{
	static const char *const modes[] = {"manual", "quick", "auto", "comprehensive"};
	bool known = false;

	check_option(c, TAKES_PROJECT, project, "project");
	check_option(c, TAKES_NAME, set.name, "name");
	check_option(c, TAKES_START, set.target, "target");
	check_option(c, TAKES_START, set.metric, "metric");
	check_option(c, TAKES_START, strcmp(set.mode, "quick") != 0, "mode");
	check_option(c, TAKES_START, set.workers, "workers");
	check_option(c, TAKES_START, set.wait, "wait");
	check_option(c, TAKES_TIMEOUT, set.timeout_s > 0, "timeout");
	check_option(c, TAKES_YES, set.yes, "yes");
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		known = known || strcmp(set.mode, modes[i]) == 0;
	if (!known)
		cli_usage("--mode: '%s' is not manual, quick, auto or comprehensive", set.mode);
	if (c->takes & TAKES_START && !set.target)
		cli_usage("start needs --target");
}

/* The number of workers, for a command that takes one: how many operands it used. */
static int take_number(const struct command *c, int n, char **operands)
{
	char *end;

	if (!(c->takes & TAKES_NUMBER))
		return 0;
	if (n == 0)
		cli_usage("workers needs a number, or all");
	set.workers = -1;
	if (strcmp(operands[0], "all") == 0)
		return 1;
	set.workers = strtol(operands[0], &end, 10);
	if (end == operands[0] || *end || set.workers < -1 || set.workers > WORKERS_MAX)
		cli_usage("workers: '%s' is not a number up to %d, or all", operands[0],
			  WORKERS_MAX);
	return 1;
}

/* What the command works on: the operand, or else the project that is meant. */
static const char *find_subject(const struct command *c, int n, char **operands)
{
	const char *subject = n > 0 ? operands[0] : NULL;

	if (n > 1 || (n == 1 && !(c->takes & (TAKES_PROJECT | TAKES_SOURCE))))
		cli_usage("%s: '%s' is one operand too many", c->name, operands[n - 1]);
	if (c->takes & TAKES_SOURCE && !subject)
		cli_usage("create needs a file or a URL");
	if (c->takes & TAKES_PROJECT && subject && project)
		cli_usage("the project is given twice, as an operand and by --project");
	if (c->takes & TAKES_PROJECT && !subject && !(subject = dr_project_meant(project)))
		cli_usage("no project: name it, give --project or set DR_PROJECT");
	return subject;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	const struct command *c;
	const char *subject;
	struct dr *dr;
	int first = cli_parse(&tool, argc, argv);

	if (first == argc)
		cli_usage("a command is needed");
	c = find_command(argv[first++]);
	check_options(c);
	first += take_number(c, argc - first, argv + first);
	subject = find_subject(c, argc - first, argv + first);

	if (!(dr = dr_open(cli_trace, NULL, &e)) || !c->run(dr, subject, &set, &e) ||
	    !ndjson_close(stdout, &e))
		cli_die(&e);

	dr_close(dr);
	return 0;
}
