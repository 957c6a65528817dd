/*
 * differences: x_i - x_j and x_i / x_j, where these say more than x_i and x_j do.
 *
 * Every pair of numeric columns is tried on at most DIFFERENCES_SAMPLE training rows: the
 * column is cut into bins at its quantiles, and the mean target of each bin, taken
 * from one half of the rows, predicts the other half.  A pair's gain is the share of the
 * constant's loss (LogLoss, squared error) that it takes away, beyond what the better
 * of its two columns takes.  Greedily the pair of largest gain is kept, at most
 * DIFFERENCES_MOST, each column in at most DIFFERENCES_USES of them.
 *
 * Of more than DIFFERENCES_COLUMNS columns those that say most by themselves are tried.
 * Columns of two values are passed over.  Where one of the two numbers is missing, or the
 * divisor is 0, the result is missing.
 *
 * Cost: pairs times sample times ln(sample).
 */
#ifndef DIFFERENCES_H
#define DIFFERENCES_H

#include "tasks/matrix.h"
#include "tasks/task.h"

#define DIFFERENCES_SAMPLE 2000
#define DIFFERENCES_COLUMNS 24
#define DIFFERENCES_MOST 10
#define DIFFERENCES_USES 3

extern const struct task differences_task;

/* Add the columns found among those of `in` to `out`.  A cell equal to `missing` is missing,
 * and is written where a result is.  ERR_SYSTEM only. */
bool differences_encode(const struct matrix *in, const double *y, bool regression,
			const uint32_t *train, size_t n, double missing, struct matrix *out,
			struct err *e);

#endif
