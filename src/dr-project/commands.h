/*
 * commands: what dr-project does, one function a command.  Each writes the record
 * of the project (list: of each) to stdout.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stdbool.h>

#include "dr/dr.h"
#include "err/err.h"

struct settings {
	const char *name, *target, *metric, *mode;
	long workers;     /* start: 0 leaves it; -1: all there are */
	double timeout_s; /* 0: none */
	bool wait, yes;
};

/* subject: the file or URL for create, NULL for list, else the project's id. */
typedef bool command_fn(struct dr *dr, const char *subject, const struct settings *set,
			struct err *e);

command_fn command_create, command_start, command_wait, command_show, command_list,
	command_unlock_holdout, command_workers, command_delete;

#endif
