/*
 * queue: the life of a job in the database.  All of these run inside a
 * transaction of the store.
 *
 *	fetch -> queue -> inprogress -> COMPLETED
 *	                      |-> error
 *	(any) -> ABORTED      |-> queue, once, where a signal ended the worker
 */
#ifndef QUEUE_H
#define QUEUE_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "store/store.h"

#define QUEUE_FINGERPRINT_LEN 64

/* Share of the rows that a model is fitted on by default, in percent: without the
 * holdout and one fold.  NULL: that of the default partition. */
double queue_train_pct(const cJSON *partition);

/* Whether the partition has folds that take turns (CV), not one part that is scored (TVH). */
bool queue_has_folds(const cJSON *partition);

struct queue_job {
	long long id;
	char project[STORE_ID_LEN + 1];
	char kind[16];
	cJSON *spec; /* the worker's job line, without the paths */
	long long crashes;
};
void queue_job_release(struct queue_job *j);

/* Put back what was in progress when the service ended. */
void queue_recover(struct store *s);

/* Take the next job that may run; it is in progress from now on. */
bool queue_take(struct store *s, struct queue_job *j);

/* The next upload whose table is still to be fetched, after the job `after`. */
bool queue_next_fetch(struct store *s, long long after, struct queue_job *j);
void queue_fetched(struct store *s, long long id);

bool queue_has_project(struct store *s, const char *project);

/* Whether a dataset or finished predictions lie in the file of this name ("ID.csv"). */
bool queue_has_file(struct store *s, const char *name);

/* Whether the job shall still run. */
bool queue_wants(struct store *s, long long id);

/* Its ends. result_store (result.h) makes COMPLETED.  All of them leave one alone that is
 * over already: a client may have cancelled it a moment ago. */
void queue_again(struct store *s, long long id);
void queue_failed(struct store *s, const struct queue_job *j, const char *why);
/* As if it had never been asked for. */
void queue_vanish(struct store *s, long long id);
/* False: it was final already. */
bool queue_cancel(struct store *s, long long id);

#endif
