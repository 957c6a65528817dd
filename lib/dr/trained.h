/*
 * dr/trained: training predictions: what a model says of the project's own rows, each
 * predicted by a model that has not seen it (out of fold).
 */
#ifndef DR_TRAINED_H
#define DR_TRAINED_H

#include "dr/dr.h"

/*
 * Have the predictions of a model made, or find them where they were made before, and wait
 * for them.  subset: `all` (the holdout only once it has been unlocked),
 * `validationAndHoldout` or `holdout`.  Gives their id; NULL with e.  *status (may be NULL)
 * is that of the answer to the request, 404 where the model is not there.
 *
 * A lost answer is asked for again, three times at most; a full queue is waited for.
 * What the service says it has already, without a job, is looked for in its list.
 */
char *dr_trained_make(struct dr *dr, const char *project, const char *model, const char *subset,
		      long *status, struct err *e);

/* One row: rowId, partitionId ("0.0", ..., "Holdout"), prediction, predictionValues. */
typedef bool dr_trained_fn(const cJSON *row, void *ctx, struct err *e);

/*
 * Call fn for each row of predictions, in the service's order.  They come in pages, so
 * memory does not grow with their number.  False: fn did, or the service did not answer,
 * or with what are no rows (ERR_REFUSED).
 */
bool dr_trained_rows(struct dr *dr, const char *project, const char *id, dr_trained_fn *fn,
		     void *ctx, struct err *e);

#endif
