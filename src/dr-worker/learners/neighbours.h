/*
 * neighbours: the nearest of many rows, by going through them all.
 *
 * Euclidean distances of a block of rows at once by sgemm, as |a|^2 + |b|^2 - 2 a b,
 * those of the chosen ones anew and exactly; others directly.  Cost: rows x queries x
 * columns.
 */
#ifndef NEIGHBOURS_H
#define NEIGHBOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"

#define NEIGHBOURS_BLOCK 128 /* queries at once */
#define NEIGHBOURS_POWER 3   /* of the Minkowski distance */

enum neighbours_metric {
	NEIGHBOURS_EUCLIDEAN,
	NEIGHBOURS_MANHATTAN,
	NEIGHBOURS_CHEBYSHEV,
	NEIGHBOURS_MINKOWSKI,
};

struct neighbour {
	float distance;
	uint32_t row;
};

struct neighbours {
	enum neighbours_metric metric;
	const float *x; /* n x cols, row after row; borrowed */
	size_t n, cols, k;
	float *length;           /* |x|^2 of each row */
	float *distance;         /* block x n */
	struct neighbour *found; /* block x k */
};

/* Prepare to find the k <= n nearest.  ERR_SYSTEM only. */
bool neighbours_init(struct neighbours *s, struct err *e);
void neighbours_release(struct neighbours *s);

/* Find those of up to NEIGHBOURS_BLOCK queries (m x cols); s->found has k for each, the
 * nearest first, of equal ones that of the smaller number. */
void neighbours_find(struct neighbours *s, const float *query, size_t m);

#endif
