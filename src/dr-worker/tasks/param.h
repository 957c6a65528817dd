/*
 * param: the tunable parameters of a task: what they are called, what they may be, what
 * they are.
 *
 * A task (an encoder, a learner) declares its parameters in a table; the schema that
 * clients see and the check of what they send both come from it.  A parameter takes
 * one of its options (a word), or a whole number or a real number within bounds, or any
 * of these where several are given.  There is no parameter that is accepted and then
 * ignored: what a task cannot do otherwise has one option, or bounds that are equal.
 */
#ifndef PARAM_H
#define PARAM_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "err/err.h"

struct param_value {
	const char *word; /* an option of the parameter, borrowed from its table, or NULL */
	double number;    /* where word is NULL */
};

struct param_range {
	bool allowed;
	double min, max; /* both included */
};

struct param {
	const char *name;
	const char *const *options; /* ends with NULL; or NULL: no words */
	struct param_range integer, real;
	bool grid; /* a list asks for a search inside the model */
	struct param_value initial;
	const char *help; /* a sentence for the blueprint's documents */
};

/*
 * Read one value as clients write it: 3 and "3" are the same, so are true, "True" and
 * (where there is such an option and no number is allowed) 1; null is "None".
 * False with ERR_INPUT `NAME=VALUE is ...`.
 */
bool param_read(const struct param *p, const cJSON *v, struct param_value *out, struct err *e);

/* The value as JSON, the caller's; NULL: out of memory. */
cJSON *param_json(const struct param_value *v);

/* {"select": {...}, "int": {...}, "float": {...}}, those that apply. */
cJSON *param_constraints(const struct param *p);

/* "select", "int" or "float": the first kind of value it takes. */
const char *param_kind(const struct param *p);

/*
 * base64url, without padding, of {"arg":"NAME","vid":"NODE"}: the id of a parameter of
 * one node.  Freed by the caller; NULL: out of memory.
 */
char *param_id(const char *name, int node);

/* Values of one task, in the order of its table. */
struct params {
	const struct param *table;
	size_t n;
	const struct param_value *value;
};

/* By name; the name must be in the table and the value of that kind. */
double params_number(const struct params *s, const char *name);
const char *params_word(const struct params *s, const char *name); /* NULL: it is a number */
bool params_true(const struct params *s, const char *name);        /* the option True */
bool params_is(const struct params *s, const char *name, const char *word);

#endif
