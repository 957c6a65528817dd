/* box: how far around the best setting to look (inside tuner). */
#ifndef TUNER_BOX_H
#define TUNER_BOX_H

#include <stddef.h>

#include "tuner/trials.h"

/*
 * The side of the box after n final trials in order, of which the first `start` do
 * not count: TuRBO's rule, replayed.
 */
double box_side(const struct known *const *order, size_t n, size_t start, size_t d);

#endif
