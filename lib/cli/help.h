/*
 * help: what --help, --version and --list-options print.  Private to cli.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

#include "cli/cli.h"

/* common: the options that every tool has. Defaults are read from the options' values;
 * a 0, an empty string and a missing one are not shown. */
void help_print(FILE *out, const struct cli_tool *tool, const struct cli_option *common);
void help_version(FILE *out, const struct cli_tool *tool);
void help_list(FILE *out, const struct cli_tool *tool, const struct cli_option *common);

#endif
