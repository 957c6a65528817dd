/*
 * pca: many columns become the few directions in which the rows differ most.
 *
 * The columns of the block, dense and sparse together, are centred by the training rows
 * and turned into their principal components, the largest first; the scale stays.  k of
 * them are kept: with `auto` the fewest that hold PCA_AUTO_SHARE of the variance, at
 * most PCA_AUTO_MOST, or for distances between rows, where each that is left out costs
 * accuracy, PCA_NEAR_SHARE and PCA_NEAR_MOST; never more than there are columns, and none
 * without variance.
 *
 * Method: eigenvectors of the covariance, summed up over the non-zero cells of each row;
 * beyond PCA_EXACT_COLUMNS columns by subspace iteration (Halko, Martinsson & Tropp,
 * "Finding structure with randomness", SIAM Review 53, 2011, algorithms 4.4 and 5.3), which
 * gives at most PCA_WIDE_MOST.
 *
 * Cost: non-zero cells of the training rows times non-zero cells of a row, and p^3 for
 * p columns; or, of many columns, non-zero cells times k.
 */
#ifndef PCA_H
#define PCA_H

#include "tasks/block.h"
#include "tasks/task.h"

#define PCA_AUTO_SHARE 0.9
#define PCA_AUTO_MOST 20
#define PCA_NEAR_SHARE 0.99
#define PCA_NEAR_MOST 200
#define PCA_EXACT_COLUMNS 1000
#define PCA_WIDE_MOST 500

extern const struct task pca_task, pca_near_task; /* of few, of many */

/* Add a dense column to `out` for each component kept.  ERR_REFUSED: more than PCA_WIDE_MOST
 * are asked for where the columns are many. */
bool pca_encode(const struct block *in, const uint32_t *train, size_t n,
		const struct params *params, uint64_t seed, struct matrix *out, struct err *e);

#endif
