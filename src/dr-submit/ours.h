/*
 * ours: the jobs that this run submitted.
 *
 * These and no others are cancelled after a signal: not a job that was there before this
 * run, nor one of which that is not known since an answer was lost.
 */
#ifndef OURS_H
#define OURS_H

#include <stdbool.h>
#include <stddef.h>

#include "dr/dr.h"
#include "trial/log.h"

struct our_job;

struct ours {
	struct our_job *last; /* the one submitted last comes first */
	size_t n;
};

bool ours_add(struct ours *o, const char *trial, const char *project, const char *job,
	      struct err *e);
void ours_release(struct ours *o);

/*
 * Cancel them.  Trials whose job was cancelled are proposed again, in the log and on
 * standard output; jobs that are over stay what they are; what cannot be cancelled is
 * told.  *cancelled of them.  False: the system failed.
 */
bool ours_cancel(struct ours *o, struct dr *dr, struct trial_log *log, size_t *cancelled,
		 struct err *e);

#endif
