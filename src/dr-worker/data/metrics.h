/*
 * metrics: how good predictions are, by the names and definitions DataRobot uses.
 *
 * Binary targets: y is 0 or 1, p the probability of 1.  Regression: both are in
 * the target's units.  Rows that tie in p count as one step of a curve.  More classes: y is
 * the number of the class, p has a probability for each, row after row.
 *
 *   LogLoss             -mean(y ln p + (1-y) ln(1-p)), p kept 1e-15 away from 0 and 1
 *   AUC                 probability that a positive is ranked above a negative
 *   Gini                the area between the curve of cumulated y, as shares of its sum,
 *                       in the order of p and the diagonal
 *   Gini Norm           that over the same in the order of y; for classes 2 AUC - 1
 *   Kolmogorov-Smirnov  largest difference of true and false positive rate
 *   Max MCC             largest Matthews correlation over all thresholds
 *   Area Under PR Curve mean precision over the positives
 *   Rate@Top10%, Top5%, TopTenth%
 *                       share of positives among the 10, 5, 0.1 % highest p (at least
 *                       one row)
 *   FVE Binomial        1 - LogLoss / LogLoss of the constant mean(y)
 *   Accuracy, Balanced Accuracy
 *                       at the threshold 0.5
 *   RMSE, MAE, MAPE (per cent), RMSLE, R Squared
 *                       as usual; a negative prediction counts as 0 in RMSLE
 *   Poisson Deviance    mean of 2 (y ln(y/p) - y + p)
 *   Gamma Deviance      mean of 2 (y/p - 1 - ln(y/p))
 *   Tweedie Deviance    mean of 4 (y/sqrt(p) - 2 sqrt(y) + sqrt(p)): power 1.5
 *                       (Jorgensen, "Exponential dispersion models", 1987); a prediction
 *                       below 1e-15 counts as that
 *   FVE Poisson, FVE Gamma, FVE Tweedie
 *                       1 - deviance / deviance of the constant mean(y)
 *
 * Of more classes, LogLoss is the mean of -ln p of the true one; AUC the mean over the
 * classes of AUC of one against the rest, where there are both; FVE Multinomial
 * 1 - LogLoss / LogLoss of the shares of the classes; Accuracy the share of
 * rows whose class has the largest p, Balanced Accuracy its mean over the classes.
 */
#ifndef METRICS_H
#define METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"

#define METRICS_MAX 24

enum metrics_kind { METRICS_BINARY, METRICS_REGRESSION, METRICS_MULTICLASS };

/* "Binary", "Regression" or "Multiclass". */
const char *metrics_kind_name(enum metrics_kind kind);

struct metric {
	const char *name;
	bool ascending; /* smaller is better */
	bool binary, regression, multiclass;
};

/* The metrics of a kind of target, in the order they are listed; the first is the
 * default one. Returns how many; list has room for METRICS_MAX. */
size_t metrics_list(enum metrics_kind kind, const struct metric **list);

/* The metric of that name among those of the kind of target, or NULL. */
const struct metric *metrics_find(enum metrics_kind kind, const char *name);

/* Whether the metric has a value for targets among which there are negative numbers, or a
 * zero. Classes are neither. */
bool metrics_defined(const struct metric *m, bool negative, bool zero);

/* Scores in the order of metrics_list. NAN where a metric is not defined for these
 * rows (AUC of one class, MAPE of a y that is 0, a deviance of a negative y). classes is
 * only read for METRICS_MULTICLASS. O(n log n) times the classes. ERR_SYSTEM only. */
bool metrics_score(enum metrics_kind kind, size_t classes, const double *y, const double *p,
		   size_t n, double score[METRICS_MAX], struct err *e);

#endif
