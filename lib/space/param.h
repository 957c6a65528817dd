/*
 * param: a parameter record (protocol.md): what a model's parameter may be.
 *
 * Fields read: parameter, task, model, types (int, float, select, selectgrid, ascii,
 * unicode, intList, floatList), min, max, log, grid, values, default.  Several
 * types at once mean that any of them may be met.
 */
#ifndef SPACE_PARAM_H
#define SPACE_PARAM_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "err/err.h"

/* Is rec a parameter record, that is, has it a text `parameter`? */
bool param_is(const cJSON *rec);

/* Does name (`max_depth`, or `Task name/max_depth`) mean this record? */
bool param_named(const cJSON *rec, const char *name);

/* Is `type` among the record's types? */
bool param_has_type(const cJSON *rec, const char *type);

/* The range of a numeric record. False where it has none. whole: only whole
 * numbers are allowed in it. */
bool param_range(const cJSON *rec, double *lo, double *hi, bool *whole);

/*
 * The option of `values` that the value means, or NULL: an equal one (param_alike),
 * else, where 0, 1, false or true (or their texts) is asked for, the one that means
 * the same: a server may tell False and store 0.  Borrowed.
 */
const cJSON *param_option(const cJSON *rec, const cJSON *value);

/*
 * May the parameter have this value?  A list is searched by the server: it is
 * allowed where it has one element, where `grid` is true (or is not said and there
 * are options), or where the type is a list.  ERR_INPUT names parameter, value, bound and task:
 * `max_depth=4000 is above its maximum 64 (eXtreme Gradient Boosted Trees)`.
 */
bool param_check(const cJSON *rec, const cJSON *value, struct err *e);

/*
 * The names among the records that are most like an unknown one, nearest first, three
 * at most: `max_depth, max_bin`; by the optimal string alignment distance, nothing
 * that differs in half of its letters.  "" where there is none.  The caller's to
 * free; NULL: out of memory.
 */
char *param_nearest(const cJSON *records, const char *name);

/* Equal JSON values. */
bool param_same(const cJSON *a, const cJSON *b);

/* Equal as the server compares options: 3 is "3", true is "True", null is "None". */
bool param_alike(const cJSON *a, const cJSON *b);

#endif
