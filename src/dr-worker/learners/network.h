/*
 * network: a small neural network that stops early.
 *
 * NETWORK_INNER_SHARE of the training rows are not learned from but watched: training
 * ends after n_iter passes over the others, or when NETWORK_PATIENCE passes in a row
 * did not better the watched loss; the weights of the best pass are kept.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include "learners/learner.h"
#include "tasks/task.h"

#define NETWORK_INNER_SHARE 0.15
#define NETWORK_PATIENCE 5

extern const struct task network_classifier, network_regressor;

/* ERR_REFUSED: too few rows to watch some. */
learner_fn network_fit;

#endif
