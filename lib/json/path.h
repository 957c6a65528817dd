/*
 * path: the place of a value in a record, written as jq writes it.
 *
 *   .seconds   .metrics.AUC.validation   .metrics["FVE Binomial"].holdout   .folds[0]
 *
 * Names of letters, digits and _ follow a point; any other stands in brackets as a JSON
 * string; a number in brackets counts the items of a list from 0.
 */
#ifndef JSON_PATH_H
#define JSON_PATH_H

#include <stddef.h>

#include <cjson/cJSON.h>

#include "err/err.h"

struct json_path;

/* The first len bytes of text.  The result is the caller's: json_path_free.  NULL:
 * ERR_USAGE with what is wrong, without the text, or out of memory. */
struct json_path *json_path_new(const char *text, size_t len, struct err *e);
void json_path_free(struct json_path *p);

/* What stands there, borrowed; NULL: nothing, or null. */
const cJSON *json_path_get(const struct json_path *p, const cJSON *rec);

#endif
