/*
 * xgboost: gradient boosted trees that stop early, by libxgboost.
 *
 * A part of the training rows (XGBOOST_INNER_SHARE, stratified by class) is not boosted
 * on but watched: every `interval` rounds its loss is taken, and boosting ends when the
 * mean of these losses over the last `smooth_interval` rounds no longer falls, or after
 * `n_estimators` rounds.  The model is the ensemble at the round of the smallest loss.
 *
 * Method: Chen & Guestrin, "XGBoost: A Scalable Tree Boosting System", KDD 2016.
 */
#ifndef XGBOOST_H
#define XGBOOST_H

#include "learners/learner.h"
#include "tasks/task.h"

#define XGBOOST_INNER_SHARE 0.15
#define XGBOOST_CLASSIFIER "eXtreme Gradient Boosted Trees Classifier with Early Stopping"
#define XGBOOST_REGRESSOR "eXtreme Gradient Boosted Trees Regressor with Early Stopping"

#define XGBOOST_UNSUPERVISED " and Unsupervised Learning Features"

extern const struct task xgboost_classifier, xgboost_regressor;
/* One booster of all classes (softmax), where there are more than two. */
extern const struct task xgboost_multiclass;
/* The same, starting from what a linear model predicts, instead of one number. */
extern const struct task xgboost_on_linear_classifier, xgboost_on_linear_regressor;
/* The same under the names that they have behind clusters. */
extern const struct task xgboost_unsupervised_classifier, xgboost_unsupervised_regressor;

/* ERR_REFUSED: too few rows to watch some; ERR_SYSTEM: no library. */
learner_fn xgboost_fit;

#endif
