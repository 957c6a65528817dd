#include "learners/neighbours.h"

#include <math.h>
#include <stdlib.h>

#include "la/la.h"

bool neighbours_init(struct neighbours *s, struct err *e)
{
	s->length = calloc(s->n + 1, sizeof *s->length);
	s->distance = malloc((s->n + 1) * NEIGHBOURS_BLOCK * sizeof *s->distance);
	s->found = malloc((s->k + 1) * NEIGHBOURS_BLOCK * sizeof *s->found);
	if (!s->length || !s->distance || !s->found)
		return err_nomem(e);
	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; j < s->cols; j++)
			s->length[i] += s->x[i * s->cols + j] * s->x[i * s->cols + j];
	return true;
}

void neighbours_release(struct neighbours *s)
{
	free(s->found);
	free(s->distance);
	free(s->length);
}

static float distance(enum neighbours_metric metric, const float *a, const float *b, size_t n)
{
	float sum = 0;

	for (size_t j = 0; j < n; j++) {
		float d = fabsf(a[j] - b[j]);

		if (metric == NEIGHBOURS_EUCLIDEAN)
			sum += d * d;
		else if (metric == NEIGHBOURS_MANHATTAN)
			sum += d;
		else if (metric == NEIGHBOURS_MINKOWSKI)
			sum += d * d * d;
		else if (d > sum)
			sum = d;
	}
	return metric == NEIGHBOURS_EUCLIDEAN   ? sqrtf(sum)
	       : metric == NEIGHBOURS_MINKOWSKI ? cbrtf(sum)
						: sum;
}

/* Something that rises with the distance, of all rows to all queries. */
static void set_distances(struct neighbours *s, const float *query, size_t m)
{
	if (s->metric == NEIGHBOURS_EUCLIDEAN)
		la_float_times((int)m, (int)s->n, (int)s->cols, query, false, s->x, true, 0,
			       s->distance);
	for (size_t i = 0; i < m; i++)
		for (size_t k = 0; k < s->n; k++) {
			float *d = &s->distance[i * s->n + k];

			if (s->metric == NEIGHBOURS_EUCLIDEAN)
				*d = s->length[k] - 2 * *d;
			else
				*d = distance(s->metric, query + i * s->cols,
					      s->x + k * s->cols, s->cols);
		}
}

static bool further(const struct neighbour *a, const struct neighbour *b)
{
	return a->distance != b->distance ? a->distance > b->distance : a->row > b->row;
}

/* heap[0] is the furthest of n, and heap[i] further than heap[2i + 1] and heap[2i + 2]:
 * put heap[i] to where it belongs. */
static void sink(struct neighbour *heap, size_t n, size_t i)
{
	struct neighbour one = heap[i];

	for (size_t below; (below = 2 * i + 1) < n; i = below) {
		if (below + 1 < n && further(&heap[below + 1], &heap[below]))
			below++;
		if (!further(&heap[below], &one))
			break;
		heap[i] = heap[below];
	}
	heap[i] = one;
}

static int by_distance(const void *a, const void *b)
{
	return further(a, b) ? 1 : -1;
}

static void select_nearest(const struct neighbours *s, const float *all,
			   struct neighbour *found)
{
	for (size_t k = 0; k < s->k; k++)
		found[k] = (struct neighbour){all[k], (uint32_t)k};
	for (size_t i = s->k / 2; i--;)
		sink(found, s->k, i);
	for (size_t k = s->k; k < s->n; k++)
		if (all[k] < found[0].distance) {
			found[0] = (struct neighbour){all[k], (uint32_t)k};
			sink(found, s->k, 0);
		}
}

void neighbours_find(struct neighbours *s, const float *query, size_t m)
{
	set_distances(s, query, m);
	for (size_t i = 0; i < m; i++) {
		struct neighbour *found = s->found + i * s->k;

		select_nearest(s, s->distance + i * s->n, found);
		for (size_t k = 0; k < s->k; k++)
			found[k].distance = distance(s->metric, query + i * s->cols,
						     s->x + found[k].row * s->cols, s->cols);
		qsort(found, s->k, sizeof *found, by_distance);
	}
}
