/*
 * newton: linear models of many dense columns, by Newton's method.
 *
 * Minimises |b|^2 / 2 + C sum_i loss(y_i, z_i b), the constant being one more column of ones;
 * loss is ln(1 + exp(-+eta)) for classes, (y - eta)^2 for numbers: what LIBLINEAR's L2R_LR and
 * L2R_L2LOSS_SVR do, on rows of floats without a place for each zero.
 *
 * Method: Hessian by blocks of rows through BLAS, its Cholesky factor, and a step that is
 * halved until the loss falls (Nocedal & Wright, "Numerical Optimization", 2006, sections 3.1
 * and 3.4).  Gradients are summed in double precision, so the floats of the Hessian cost
 * steps, not accuracy.
 *
 * Cost: about ten times n d^2 + d^3 / 3.  Memory: d^2 numbers besides z.
 */
#ifndef NEWTON_H
#define NEWTON_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"

struct newton_problem {
	const float *z; /* rows x cols, row after row */
	size_t rows, cols;
	size_t n;        /* the first n rows are learned from */
	const double *y; /* n; of classes, whether it is above 0 */
	bool squares;
	double C;
	double tolerance; /* of the gradient's length, relative to that at b = 0 */
};

/* eta (rows): z b of every row.  ERR_SYSTEM only. */
bool newton_fit(const struct newton_problem *p, double *eta, struct err *e);

#endif
