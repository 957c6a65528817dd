/*
 * trial_log: the trial log, a file of trial records that is appended to and
 * never rewritten.  A trial may stand in it several times; its last record
 * counts.  Records that are no trials are passed over.
 *
 * Appending.  Several tools of a pipeline append to one log.  Each takes a short lock,
 * looks whether the file ends in a newline, and writes its record, with a newline in
 * front where there is none, and then fdatasync: what trial_log_append has reported as
 * written survives a crash, and what a crash or a full disk cut short is a line by
 * itself.  When a log is opened for appending its folder is synchronised, so that a
 * new file survives too.
 *
 * Reading.  A line that was cut short (the writer was killed, the disk was full, or the
 * machine died and left NULs) is passed over and counted.  A whole record that was
 * written behind such a line, on the same line, is found.  Readers wait for a record
 * that is being written.
 *
 * Roles.  One process at a time may be the submitter of a log, one its collector, one
 * its proposer, one its trainer; the lock ends with the process.  What only reads has
 * no role.
 *
 * Limits: the locks are fcntl(2)'s.  They hold between machines where the file system
 * carries them (NFS from version 4 on, or 3 with its lock daemon); a file system without any
 * is an error for every role, and readers do without.  What is no regular file (a pipe,
 * a device) is appended to without locks and never read.  Programs that append without
 * these locks, such as tee, must write whole lines.
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

enum trial_role {
	TRIAL_READER,    /* opens to read: no lock of its own */
	TRIAL_PROPOSER,  /* reads, and is the only one to propose from this log */
	TRIAL_SUBMITTER, /* these append: */
	TRIAL_COLLECTOR,
	TRIAL_TRAINER,
};

/*
 * Read the log at path.  For a role that appends it is created (mode 0644) where
 * missing, and held open; for the others a file that does not exist is an empty log.  A
 * proposer that may not write the file takes no lock.
 * NULL: ERR_UNAVAILABLE where another process has the role, ERR_SYSTEM, or ERR_INPUT
 * `PATH:LINE: WHY`.
 */
struct trial_log *trial_log_open(const char *path, enum trial_role role, struct err *e);
void trial_log_free(struct trial_log *log);

/* Torn lines passed over while reading; the caller may warn about them. */
size_t trial_log_torn(const struct trial_log *log);

/* Last record of a trial (borrowed until the trial is put again), or NULL. O(1). */
const cJSON *trial_log_find(const struct trial_log *log, const char *id);

/* Number of trials, and the i-th in the order of their first appearance. */
size_t trial_log_count(const struct trial_log *log);
const cJSON *trial_log_at(const struct trial_log *log, size_t i);

/*
 * Read what others have appended since the log was opened or read last.  Only where it is
 * held open, by a role that appends; else there is nothing to do.  One fstat(2) where
 * nothing is new.  Errors as those of trial_log_open.
 */
bool trial_log_refresh(struct trial_log *log, struct err *e);

/*
 * Be told of each change of a trial's last record: old (NULL where there was none) is
 * replaced by rec; both are borrowed for the call.  Told at once: all that are there.
 */
typedef void trial_log_watch_fn(const cJSON *old, const cJSON *rec, void *ctx);
void trial_log_watch(struct trial_log *log, trial_log_watch_fn *fn, void *ctx);

/* Append rec to the file and remember a copy. ERR_SYSTEM `PATH: write: REASON`.
 * A log without a file, made with trial_log_open(NULL, TRIAL_READER, ...), only remembers. */
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
