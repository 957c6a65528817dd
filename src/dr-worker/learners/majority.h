/*
 * majority: predicts the same for every row: the share of the positive class among the
 * training rows, or their mean.  Every other model is to be compared with it.
 */
#ifndef MAJORITY_H
#define MAJORITY_H

#include "learners/learner.h"
#include "tasks/task.h"

extern const struct task majority_task, mean_task;

learner_fn majority_fit;

#endif
