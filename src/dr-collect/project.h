/*
 * project: a project with trials to collect: what they are judged by, and its looks.
 */
#ifndef PROJECT_H
#define PROJECT_H

#include <stdbool.h>

#include "dr/dr.h"

/* A project that has trials here, and when it is looked at. */
struct project {
	char *id, *metric;
	bool minimize; /* whether less of the metric is better */
	struct project *next;

	/* Of collect.c. */
	size_t waiting;          /* trials that are not over */
	double next_look, gap_s; /* when its jobs are listed next, and how long after that */
};

/*
 * The project of this id; the server is asked once for its metric (metric NULL: the
 * project's own) and direction.  Borrowed from *projects.  ERR_USAGE where the project
 * has no such metric, ERR_REFUSED where the partition (may be NULL) is its locked holdout.
 */
struct project *project_find(struct project **projects, struct dr *dr, const char *id,
			     const char *metric, const char *partition, struct err *e);
void project_free(struct project *projects);

#endif
