/*
 * jobs: the queue and those who work it off.
 *
 * The queue is the table `job`; whoever adds to it or cancels in it does so in a
 * transaction of the store and then calls jobs_wake.  One supervisor thread
 * starts a dr-worker for each job as places become free, stores what comes of
 * it, and stops those whose job has been cancelled or whose project has gone.
 *
 * What is in progress when the service ends goes back to the queue at its next
 * start; a fit of the same data with the same seed gives the same result.
 */
#ifndef JOBS_H
#define JOBS_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"
#include "store/store.h"

struct chaos;
struct jobs;

struct jobs_config {
	const char *worker;   /* path of dr-worker */
	const char *projects; /* folder of the projects */
	long places;          /* workers at once */
	double latency_s;     /* a job takes at least this long */
	double time_limit_s;  /* ... and at most this long */
	long memory_mb;       /* address space of one worker */
	size_t upload_max;    /* bytes of a table from a URL */
	struct chaos *chaos;  /* faults to make (chaos/chaos.h), or NULL; borrowed */
	/* Messages for whoever runs the service; called on the supervisor's thread. */
	void (*warn)(const char *text);
};

/* Start. NULL: ERR_SYSTEM. The configuration is copied, its strings borrowed. */
struct jobs *jobs_start(const struct jobs_config *c, struct store *s, struct err *e);
void jobs_wake(struct jobs *j);
/* Ends the workers, and the thread. */
void jobs_stop(struct jobs *j);

#endif
