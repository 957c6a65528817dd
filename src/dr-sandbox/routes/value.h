/*
 * value: a value that is asked for a parameter, against the parameter's constraints, an
 * object of one or more kinds:
 *
 *	select, selectgrid  {"values"}                 one of the options
 *	ascii               {}      printable ASCII text, without a semicolon
 *	unicode             {}                         any text
 *	int, float          {"min", "max"}             a number within
 *	intList, floatList  {"minLength", "maxLength", "minVal", "maxVal"}  a list of such
 *
 * each with "supportsGridSearch"; a value that any of them allows is allowed.
 */
#ifndef VALUE_H
#define VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

/* Whether a list with more than one value may be searched over. */
bool value_takes_list(const cJSON *constraints);

/* Whether a list can be one value. */
bool value_is_list(const cJSON *constraints);

/*
 * The value as the worker takes it (the caller's), or NULL where no constraint
 * allows it or memory ran out.  Options are compared by what they mean: clients
 * turn "3" into 3, "True" into true and "None" into null.
 */
cJSON *value_check(const cJSON *constraints, const cJSON *value);

/* What is allowed, in words: "one of a, b" and "a whole number from 1 to 16". */
void value_describe(const cJSON *constraints, char *out, size_t size);

#endif
