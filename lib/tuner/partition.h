/* partition: a trial as it is scored on another partition than its own (inside tuner). */
#ifndef TUNER_PARTITION_H
#define TUNER_PARTITION_H

#include <cjson/cJSON.h>

#include "err/err.h"

/*
 * A copy of a completed trial whose score is that of its metric on this partition, by its
 * `metrics`; `folds` stay where they are those of the score.  NULL: ERR_INPUT where
 * it has no such score, ERR_REFUSED for the holdout, which is locked then, ERR_SYSTEM.
 */
cJSON *partition_scored(const cJSON *rec, const char *partition, struct err *e);

#endif
