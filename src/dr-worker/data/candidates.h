/*
 * candidates: which columns could be the target, and by which metrics they would be scored.
 */
#ifndef CANDIDATES_H
#define CANDIDATES_H

#include <cjson/cJSON.h>

#include "data/frame.h"
#include "data/metrics.h"

/* An array of the metrics that a target of this kind has, where it holds negative numbers or a
 * zero: objects metricName, ascending, supports...  NULL: out of memory. */
cJSON *candidates_metrics(enum metrics_kind kind, bool negative, bool zero);

/*
 * All that may be asked for: an array of objects target_type and metrics.  Columns name
 * theirs by its place in it.  NULL: out of memory.
 */
cJSON *candidates_json(void);

/* The place of what a column would be as the target, -1: it cannot be one, -2: no memory. */
int candidates_place(const struct column *c, size_t rows);

#endif
