/*
 * liblinear: logistic regression by the library of that name.
 *
 * Minimises |b|_1 or |b|_2^2 / 2, plus C sum_i loss(y_i, x_i b), the constant being one
 * more column of ones.  The library draws with rand() and prints through a hook of the
 * whole process: each training sets the one and silences the other, so that the same
 * seed gives the same model.  Not for several threads.
 *
 * Source: Fan et al., "LIBLINEAR: A Library for Large Linear Classification", JMLR 9,
 * 2008.
 */
#ifndef LIBLINEAR_H
#define LIBLINEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"
#include "tasks/sparse.h"

#define LIBLINEAR_CELLS_MAX ((size_t)200 * 1000 * 1000)

struct feature_node;

/* Rows as the library reads them. */
struct liblinear {
	size_t rows, cols;
	struct feature_node *cell;
	struct feature_node **row;
};

enum liblinear_kind {
	LIBLINEAR_LOGISTIC_L1,
	LIBLINEAR_LOGISTIC_L2,
};

struct liblinear_problem {
	enum liblinear_kind kind;
	double C, tolerance;
	uint64_t seed;
	const uint32_t *train; /* rows to learn from */
	size_t n;
	const double *y; /* by row: whether it is above 0 */
};

/* Of a matrix by columns. ERR_REFUSED beyond LIBLINEAR_CELLS_MAX, ERR_SYSTEM. */
bool liblinear_sparse(struct liblinear *l, const struct sparse *x, struct err *e);
void liblinear_release(struct liblinear *l);

/* eta (l->rows): x b of every row, the log odds.  There must be rows of both classes.
 * ERR_SYSTEM only. */
bool liblinear_train(const struct liblinear *l, const struct liblinear_problem *p, double *eta,
		     struct err *e);

#endif
