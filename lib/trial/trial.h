/*
 * trial: the record of one setting of the parameters, from proposal to score
 * (protocol.md; field by field in drtune-records(5)).
 *
 * A trial is a cJSON object that grows; these functions read and write the
 * fields that drtune knows and leave the others alone.
 */
#ifndef TRIAL_H
#define TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "err/err.h"

#define TRIAL_ID_LEN 16

enum trial_state {
	TRIAL_NONE, /* not a trial record: pass it through */
	TRIAL_PROPOSED,
	TRIAL_SUBMITTED,
	TRIAL_COMPLETED,
	TRIAL_FAILED,
	TRIAL_ABORTED,
};

/*
 * The state of a record: TRIAL_NONE where it has no field `trial`.
 * ERR_INPUT (and TRIAL_NONE) where it has one but `trial` is not 16 hex digits,
 * `state` is unknown or `params` is not an object.
 */
enum trial_state trial_state(const cJSON *rec, struct err *e);
const char *trial_state_name(enum trial_state s);
bool trial_is_final(enum trial_state s);

/* Borrowed id of a record whose trial_state is not TRIAL_NONE. */
const char *trial_id(const cJSON *rec);

/*
 * The content address: first 16 hex digits of SHA-256 (FIPS 180-4, libmd) over
 * the canonical JSON of {"fidelity","model","params","replicate"}, those that
 * are not NULL.  False: out of memory.
 */
bool trial_address(const cJSON *params, const char *model, const cJSON *fidelity,
		   const cJSON *replicate, char id[TRIAL_ID_LEN + 1], struct err *e);

/*
 * A new `proposed` record: trial, state, by, params, and model, fidelity,
 * replicate where given.  params, fidelity and replicate are copied.
 * NULL: out of memory.
 */
cJSON *trial_new(const char *by, const cJSON *params, const char *model, const cJSON *fidelity,
		 const cJSON *replicate, struct err *e);

/* Set `state`; for failed and aborted also `error` (one sentence) where not NULL. */
bool trial_set_state(cJSON *rec, enum trial_state s, const char *error, struct err *e);

/*
 * Back to `proposed`, as it was before it was submitted: without job, times, error and
 * taken_over.  Its job was cancelled, or the server has lost it: `withdrawn` is true, until
 * it is sent again, and `spent_seconds` has the time from submission to now of all its jobs
 * that came to such an end.
 */
bool trial_withdraw(cJSON *rec, struct err *e);

/* How many of its jobs the server has lost: the field `lost`, 0 where it is none. */
long trial_lost(const cJSON *rec);

/* Now as RFC 3339 UTC with milliseconds, e.g. 2026-01-31T09:00:00.125Z. */
#define TRIAL_TIME_LEN 24
void trial_now(char out[TRIAL_TIME_LEN + 1]);

/* Seconds since the epoch of such a time (fraction and Z optional), or NAN. */
double trial_time(const char *rfc3339);

#endif
