/*
 * response: a category becomes the mean of the target in the rows that have it.
 *
 * A mean of few rows is not believed: PRIOR rows with the mean of all training rows are
 * added to each.  A training row gets the mean over the rows of the other of FOLDS folds, so
 * that its own target is not in it: the learner behind would take a level of one row for a
 * certainty.  Any other row gets the mean over all training rows.
 *
 * Source: Micci-Barreca, "A preprocessing scheme for high-cardinality categorical
 * attributes in classification and prediction problems", SIGKDD Explorations 3, 2001.
 */
#ifndef RESPONSE_H
#define RESPONSE_H

#include <stddef.h>
#include <stdint.h>

#include "err/err.h"

#define RESPONSE_PRIOR 10
#define RESPONSE_FOLDS 5

/* group (rows) is the level of each row, below `groups`.  Writes all rows into out.
 * ERR_SYSTEM only. */
bool response_encode(const uint32_t *group, size_t groups, size_t rows, const double *y,
		     const uint32_t *train, size_t n, uint64_t seed, float *out, struct err *e);

#endif
