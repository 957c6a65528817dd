/*
 * pool: trials that are scored at the same time, each in a process of its own, which has
 * its own session with the service, and waits for its command without keeping the others
 * from their work.  They end with their parent.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "score.h"

/* What became of a trial: a number, or why there is none. */
struct outcome {
	double number; /* NAN or infinite, too */
	bool gone;     /* the model is not there any more */
	struct err e;
};

struct work;

struct pool {
	/* Set by the caller; borrowed. */
	const struct score_plan *plan;
	size_t parallel;

	/* Results. */
	size_t running;

	/* Private. */
	struct work *work;
};

bool pool_room(const struct pool *p);

/* Start scoring a trial, which is taken over where this succeeds.  ERR_SYSTEM. */
bool pool_start(struct pool *p, cJSON *rec, const char *project, const char *partition,
		struct err *e);

/*
 * Wait until fd can be read or is at its end (< 0: none; *readable says so), or a trial is
 * over, whose record, the caller's, goes to *rec and its outcome to *o; else *rec is NULL.
 */
bool pool_wait(struct pool *p, int fd, bool *readable, cJSON **rec, struct outcome *o,
	       struct err *e);

/* End what runs. */
void pool_release(struct pool *p);

#endif
