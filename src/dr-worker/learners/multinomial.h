/*
 * multinomial: a linear model of several classes at once, with an elastic-net penalty.
 *
 * P(k | x) = exp(eta_k) / sum_j exp(eta_j), eta_k = b0_k + x b_k.  Minimises the mean of
 * -ln P(y_i | x_i) + lambda sum_k (alpha |b_k|_1 + (1 - alpha)/2 |b_k|_2^2).
 *
 * Method: class after class, the others being held, until nothing gains (Friedman, Hastie &
 * Tibshirani, Journal of Statistical Software 33, 2010, section 4).  For one class that is
 * a logistic regression with an offset of its rows, -ln sum_{j != k} exp(eta_j), which
 * enet.h solves.  lambda is chosen on MULTINOMIAL_INNER_SHARE of the training rows, on a
 * path downwards that ends when their loss gets worse.
 *
 * Cost: some cycles of all classes at each lambda; memory: classes x (rows + columns).
 */
#ifndef MULTINOMIAL_H
#define MULTINOMIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"
#include "tasks/sparse.h"

#define MULTINOMIAL_INNER_SHARE 0.2

struct multinomial {
	/* Of the caller; borrowed. */
	const struct sparse *x;
	const uint32_t *train; /* n: rows of x */
	size_t n, classes;
	const double *y;      /* x.rows: the class, from 0 */
	const uint8_t *level; /* the same, or NULL: what the inner split is stratified by */
	double alpha;         /* 0 to 1 */
	double lambda;        /* 0: choose it */
	bool want_loss;       /* compute loss also where lambda is given */
	bool no_intercept;
	double tolerance; /* of the loss, relative to that of a constant */
	long newton_max;  /* as in enet.h */
	uint64_t seed;    /* of the inner split */

	/* Results. */
	double *eta; /* of the caller, classes x x.rows, class after class */
	double loss; /* mean, of rows not seen; where lambda is chosen or loss wanted */
};

/* ERR_REFUSED: too few rows to set some aside; ERR_SYSTEM. */
bool multinomial_fit(struct multinomial *m, struct err *e);

/* The probabilities of the classes for one row, from m->eta or the like. */
void multinomial_probabilities(const double *eta, size_t rows, size_t classes, size_t row,
			       double *p);

#endif
