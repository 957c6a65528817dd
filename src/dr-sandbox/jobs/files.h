/* files: where the table and the results of a job lie, and what is left of them. */
#ifndef FILES_H
#define FILES_H

#include "jobs/queue.h"

/* The table of a job: the project's, or the dataset that its spec names. Freed by the
 * caller; NULL: out of memory. */
char *files_table(const char *projects, const struct queue_job *job);

/* The line for the worker: the job's spec, with the paths put in. Freed by the caller;
 * NULL: out of memory. */
char *files_job_line(const char *projects, struct queue_job *job);

/*
 * Remove what a job that has ended has left without use: a table that did not become a
 * project or a dataset, predictions that nobody waits for any more.  Opens transactions
 * of its own.  False: ERR_SYSTEM, a folder could not be removed.
 */
bool files_tidy(const char *projects, struct store *s, const struct queue_job *job,
		struct err *e);

#endif
