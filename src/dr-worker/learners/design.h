/*
 * design: the columns that a learner is given, sparse and dense ones as one matrix.
 */
#ifndef DESIGN_H
#define DESIGN_H

#include "learners/learner.h"

#define DESIGN_CELLS_MAX ((size_t)200 * 1000 * 1000)

/* ERR_REFUSED where there is none. */
bool design_check(const struct learner_input *in, struct err *e);

/* All rows, by columns: first the sparse ones, then the dense ones. */
bool design_sparse(const struct learner_input *in, struct sparse *to, struct err *e);

/* The given rows, row after row, the columns in the same order; the caller's.
 * NULL: ERR_REFUSED beyond DESIGN_CELLS_MAX, ERR_SYSTEM. */
float *design_dense(const struct learner_input *in, const uint32_t *row, size_t n,
		    struct err *e);

#endif
