/*
 * booster: trees of libxgboost over the columns of a learner's input.
 *
 * What boosted trees and random forests have in common: matrices of rows, parameters
 * as text, predictions, and the library's errors as ours.
 */
#ifndef BOOSTER_H
#define BOOSTER_H

#include "learners/learner.h"
#include "learners/xgboost_library.h"

struct booster {
	const struct xgboost_library *lib;
	BoosterHandle handle;
};

/* Turn a status of the library into ours: ERR_SYSTEM. */
bool booster_did(const struct booster *b, int status, struct err *e);

/*
 * The given rows of in->x as a matrix of the library, freed by booster_drop.  Cells that
 * are `missing` (NAN: none) have no value.  label (by row of the table): what is to be
 * learned, or NULL.  Boosting of these rows starts from in->margin where that is there.
 */
bool booster_matrix(const struct booster *b, const struct learner_input *in,
		    const uint32_t *row, size_t n, double missing, const double *label,
		    DMatrixHandle *out, struct err *e);

/* Boosting of this matrix starts from these outputs, the same for each of its n rows. */
bool booster_start(const struct booster *b, DMatrixHandle m, size_t n, const float *margin,
		   size_t outputs, struct err *e);

void booster_drop(const struct booster *b, DMatrixHandle m);

bool booster_set(const struct booster *b, const char *name, const char *value, struct err *e);
bool booster_set_number(const struct booster *b, const char *name, double v, struct err *e);

/* Predictions of the first `rounds` rounds, n numbers, borrowed until the next call. */
bool booster_predict(const struct booster *b, DMatrixHandle m, long rounds, const float **p,
		     struct err *e);

void booster_release(struct booster *b);

#endif
