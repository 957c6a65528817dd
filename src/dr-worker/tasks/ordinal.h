/*
 * ordinal: categories become whole numbers.
 *
 * The levels of a column that occur in at least `min_support` training rows (at most
 * `card_max` of them, the most frequent) are numbered from 0 in the order of `method`.
 * All other levels, seen or not, are ORDINAL_RARE, missing values ORDINAL_MISSING.  Where
 * fewer than ORDINAL_RARE_ROWS training rows have such levels, nothing can be learned of that
 * number (with min_support 1 it has no rows at all): they are then taken for the rarest level
 * that is numbered.  Method resp puts the mean of the target there instead (response.h).
 */
#ifndef ORDINAL_H
#define ORDINAL_H

#include "data/frame.h"
#include "tasks/matrix.h"
#include "tasks/task.h"

#define ORDINAL_RARE (-1)
#define ORDINAL_MISSING (-2)
#define ORDINAL_RARE_ROWS 10

extern const struct task ordinal_task;

/* Fit on the training rows and write all rows into out. y is used by method resp only.
 * ERR_SYSTEM only. */
bool ordinal_encode(const struct column *c, const double *y, const uint32_t *train, size_t n,
		    const struct params *params, uint64_t seed, float *out, size_t rows,
		    struct err *e);

#endif
