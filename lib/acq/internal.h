/* What the files of lib/acq share: one search. */
#ifndef ACQ_INTERNAL_H
#define ACQ_INTERNAL_H

#include "acq/acq.h"
#include "rng/rng.h"

/*
 * While searching, a point is d coordinates u that all have a value, also those
 * whose condition does not hold: so a parent can be turned on and off and its
 * children stay what they were.  What the process sees is its settled form x
 * (walk.h): cells' middles, NAN where inactive.
 */
struct search {
	const struct acq_task *task;
	const struct space *space;
	size_t d;
	double *lo, *hi; /* d: the box; the whole range for categories */
	struct rng rng;
	double *x, *mean, *sd, *value; /* workspace of `room` points: see search_values */
	size_t room;
	double *wmean; /* gp_means */
	double left;   /* points that may still be predicted: see WORK */
};

/* Worth of m points u into s->value[0..m-1] (grows the workspace). */
bool search_values(struct search *s, const double *u, size_t m, struct err *e);

/* Fill m points u to choose from. */
void candidates_make(struct search *s, size_t m, double *u);

/* The value that an inactive coordinate j would most sensibly have: that of the best
 * trial in which it was active, or else a random one. */
double candidates_latent(struct search *s, size_t j);

/*
 * Improve u, whose worth is *value, in place, until no work is left.  u stays usable.
 * False: e is set.
 */
bool climb(struct search *s, double *u, double *value, struct err *e);

/* Is u, snapped, usable?  False with or without e set, as acq_usable_fn. */
bool search_usable(struct search *s, const double *u, struct err *e);

#endif
