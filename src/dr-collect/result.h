/*
 * result: the fields that a trial's end adds to its record (protocol.md).
 */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "err/err.h"

struct result_score {
	const char *metric, *partition;
	bool minimize;
};

/*
 * The wire model `id` came of the trial: score, metric, partition, minimize, metrics
 * (per metric its validation, crossValidation and holdout), tuned_model, and the state
 * `completed`.  A model without a score on that partition is a `failed` trial, for
 * there is nothing to compare it by; its error says where it has one, and the other
 * fields are there all the same.
 */
bool result_model(cJSON *rec, const cJSON *model, const char *id, const struct result_score *by,
		  struct err *e);

/* Did the trial ask for a search inside the model: has a value of several? */
bool result_searched(const cJSON *rec);

/*
 * Add `chosen`: for each list of params the value that the model uses, by its
 * parameter records; under `Task name/parameter` where tasks use different ones.
 */
bool result_chosen(cJSON *rec, const cJSON *parameters, struct err *e);

/*
 * Add finished_at (now: when the end was seen) and, where they are known, started_at
 * and seconds.  The server tells no times, so they are those of looking: started is
 * the first look that showed the job at work, or NULL.  seconds go from submitted_at
 * to finished_at and include the wait in the queue; timely says that the end was
 * seen soon after it was, or else the duration is not known and is left out.
 */
bool result_times(cJSON *rec, const char *started, bool timely, struct err *e);

#endif
