/*
 * where: a jq expression that says which settings are wanted.
 *
 * The expression is compiled once, by libjq in this process, and fed the params
 * of a setting: `.min_child_weight <= .max_depth * 4`.  Its first result decides:
 * true keeps the setting; false, null, or no result drops it.  A parameter whose
 * condition does not hold is null there, as any missing key is to jq.
 *
 * Not for several threads at once.
 */
#ifndef SPACE_WHERE_H
#define SPACE_WHERE_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "err/err.h"

struct where;

/* ERR_USAGE with jq's message in one line where the expression does not compile. */
struct where *where_new(const char *expression, struct err *e);
void where_free(struct where *w);

/* Does params satisfy it?  False with e set: ERR_INPUT naming the setting where jq
 * fails or its result is none of true, false and null.  e starts out clear. */
bool where_keeps(struct where *w, const cJSON *params, struct err *e);

#endif
