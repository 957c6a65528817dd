/*
 * blend: a model that says the mean of what others say; inside a transaction of the store.
 *
 * Its models were trained on the same rows and the same list of columns, and are no blends
 * themselves.  It is made of their blueprints and of the values that they work with, so
 * that it stays what it is when one of them is deleted.
 */
#ifndef BLEND_H
#define BLEND_H

#include "jobs/queue.h"

#define BLEND_MODELS_MIN 2
#define BLEND_MODELS_MAX 10

struct blend {
	cJSON *members; /* as schema.c has them; the ids in rising order */
	double sample_pct;
	char list[STORE_ID_LEN + 1];
	char fingerprint[QUEUE_FINGERPRINT_LEN + 1];
};

/*
 * The blend of the models with these ids, an array of texts.  False: they cannot be blended,
 * e says why (ERR_REFUSED), or memory ran out (ERR_SYSTEM).  blend_release in any case.
 */
bool blend_of(struct store *s, const char *project, const cJSON *ids, struct blend *b,
	      struct err *e);
void blend_release(struct blend *b);

/* Put its fit into the queue.  Returns the job's id, or 0 where memory ran out. */
long long blend_submit(struct store *s, const char *project, const struct blend *b,
		       bool cross_validation, long long autopilot);

#endif
