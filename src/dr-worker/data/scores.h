/*
 * scores: the metrics (metrics.h) of a probability or of a number, one function each.
 */
#ifndef SCORES_H
#define SCORES_H

#include <stddef.h>

struct scored_row {
	double p, y;
};

struct scored {
	const struct scored_row *row; /* in falling order of p */
	struct scored_row *spare;     /* n more, to work with */
	size_t n;
	double mean, positives, negatives; /* of y; the last two for binary targets */
};

/* Falling order of p; rising y among equals, so that the order is always the same. */
void scores_sort(struct scored_row *row, size_t n);

/* NAN where the metric is not defined for these rows; there is at least one. */
typedef double score_fn(const struct scored *s);

/* scores_order.c */
score_fn score_auc, score_gini, score_gini_norm, score_kolmogorov_smirnov, score_max_mcc,
	score_pr_area, score_rate_at_10, score_rate_at_5, score_rate_at_tenth;

/* scores_error.c */
score_fn score_log_loss, score_fve_binomial, score_accuracy, score_balanced_accuracy,
	score_rmse, score_r_squared, score_mae, score_mape, score_rmsle, score_poisson_deviance,
	score_gamma_deviance, score_tweedie_deviance, score_fve_poisson, score_fve_gamma,
	score_fve_tweedie;

#endif
