/*
 * logistic: logistic regression with an L1 or L2 penalty of a given strength, by
 * liblinear, on the sparse columns (categories) and the dense ones (standardised
 * numbers) together.
 */
#ifndef LOGISTIC_H
#define LOGISTIC_H

#include "learners/learner.h"
#include "tasks/task.h"

extern const struct task logistic_task;

learner_fn logistic_fit;

#endif
