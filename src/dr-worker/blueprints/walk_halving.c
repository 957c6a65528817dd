/*
 * The accelerated walk: successive halving (Jamieson & Talwalkar, "Non-stochastic Best Arm
 * Identification and Hyperparameter Optimization", AISTATS 2016), by thirds.  All points
 * are tried on a ninth of the rows, the best third of them on a third, and the best third of
 * those on all.
 */
#include "blueprints/walks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "blueprints/parzen.h"
#include "data/mix.h"
#include "learners/split.h"

#define THIRD 3
#define RUNGS_MAX 3
#define ROWS_MIN 100 /* fewer rows tell too little */
#define CLASS_MIN 5  /* rows of each class */

/* A point that is still in, and what it scored on the last rung. */
struct entry {
	size_t at;
	double loss;
};

struct rung {
	uint32_t *row; /* of the last rung NULL: all */
	size_t n;
};

static int by_loss(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->loss != y->loss)
		return x->loss < y->loss ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* Can models be compared that are trained on these rows? */
static bool tells(const struct search *s, const uint32_t *row, size_t n)
{
	size_t of[UINT8_MAX + 1] = {0};
	const uint8_t *level = s->line->level;

	for (size_t i = 0; level && i < n; i++)
		of[level[row[i]]]++;
	for (size_t k = 0; level && k < s->line->p->classes; k++)
		if (of[k] < CLASS_MIN)
			return false;
	return n >= ROWS_MIN;
}

/* The rungs from the last to the first: all rows, a third of them, a third of those. */
static bool make_rungs(const struct search *s, struct rung rung[RUNGS_MAX], size_t *n,
		       struct err *e)
{
	uint64_t seed = mix(s->line->seed, s->request->seed);

	rung[0] = (struct rung){NULL, s->n_learn};
	for (*n = 1; *n < RUNGS_MAX && rung[*n - 1].n / THIRD >= ROWS_MIN; ++*n) {
		const struct rung *from = &rung[*n - 1];
		struct rung *to = &rung[*n];

		if (!(to->row = malloc(from->n * sizeof *to->row)))
			return err_nomem(e);
		memcpy(to->row, from->row ? from->row : s->row, from->n * sizeof *to->row);
		if (!split_rows(to->row, from->n, s->line->level, 1 - 1.0 / THIRD,
				mix(seed, *n), &to->n, e))
			return false;
		if (!tells(s, to->row, to->n))
			return true;
	}
	return true;
}

/* The points of the first rung: where the search starts, and others by chance. */
static bool try_all(struct search *s, struct err *e)
{
	struct parzen_axis *axis = calloc(s->n_axes, sizeof *axis);
	size_t *next = calloc(s->n_axes, sizeof *next);
	struct parzen p = {.axis = axis, .n_axes = s->n_axes, .point = s->tried};
	bool ok = (axis && next) || err_nomem(e), better;
	struct rng r;

	for (size_t k = 0; ok && k < s->n_axes; k++)
		axis[k].n = s->axis[k].setting->n;
	rng_init(&r, s->request->seed, 1);
	ok = ok && search_try(s, &better, e);
	while (ok && !search_over(s)) {
		p.n_points = s->points;
		parzen_random(&p, &r, next);
		for (size_t k = 0; k < s->n_axes; k++)
			s->axis[k].at = next[k];
		ok = search_try(s, &better, e);
	}
	free(next);
	free(axis);
	return ok;
}

/* The best third on more rows, the most promising first; *n: how many came to it. */
static bool climb(struct search *s, struct entry *in, size_t *n, size_t *trained, struct err *e)
{
	size_t want = (*n + THIRD - 1) / THIRD, i = 0;

	for (; i < want && !search_late(s, *trained); i++, ++*trained) {
		for (size_t k = 0; k < s->n_axes; k++)
			s->axis[k].at = s->tried[in[i].at * s->n_axes + k];
		if (!search_loss(s, &in[i].loss, e))
			return false;
	}
	*n = i;
	return true;
}

static bool climb_all(struct search *s, const struct rung *rung, size_t n_rungs, struct err *e)
{
	struct entry *in = malloc((s->points + 1) * sizeof *in);
	size_t n = 0, trained = s->points;
	bool ok = in || err_nomem(e);

	for (; ok && n < s->points; n++)
		in[n] = (struct entry){n, s->loss[n]};
	while (ok && n_rungs-- > 0 && n) {
		qsort(in, n, sizeof *in, by_loss);
		for (size_t k = 0; k < s->n_axes; k++)
			s->axis[k].best = s->tried[in[0].at * s->n_axes + k];
		if (!n_rungs)
			break;
		s->learn = rung[n_rungs - 1].row ? rung[n_rungs - 1].row : s->row;
		s->n_now = rung[n_rungs - 1].n;
		ok = climb(s, in, &n, &trained, e);
	}
	free(in);
	return ok;
}

bool walks_halving(struct search *s, struct err *e)
{
	struct rung rung[RUNGS_MAX] = {0};
	size_t n = 0;
	bool ok = make_rungs(s, rung, &n, e);

	if (ok) {
		s->learn = rung[n - 1].row ? rung[n - 1].row : s->row;
		s->n_now = rung[n - 1].n;
		ok = try_all(s, e) && climb_all(s, rung, n, e);
	}
	for (size_t i = 0; i < RUNGS_MAX; i++)
		free(rung[i].row);
	return ok;
}
