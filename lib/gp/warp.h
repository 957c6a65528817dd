/*
 * warp: scores made fit for a Gaussian process.
 *
 * Half-rank warping (Song et al., "The Vizier Gaussian process bandit algorithm",
 * 2024, section 4.1): what lies above the median says only that it is bad, so its
 * distance is replaced by that of its rank: the i-th worst of m distinct values
 * becomes median - s quantile((i - 1/2) / 2m), with s the root mean square distance
 * from the median of the distinct values below it.  The good half keeps its shape.
 * Then everything is standardised.
 *
 * Less is better.  A score that is not finite is a failure and enters as the worst
 * score seen.  Any finite scores do, also +-1e308 beside each other; the result
 * does not depend on their unit.
 */
#ifndef WARP_H
#define WARP_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"

struct warp {
	size_t m;     /* distinct finite scores, at least 1 */
	double *raw;  /* m, ascending */
	double *bent; /* m, ascending: what raw becomes */
};

/*
 * Warp n > 0 scores y into out.  Where none is finite all become 0, and the score
 * 0 stands for them.  O(n log n).  False: out of memory.
 */
bool warp_init(struct warp *w, const double *y, size_t n, double *out, struct err *e);

/* The same with `keep`, where that is above the median, in its place: for whom scores up to
 * it matter. */
bool warp_init_keep(struct warp *w, const double *y, size_t n, double keep, double *out,
		    struct err *e);
void warp_release(struct warp *w);

/* The warped value of any score, as warp_back inverts it. */
double warp_there(const struct warp *w, double score);

/* The score that a warped value stands for: linear between the scores seen, and
 * beyond them as between the last two. */
double warp_back(const struct warp *w, double bent);

/* Scores per warped unit around a warped value of that uncertainty. Not negative. */
double warp_slope(const struct warp *w, double bent, double sd);

#endif
