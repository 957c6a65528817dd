/*
 * impute: numbers, with something definite where they are missing.
 *
 * A missing number becomes `arbimp` (for trees, which can single it out), or the median of
 * the training rows (for learners that add numbers up).  A column with at least `min_count_na`
 * missing training rows also gives an indicator: 1 where it was missing, else 0.
 */
#ifndef IMPUTE_H
#define IMPUTE_H

#include "data/frame.h"
#include "tasks/matrix.h"
#include "tasks/task.h"

extern const struct task impute_task, impute_median_task;

/* Add the column, and its indicator where there is one, to the matrix.  By the median
 * where params are those of impute_median_task. */
bool impute_encode(const struct column *c, const uint32_t *train, size_t n,
		   const struct params *params, struct matrix *to, struct err *e);

#endif
