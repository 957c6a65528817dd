/*
 * record: a completed trial, and the same trial with another score.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "err/err.h"

/* Has the trial this metric from dr-score already, on this partition (NULL: on any)? */
bool record_is_scored(const cJSON *rec, const char *metric, const char *partition);

/* ERR_USAGE where the service has a metric of this name: the two would be one. */
bool record_check_name(const cJSON *rec, const char *metric, struct err *e);

/*
 * Replace score, metric, partition and minimize, and add the score to metrics.  What they
 * were, and folds, which belong to it, goes to `was`, but for what is there already: the
 * service's own score stays there.
 */
bool record_score(cJSON *rec, const char *metric, const char *partition, bool minimize,
		  double score, struct err *e);

/* The trial has failed for this reason; score is null, and `was` as above. */
bool record_fail(cJSON *rec, const char *metric, const char *partition, bool minimize,
		 const char *why, struct err *e);

#endif
