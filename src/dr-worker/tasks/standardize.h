/*
 * standardize: numbers on a common scale, for learners that add them up.
 *
 * The median and 1.4826 times the median absolute deviation of the training rows, or
 * their mean and standard deviation where more than half of the rows are equal, become
 * 0 and 1; what is farther than 5 from 0 is moved there.
 */
#ifndef STANDARDIZE_H
#define STANDARDIZE_H

#include <stdint.h>

#include "tasks/matrix.h"
#include "tasks/task.h"

#define STANDARDIZE_LIMIT 5

extern const struct task standardize_task;

/* Rewrite all columns of the matrix; one that is constant becomes 0. ERR_SYSTEM only. */
bool standardize(struct matrix *m, const uint32_t *train, size_t n, struct err *e);

/* The median of n > 0 numbers, which are put into another order. */
double standardize_median(double *v, size_t n);

#endif
