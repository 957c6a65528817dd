/*
 * enet_auto: an elastic net whose lambda is chosen by cross validation.
 *
 * Walks down a sequence of lambdas with one model for each of ENET_FOLDS inner folds,
 * until the loss of the rows that each has not seen gets worse, then with a model of
 * all rows to the best of them.
 *
 * Memory: besides the models, a copy of the cells of the rows that are trained on.
 */
#ifndef ENET_AUTO_H
#define ENET_AUTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"
#include "tasks/sparse.h"

#define ENET_FOLDS 5

struct enet_auto {
	/* Of the caller; borrowed. */
	const struct sparse *x;
	const uint32_t *at;   /* n: the row of x that each training row is */
	const double *y;      /* n */
	const uint8_t *level; /* n, or NULL: what the folds are stratified by */
	size_t n;
	bool binomial, no_intercept;
	double alpha;
	double lambda;       /* 0: choose it */
	bool want_loss;      /* compute loss also where lambda is given */
	double tolerance;    /* as in enet.h */
	long newton_max;     /* as in enet.h */
	uint64_t seed;       /* of the folds */
	double *out_of_fold; /* n, or NULL: the linear predictor of each training row by the
				model that has not seen it */

	/* Results. */
	double *eta; /* of the caller, x.rows: by the model of all training rows */
	double loss; /* of rows not seen; where lambda is chosen or loss wanted */
};

/* ERR_SYSTEM only. */
bool enet_auto_fit(struct enet_auto *a, struct err *e);

#endif
