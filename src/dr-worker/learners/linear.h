/*
 * linear: logistic or linear regression with an elastic-net penalty.
 *
 * On the sparse columns (categories, words) and the dense ones (standardised numbers)
 * together.  lambda and alpha are chosen by an inner cross validation where they are
 * `auto`.  A number as target is standardised first, so that lambda means the same
 * whatever its unit.
 */
#ifndef LINEAR_H
#define LINEAR_H

#include "learners/learner.h"
#include "tasks/task.h"

/* With alpha 0.5 by default, and with 0: ridge regression. */
extern const struct task elastic_net_classifier, elastic_net_regressor;
extern const struct task ridge_classifier, ridge_regressor;

learner_fn linear_fit;

/* As a step before another learner: the log odds, or the number, that the model gives all
 * rows (out, in->x->rows); training rows those of inner models that have not seen them. */
bool linear_margin(const struct learner_input *in, float *out, struct err *e);

#endif
