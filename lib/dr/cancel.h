/*
 * dr/cancel: many jobs cancelled at once.
 */
#ifndef DR_CANCEL_H
#define DR_CANCEL_H

#include <stddef.h>

#include "dr/dr.h"

enum dr_cancelled {
	DR_CANCELLED,
	DR_WAS_OVER,      /* there was nothing to cancel */
	DR_NOT_CANCELLED, /* why says why */
};

struct dr_cancel {
	const char *project, *job; /* borrowed */
	void *ctx;                 /* the caller's */

	/* Results, when `done` is called. */
	enum dr_cancelled how;
	struct err why;

	/* Private. */
	struct dr_cancel_run *run;
};

/*
 * Ask for all of them, in this order, as many at a time as dr_http has connections, and
 * call done for each the moment it is answered.  Where a request had to be repeated and the
 * job is over, the job itself is asked whether it was the first one that ended it.  Requests
 * that are under way besides go on.  False only where the system failed; then done was not
 * called for all.
 */
typedef void dr_cancel_fn(struct dr_cancel *c);
bool dr_cancel_jobs(struct dr *dr, struct dr_cancel *jobs, size_t n, dr_cancel_fn *done,
		    struct err *e);

#endif
