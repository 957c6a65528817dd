/*
 * enet: linear models with an elastic-net penalty, on sparse columns.
 *
 * Minimises over b0 and b
 *
 *	1/W sum_i w_i loss(y_i, b0 + x_i b) + lambda (alpha |b|_1 + (1 - alpha)/2 |b|_2^2),
 *
 * W = sum w_i, where loss is half the squared error, or for a binomial target
 * ln(1 + exp(eta)) - y eta with y in [0, 1].  A row of weight w stands for w equal rows
 * of which a share y is positive.  Columns are not standardised.
 *
 * Method: Friedman, Hastie & Tibshirani, "Regularization Paths for Generalized Linear
 * Models via Coordinate Descent", Journal of Statistical Software 33, 2010: coordinate
 * descent on the quadratic approximation at the current eta; columns are left out by
 * the strong rule (Tibshirani et al., JRSS B 74, 2012) and let in again where they
 * violate the conditions of optimality.
 *
 * Cost: passes over the non-zero cells of the columns that are let in.
 */
#ifndef ENET_H
#define ENET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"
#include "tasks/sparse.h"

struct enet {
	/* Of the caller, before enet_init; borrowed. */
	const struct sparse *x;
	const double *w, *y;  /* x.rows */
	const double *offset; /* x.rows, added to eta in the loss (binomial), or NULL */
	bool binomial, no_intercept;
	double alpha;     /* 0 < alpha <= 1 */
	double tolerance; /* of the loss, relative to that of a constant: 1e-6, say */
	long newton_max;  /* most quadratic approximations at one lambda: 30, say */

	/* Results, after enet_solve. */
	double intercept;
	double *beta; /* x.cols */
	double *eta;  /* x.rows, also of rows without weight */

	/* Private. */
	double lambda, total, null_loss;
	double *residual; /* w (y - mean), as the quadratic approximation has it, but for */
	double shift;     /* steps of the intercept since; and sums of all rows */
	double *curvature, residuals, curvatures;
	double *gradient;        /* of each column that is not let in, its size */
	double *hessian, *mixed; /* of each column, valid while its stamp is current */
	uint32_t *stamp, round;
	uint32_t *candidate;
	bool *is_candidate;
	size_t candidates, passes;
};

/* Start at the constant model.  ERR_SYSTEM only. */
bool enet_init(struct enet *m, struct err *e);
void enet_release(struct enet *m);

/* The smallest lambda at which all coefficients are zero, or with little alpha are small;
 * call it before enet_solve, if at all. */
double enet_lambda_max(struct enet *m);

/* To be called when the numbers of the offset have changed, before enet_solve. */
void enet_offset_moved(struct enet *m);

/* Move to this lambda from the one solved last: going downwards, step by step, is
 * faster than going straight to it. */
void enet_solve(struct enet *m, double lambda);

#endif
