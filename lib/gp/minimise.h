/*
 * minimise: the lowest point of a smooth function in a box.
 *
 * Used for the parameters of a Gaussian process and for the continuous coordinates
 * of its acquisition.
 */
#ifndef MINIMISE_H
#define MINIMISE_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"

/* Value at x, gradient into g. Where there is none, HUGE_VAL. */
typedef double minimise_fn(void *ctx, const double *x, double *g);

/*
 * Go down from x (n, moved into the box first) within lo and hi until a step gains
 * less than ftol |f| + 1e-12 or fn was called `calls` times.  x becomes the lowest
 * point met, *value its value.  Deterministic.  False: out of memory.
 */
bool minimise(size_t n, double *x, const double *lo, const double *hi, minimise_fn *fn,
	      void *ctx, int calls, double ftol, double *value, struct err *e);

#endif
