/*
 * candidates: where to look first.  Half of them are scrambled Sobol points of the
 * box, half are steps away from the best settings tried: small and large ones, in
 * one coordinate, three, or all.
 */
#include <math.h>
#include <string.h>

#include "acq/internal.h"
#include "rng/sobol.h"

#define BEST 5          /* settings that steps start from */
#define STEP_LEAST 0.01 /* of the cube, before scaling by the length scale */
#define STEP_MOST 0.4

double candidates_latent(struct search *s, size_t j)
{
	const struct acq_task *t = s->task;

	for (size_t i = 0; i < t->n_tried; i++)
		if (!isnan(t->tried[i * s->d + j]))
			return t->tried[i * s->d + j];
	return s->lo[j] + (s->hi[j] - s->lo[j]) * rng_uniform(&s->rng);
}

static double category(struct search *s, size_t j)
{
	return (double)rng_below(&s->rng, (uint64_t)space_dim(s->space, j)->size);
}

/* From a point of the unit cube to one of the box.  In a local box a category mostly
 * stays what it is. */
static void place(struct search *s, double *u)
{
	const struct acq_task *t = s->task;

	for (size_t j = 0; j < s->d; j++) {
		const struct space_dim *d = space_dim(s->space, j);

		if (d->kind != SPACE_CATEGORY)
			u[j] = s->lo[j] + (s->hi[j] - s->lo[j]) * u[j];
		else if (t->centre && t->centre[j] >= 0 && rng_uniform(&s->rng) > t->side / 2)
			u[j] = t->centre[j];
		else
			u[j] = fmin(d->size - 1, floor(u[j] * d->size));
	}
}

static void step(struct search *s, size_t j, double length, double *u)
{
	const struct space_dim *d = space_dim(s->space, j);
	double scale = 0.3 + fmin(1, gp_length(s->task->gp, j));
	double move = length * scale * rng_normal(&s->rng);

	if (d->kind == SPACE_CATEGORY) {
		u[j] = category(s, j);
		return;
	}
	if (d->kind != SPACE_REAL) { /* at least to the next value */
		double k = space_dim_index(d, u[j]), to = space_dim_index(d, u[j] + move);

		if (to == k)
			to += move > 0 ? 1 : -1;
		move = space_dim_coordinate(d, fmin(d->size - 1, fmax(0, to))) - u[j];
	}
	u[j] = fmin(s->hi[j], fmax(s->lo[j], u[j] + move));
}

static void perturb(struct search *s, double *u)
{
	const struct acq_task *t = s->task;
	size_t most = t->best ? t->best : BEST, best = t->n_tried < most ? t->n_tried : most;
	const double *from = t->tried + rng_below(&s->rng, best) * s->d;
	double length = STEP_LEAST * pow(STEP_MOST / STEP_LEAST, rng_uniform(&s->rng));
	uint64_t how = rng_below(&s->rng, 3);

	for (size_t j = 0; j < s->d; j++) {
		u[j] = isnan(from[j]) ? candidates_latent(s, j) : from[j];
		u[j] = fmin(s->hi[j], fmax(s->lo[j], u[j]));
	}
	if (how == 2) {
		for (size_t j = 0; j < s->d; j++)
			if (space_dim(s->space, j)->kind != SPACE_CATEGORY ||
			    rng_uniform(&s->rng) < length)
				step(s, j, length, u);
		return;
	}
	for (uint64_t k = 0; k < 1 + 2 * how; k++) {
		size_t j = rng_below(&s->rng, s->d);

		/* An inactive coordinate changes nothing: look for an active one. */
		for (int tries = 0; tries < 8 && isnan(from[j]); tries++)
			j = rng_below(&s->rng, s->d);
		step(s, j, length, u);
	}
}

void candidates_make(struct search *s, size_t m, double *u)
{
	size_t even = s->task->n_tried ? m / 2 : m;

	sobol_points(0, even, s->task->seed, s->d, u);
	for (size_t i = 0; i < even; i++)
		place(s, u + i * s->d);
	for (size_t i = even; i < m; i++)
		perturb(s, u + i * s->d);
}
