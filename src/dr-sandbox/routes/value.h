/*
 * value: a value that is asked for a parameter, against the parameter's
 * constraints (contract: constraint kinds select, int and float).
 */
#ifndef VALUE_H
#define VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

/* Whether a list with more than one value may be searched over. */
bool value_takes_list(const cJSON *constraints);

/*
 * The value as the worker takes it (the caller's), or NULL where no constraint
 * allows it or memory ran out.  Options are compared by what they mean: clients
 * turn "3" into 3, "True" into true and "None" into null.
 */
cJSON *value_check(const cJSON *constraints, const cJSON *value);

/* What is allowed, in words: "one of a, b" and "a whole number from 1 to 16". */
void value_describe(const cJSON *constraints, char *out, size_t size);

#endif
