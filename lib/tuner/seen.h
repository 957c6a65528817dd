/* seen: a set of settings, snapped, to ask whether one was tried (inside tuner). */
#ifndef TUNER_SEEN_H
#define TUNER_SEEN_H

#include <stdbool.h>
#include <stddef.h>

struct seen {
	size_t d, n, cap; /* cap: a power of two, or 0 */
	const double **at;
};

/* Start with {.d = coordinates of a setting}. */
void seen_release(struct seen *s);

/* x stays the caller's, and must stay what it is.  False: out of memory. */
bool seen_add(struct seen *s, const double *x);

/* Compared byte by byte.  O(d). */
bool seen_hold(const struct seen *s, const double *x);

#endif
