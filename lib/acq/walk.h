/* walk: every setting of a finite space, in order (inside acq). */
#ifndef WALK_H
#define WALK_H

#include <stdbool.h>

#include "space/space.h"

/* The first setting into x. */
void walk_first(const struct space *s, double *x);

/* From setting x (snapped) to the next; false after the last. The last dimension
 * changes fastest. */
bool walk_next(const struct space *s, double *x);

/* Put into a setting's dimensions, from the first on, what must stand there: the
 * middle of the cell where discrete, NAN where the condition does not hold. */
void walk_settle(const struct space *s, double *x);

#endif
