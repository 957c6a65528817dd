/*
 * early_stop: when has a falling loss reached its end?
 *
 * The loss is noted every `interval` rounds.  The mean over the last `smooth_interval`
 * rounds (at least one note) no longer falls as soon as the newest loss is not below
 * the one that leaves the mean.  Small windows give in to noise, large ones cost rounds.
 */
#ifndef EARLY_STOP_H
#define EARLY_STOP_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"

struct early_stop {
	size_t interval, window; /* rounds between notes; notes in a mean */
	long best_round;         /* of the smallest loss so far, from 1; 0 before any */
	double best_loss;
	double *recent; /* the last window losses, a ring */
	size_t n;       /* losses noted */
};

bool early_stop_init(struct early_stop *s, size_t interval, size_t smooth_interval,
		     struct err *e);
void early_stop_release(struct early_stop *s);

/* Is the loss to be noted after this round (from 1)? */
bool early_stop_due(const struct early_stop *s, long round);

/* Note it. True: stop. A loss that is not a number stops too, and is never the best. */
bool early_stop_note(struct early_stop *s, long round, double loss);

#endif
