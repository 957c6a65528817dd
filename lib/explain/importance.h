/*
 * importance: which parameters decide whether a trial is among the best.
 *
 * PED-ANOVA (Watanabe, Bansal & Hutter, "PED-ANOVA: efficiently quantifying
 * hyperparameter importance in arbitrary subspaces", IJCAI 2023): let g be the share of
 * the trials that count as good.  The variance that parameter j alone explains of the
 * indicator of being good is
 *
 *   v_j = g^2 D(p_j(. | good) || p_j(. | all)),   D(p || q) = sum (p/q - 1)^2 q
 *
 * (Pearson's divergence; eq. 16 there).  The densities are those of the trials, not of
 * the space: settings that were tried more often do not count for more.
 *
 * A number's density is a sum of Gaussian kernels cut off at the ends of its range, of
 * Scott's width, over the cells of its values (50 equal ones where there are more); a
 * category's is its counts.  To both a uniform one of the weight of a single trial is
 * added, so that a few trials prove nothing.
 *
 * The paper knows no conditions.  Here a parameter that is there in a share w of the
 * trials, of which g_j are good, is judged among those: v_j = w g_j^2 D.  By the law
 * of total variance that is the part that its value explains; that it is there at all is
 * its parent's.  Where every trial has it, that is the formula above.
 */
#ifndef IMPORTANCE_H
#define IMPORTANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"
#include "space/space.h"

/*
 * Shares of importance of the dimensions of the space, adding up to 1, into share; all 0
 * where nothing distinguishes good trials from others: equal scores, or too few.
 * x: n settings as rows, encoded; score: less is better, NAN for a failed trial, which is
 * not good.  Good are the best tenth, of less than a hundred trials ten, but at most a
 * quarter, and what equals the worst of these; *quantile is their share.
 * O(n log n + d n cells).  False: out of memory.
 */
bool importance_shares(const struct space *s, const double *x, const double *score, size_t n,
		       double *share, double *quantile, struct err *e);

#endif
