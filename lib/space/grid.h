/*
 * grid: every setting of a space, one after the other.
 *
 * Each dimension takes its levels: listed values all of them, whole numbers and
 * stepped ranges all of them or `levels` of them, real ranges `levels` of them.
 * Levels are spaced evenly from the minimum to the maximum, on a log scale after
 * the logarithm; one level is the middle; whole numbers are rounded, and equal
 * ones taken once.
 *
 * Order: the last dimension changes fastest, each in ascending order (categories
 * as written).  A parameter whose condition does not hold is left out, and every
 * setting comes once.
 *
 * Memory: O(sum of the levels of real ranges), not the number of settings.
 */
#ifndef SPACE_GRID_H
#define SPACE_GRID_H

#include "space/space.h"

#define GRID_LEVELS 5 /* of a real range that does not say */

struct grid;

/*
 * levels: how many levels a real range takes that does not say.  s is borrowed
 * for the life of the grid.  ERR_INPUT: a range of more whole numbers than can
 * be counted, and no levels for it.
 */
struct grid *grid_new(const struct space *s, double levels, struct err *e);
void grid_free(struct grid *g);

/* Number of settings, without visiting them. Exact below 2^53. */
double grid_count(const struct grid *g);

/*
 * The next setting: an object, borrowed until the next call.  NULL after the
 * last, or with e set (out of memory).  O(dimensions).
 */
const cJSON *grid_next(struct grid *g, struct err *e);

#endif
