/*
 * parzen: which combination of listed values to try next, by the tree-structured Parzen
 * estimator (Bergstra, Bardenet, Bengio & Kegl, "Algorithms for Hyper-Parameter Optimization",
 * NIPS 2011, section 4).
 *
 * The points tried so far are parted into the best PARZEN_GOOD of them and the rest.  Of each
 * parameter by itself l is the density of its values among the former, g among the
 * latter.  Points are drawn from l, and the one with the largest l / g, which has the largest
 * expected improvement (their equation 6), is next.
 *
 * Values are numbered 0 .. n - 1.  Where they have an order, a density is a mixture of normal
 * distributions over these numbers, one at each point and a wide one over all, as wide
 * as the next point is far; where they have none, it is how often each occurs.  Either
 * counts every value once over all values in advance, so that none is out of reach.
 */
#ifndef PARZEN_H
#define PARZEN_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"
#include "rng/rng.h"

#define PARZEN_GOOD 0.15
#define PARZEN_DRAWS 24 /* points drawn from l to choose among */
#define PARZEN_START 10 /* points at random before there is anything to estimate from */

struct parzen_axis {
	size_t n; /* values */
	bool ordered;
};

struct parzen {
	const struct parzen_axis *axis;
	size_t n_axes;
	const size_t *point; /* n_points x n_axes: the number of each value */
	const double *loss;  /* of the first n_told, smaller is better; not finite: worst */
	size_t n_told, n_points;
};

/* The next point, at random, by chance of `r`: none that is there yet.  There must be one
 * left. */
void parzen_random(const struct parzen *p, struct rng *r, size_t *next);

/* The same by the estimator, from the points whose loss has been told. ERR_SYSTEM only. */
bool parzen_next(const struct parzen *p, struct rng *r, size_t *next, struct err *e);

#endif
