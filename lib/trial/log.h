/*
 * trial_log: the trial log, a file of trial records that is appended to and
 * never rewritten.  A trial may stand in it several times; its last record
 * counts.  Records that are no trials are passed over.
 *
 * Appending is one write(2) with O_APPEND followed by fdatasync, so several
 * tools of a pipeline may append to one log, and what trial_log_append has
 * reported as written survives a crash.  A crash in the middle of a write
 * leaves a torn line; the reader passes over lines that end before their
 * object does and counts them, and the first append after opening such a file
 * starts on a new line.
 *
 * Memory: the last record of each trial is kept, O(number of trials).
 */
#ifndef TRIAL_LOG_H
#define TRIAL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "err/err.h"
#include "trial/trial.h"

struct trial_log;

/*
 * Read the log at path.  A file that does not exist is an empty log.
 * With `append`, the file is created (mode 0644) where missing and held open for
 * trial_log_append.  NULL: ERR_SYSTEM, or ERR_INPUT `PATH:LINE: WHY`.
 */
struct trial_log *trial_log_open(const char *path, bool append, struct err *e);
void trial_log_free(struct trial_log *log);

/* Torn lines passed over while reading; the caller may warn about them. */
size_t trial_log_torn(const struct trial_log *log);

/* Last record of a trial (borrowed until the trial is put again), or NULL. O(1). */
const cJSON *trial_log_find(const struct trial_log *log, const char *id);

/* Number of trials, and the i-th in the order of their first appearance. */
size_t trial_log_count(const struct trial_log *log);
const cJSON *trial_log_at(const struct trial_log *log, size_t i);

/* Append rec to the file and remember a copy. ERR_SYSTEM `PATH: write: REASON`.
 * A log without a file, made with trial_log_open(NULL, false, ...), only remembers. */
bool trial_log_append(struct trial_log *log, const cJSON *rec, struct err *e);

/* Remember a copy of rec without writing. */
bool trial_log_put(struct trial_log *log, const cJSON *rec, struct err *e);

/*
 * Hand a record on: append it to the log (NULL: none), then write it to out.  Where
 * the log cannot be written it goes to out all the same, since somebody may still
 * keep it; the first failure is reported.
 */
bool trial_log_emit(struct trial_log *log, const cJSON *rec, FILE *out, struct err *e);

#endif
