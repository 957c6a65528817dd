/*
 * knn: predicts what the nearest training rows were.
 *
 * A share of positives among k neighbours counts as if one more, average row had been
 * found, so that it is never 0 or 1.  k `auto` is the best of some, on KNN_INNER_SHARE of
 * the training rows predicted from the others.
 */
#ifndef KNN_H
#define KNN_H

#include "learners/learner.h"
#include "tasks/task.h"

#define KNN_INNER_SHARE 0.15

extern const struct task knn_classifier, knn_regressor;

/* ERR_REFUSED: too few rows to choose k by some. */
learner_fn knn_fit;

#endif
