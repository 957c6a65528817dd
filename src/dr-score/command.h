/*
 * command: the metric command: a shell command that reads records and prints one number.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "err/err.h"

#define COMMAND_OUTPUT_MAX 1024 /* bytes that it may not print: no number is as long */

struct command {
	pid_t pid;
	int in, out; /* its standard input and output; -1: closed */
	char text[COMMAND_OUTPUT_MAX + 1];
	size_t len;
};

/* Run `sh -c LINE`.  It does not get $DATAROBOT_API_TOKEN.  ERR_SYSTEM. */
bool command_start(struct command *c, const char *line, struct err *e);

/*
 * Write to it, while what it prints is read, so that neither waits for the other for ever.
 * True also where it does not want any more (it has closed its standard input).
 */
bool command_feed(struct command *c, const char *s, size_t len, struct err *e);

/* It has been told everything, or is not wanted any more: its end.  ERR_INPUT where it
 * failed or did not print one number; the number may be NAN or infinite. */
bool command_finish(struct command *c, double *number, struct err *e);
void command_drop(struct command *c);

#endif
