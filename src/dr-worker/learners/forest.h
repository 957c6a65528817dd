/*
 * forest: a random forest, by libxgboost.
 *
 * One round of `n_estimators` trees side by side, each grown on its own draw of the rows
 * (bootstrap_share, without replacement) and, at each split, of the columns
 * (max_features).  A tree's leaf is the mean of its rows, the forest the mean of its
 * trees.  Classes are learned as the numbers 0 and 1 by their squared error, since a
 * single round of logistic boosting from 0.5 would be a Newton step, no probability; the
 * share of trees that say 1 is kept within FOREST_LOW and 1 - FOREST_LOW, as a forest
 * that saw no counterexample is not certain.
 *
 * Method: Breiman, "Random Forests", Machine Learning 45, 2001; Malley et al.,
 * "Probability Machines", Methods of Information in Medicine 51, 2012.
 */
#ifndef FOREST_H
#define FOREST_H

#include "learners/learner.h"
#include "tasks/task.h"

#define FOREST_LOW 0.005

extern const struct task forest_classifier, forest_regressor;

/* ERR_SYSTEM: no library. */
learner_fn forest_fit;

#endif
