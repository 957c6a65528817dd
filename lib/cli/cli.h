/*
 * cli: the front of a tool: its option table, its messages, its end.
 *
 * One table describes the options; parsing, --help with live defaults, and the
 * list for completion all come from it.  Every tool also has, without naming
 * them, --help (-h), --version (-V), --quiet (-q), --verbose (-v, may be
 * repeated) and --list-options.
 *
 * This is the one module of lib that prints and exits, and that remembers
 * something (which tool runs, -q and -v): it is the process's front.  Other
 * modules report through struct err and never call it.
 *
 * Messages: `TOOL: [warning: |note: ]TEXT`, one line, one write; control
 * characters in TEXT become '?', in the progress line too.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"

enum cli_type {
	CLI_LAST = 0, /* ends a table */
	CLI_FLAG,     /* value: bool *, set to true */
	CLI_STRING,   /* value: const char **, borrowed from argv */
	CLI_LIST,     /* value: struct cli_list *, repeatable; release with cli_list_release */
	CLI_INT,      /* value: long *, decimal */
	CLI_REAL,     /* value: double *, finite */
	CLI_SECONDS,  /* value: double *, `90`, `90s`, `15m`, `2h`, `1d`; not negative (a
		       * default may be, for none) */
};

struct cli_option {
	const char *name; /* long name, without dashes */
	char letter;      /* short name or 0 */
	enum cli_type type;
	void *value;      /* see enum cli_type; what it holds before parsing is the default */
	const char *arg;  /* name of the argument in the help, NULL for flags */
	const char *help; /* one line, no full stop; the default is added by --help */
	double min, max;  /* CLI_INT, CLI_REAL: bounds, where max > min */
};

struct cli_list {
	const char **item; /* n strings, borrowed from argv */
	size_t n;
};

struct cli_tool {
	const char *name;
	const char *synopsis; /* what follows the name in the usage line */
	const char *summary;  /* one sentence */
	const char *examples; /* what --help starts with; lines with a newline each */
	const char *details;  /* paragraphs after the options, or NULL */
	const struct cli_option *options;
};

/*
 * Parse the options of argv, which is permuted so that operands come last;
 * returns the index of the first operand.  --help, --version and
 * --list-options print and exit 0.  A wrong command line prints two lines and
 * exits 2.  The tool is borrowed for the life of the process.  Standard
 * descriptors that are closed stay unusable, but are never given to another file.
 *
 * From here on the process leaves no core, and nobody but root can look into it: the
 * token is in its memory, and may be in its environment.  To see a crash, start the tool
 * under a debugger.
 */
int cli_parse(const struct cli_tool *tool, int argc, char **argv);

/* Print the error as a message and exit with its status; for ERR_STOPPED say nothing and
 * die by the signal (stop.h). */
_Noreturn void cli_die(const struct err *e);

/* Print a message about the command line, point to --help, exit 2. */
_Noreturn void cli_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Messages to people.  cli_error is never silenced, cli_warn and cli_note are by
 * -q, and cli_verbose speaks only with at least `level` times -v. */
void cli_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void cli_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void cli_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void cli_verbose(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* cli_verbose at level 1, as a callback for modules that tell what they do. */
void cli_trace(const char *line, void *unused);

/* How often -v was given; whether -q was. */
int cli_verbosity(void);
bool cli_quiet(void);

/* Rewrite the progress line, only where standard error is a terminal and -q was
 * not given; "" removes it.  Messages remove it first. */
void cli_progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* If stdin is a terminal, say in one line what is expected on it. */
void cli_expect_stdin(const char *what);

void cli_list_release(struct cli_list *l);

#endif
