/*
 * one_hot: a column of its own for each level of a category.
 *
 * Levels that occur in at least `min_support` training rows get one, at most
 * `max_features` of a column, the most frequent; so do missing values, which count as a
 * level.  Rows of any other level have no 1 at all.
 */
#ifndef ONE_HOT_H
#define ONE_HOT_H

#include "data/frame.h"
#include "tasks/sparse.h"
#include "tasks/task.h"

extern const struct task one_hot_task;

bool one_hot_encode(const struct column *c, const uint32_t *train, size_t n,
		    const struct params *params, struct sparse *to, struct err *e);

#endif
