/* result: a worker's answer becomes rows of the database. */
#ifndef RESULT_H
#define RESULT_H

#include "jobs/queue.h"

/*
 * Store what came of a job and make it COMPLETED, inside a transaction of the
 * store.  ERR_INPUT where the answer lacks what it must have, or nobody wants it any more.
 */
bool result_store(struct store *s, const struct queue_job *j, const cJSON *answer,
		  struct err *e);

#endif
