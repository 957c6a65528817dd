#include "cli/help.h"

#include "version.h"

#define HELP_COLUMN 28

static void print_default(FILE *out, const struct cli_option *o)
{
	if (o->type == CLI_STRING && *(const char **)o->value && **(const char **)o->value)
		fprintf(out, " [%s]", *(const char **)o->value);
	else if (o->type == CLI_INT && *(long *)o->value != 0)
		fprintf(out, " [%ld]", *(long *)o->value);
	else if ((o->type == CLI_REAL || o->type == CLI_SECONDS) && *(double *)o->value > 0)
		fprintf(out, " [%.15g%s]", *(double *)o->value,
			o->type == CLI_SECONDS ? " s" : "");
}

static void print_option(FILE *out, const struct cli_option *o)
{
	char left[80], letter[5] = "    ";
	int n;

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	n = snprintf(left, sizeof(left), "  %s--%s%s%s", letter, o->name, o->arg ? " " : "",
		     o->arg ? o->arg : "");
	fputs(left, out);
	if (n >= HELP_COLUMN - 1)
		fprintf(out, "\n%*s", HELP_COLUMN, "");
	else
		fprintf(out, "%*s", HELP_COLUMN - n, "");
	fputs(o->help, out);
	print_default(out, o);
	if (o->type == CLI_LIST)
		fputs(" (repeatable)", out);
	putc('\n', out);
}

void help_print(FILE *out, const struct cli_tool *tool, const struct cli_option *common)
{
	fprintf(out, "Example:\n%s\n", tool->examples);
	fprintf(out, "Usage: %s %s\n\n%s\n\nOptions:\n", tool->name, tool->synopsis,
		tool->summary);
	for (const struct cli_option *o = tool->options; o->type != CLI_LAST; o++)
		print_option(out, o);
	for (const struct cli_option *o = common; o->type != CLI_LAST; o++)
		print_option(out, o);
	if (tool->details)
		fprintf(out, "\n%s", tool->details);
	fprintf(out, "\nFull page: man %s. Introduction: man drtune.\n", tool->name);
}

void help_version(FILE *out, const struct cli_tool *tool)
{
	fprintf(out, "%s (drtune) %s\n", tool->name, VERSION);
}

void help_list(FILE *out, const struct cli_tool *tool, const struct cli_option *common)
{
	for (const struct cli_option *o = tool->options; o->type != CLI_LAST; o++)
		fprintf(out, "--%s\n", o->name);
	for (const struct cli_option *o = common; o->type != CLI_LAST; o++)
		fprintf(out, "--%s\n", o->name);
}
