/*
 * kmeans: how far a row is from each of a few typical rows, and which is the nearest.
 *
 * The training rows are put into clusters; every row gets its distance to the centre
 * of each, and the number of the nearest (clusters are numbered by falling size).
 *
 * n_clusters: a number, or chosen on at most KMEANS_SAMPLE training rows among 2 to
 * KMEANS_MOST: `auto` by the largest ratio of the variance between to that within
 * clusters (Calinski & Harabasz, "A dendrite method for cluster analysis", 1974), `pham`
 * by the smallest distortion compared to that of evenly spread rows (Pham, Dimov & Nguyen,
 * "Selection of K in K-means clustering", 2005).
 *
 * Method: Lloyd's iterations from the best of KMEANS_STARTS starts of Arthur &
 * Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
 * Cost: rows times columns times clusters, at most KMEANS_ITERATIONS times a start.
 */
#ifndef KMEANS_H
#define KMEANS_H

#include <stdint.h>

#include "tasks/matrix.h"
#include "tasks/task.h"

#define KMEANS_SAMPLE 2000
#define KMEANS_MOST 12
#define KMEANS_STARTS 3
#define KMEANS_ITERATIONS 100
#define KMEANS_TOLERANCE 1e-4 /* gain of the loss that ends the iterations */

extern const struct task kmeans_task;

struct kmeans {
	size_t k, d;
	double *centre; /* k by d, row by row */
	double loss;    /* sum of the squared distances of the rows to their centres */
};

/* Cluster n rows of d numbers, row by row, into k clusters at most (fewer where fewer rows
 * differ).  The result is the caller's: kmeans_release.  ERR_SYSTEM only. */
bool kmeans_fit(struct kmeans *m, const float *x, size_t n, size_t d, size_t k, uint64_t seed,
		struct err *e);
void kmeans_release(struct kmeans *m);

/* The number of clusters of these rows, 1 where they do not differ. ERR_SYSTEM only. */
bool kmeans_choose(const float *x, size_t n, size_t d, bool pham, uint64_t seed, size_t *k,
		   struct err *e);

/* Add a column for each cluster and one for the nearest to `out`; nothing where `in`
 * has no columns.  ERR_REFUSED: more clusters than training rows. */
bool kmeans_encode(const struct matrix *in, const uint32_t *train, size_t n,
		   const struct params *params, uint64_t seed, struct matrix *out,
		   struct err *e);

#endif
