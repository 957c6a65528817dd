/*
 * task: what a step of a blueprint is called, what it does, and what can be tuned in it.
 */
#ifndef TASK_H
#define TASK_H

#include <stddef.h>

#include "tasks/param.h"

struct task_link {
	const char *name, *url;
};

struct task {
	const char *name;
	const char *title;       /* of its document */
	const char *description; /* for people */
	const struct param *params;
	size_t n_params;
	const struct task_link *links; /* ends with a NULL name; or NULL */
};

#define TASK_PARAMS(table) .params = (table), .n_params = sizeof(table) / sizeof *(table)

#endif
