/*
 * settings: the values that all parameters of a blueprint have in one fit.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "blueprints/blueprint.h"
#include "err/err.h"

struct setting {
	const struct param *param;
	const char *task; /* label of its node, borrowed from the blueprint */
	char *id;
	struct param_value *candidate; /* more than one: to be searched over */
	size_t n;
	struct param_value value; /* in use; the first candidate until another is chosen */
};

struct settings {
	struct setting *s; /* node by node, in the order of the nodes' tables */
	size_t n;
	size_t *first; /* of each node: where its settings start */
};

/*
 * The defaults, replaced by `values`, an object of parameter ids (may be NULL).  A list
 * of one is that value; a longer one is allowed where the parameter is searchable.
 * ERR_INPUT for an unknown id or a value that is not allowed.
 */
bool settings_read(struct settings *s, const struct blueprint *b, const cJSON *values,
		   struct err *e);
void settings_release(struct settings *s);

/* The values of one node as its task reads them, gathered into room for all of them. */
struct params settings_of(const struct settings *s, const struct blueprint *b, size_t node,
			  struct param_value *room);

/* {id: value in use}. NULL: out of memory. */
cJSON *settings_json(const struct settings *s);

#endif
