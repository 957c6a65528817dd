/*
 * dr/ours: the jobs that a run of a tool submitted.
 *
 * These and no others are cancelled after a signal: not a job that was there before this
 * run, nor one of which that is not known since an answer was lost.
 */
#ifndef DR_OURS_H
#define DR_OURS_H

#include <stdbool.h>
#include <stddef.h>

#include "dr/dr.h"
#include "trial/log.h"

struct our_job;

struct ours {
	struct our_job *last; /* the one submitted last comes first */
	size_t n;
};

/* Copies all three. */
bool ours_add(struct ours *o, const char *trial, const char *project, const char *job,
	      struct err *e);
void ours_release(struct ours *o);

/*
 * Cancel them.  Trials whose job was cancelled are proposed again, in the log and on
 * standard output; jobs that are over stay what they are; of those that cannot be
 * cancelled failed is told.  *cancelled of them.  False: the system failed.
 */
typedef void ours_failed_fn(const char *trial, const struct err *why);
bool ours_cancel(struct ours *o, struct dr *dr, struct trial_log *log, ours_failed_fn *failed,
		 size_t *cancelled, struct err *e);

#endif
