/*
 * climb: from a candidate to the nearest summit.  In turns: L-BFGS in the real
 * coordinates, then every value of every other dimension in its turn, until neither
 * gains anything.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "acq/internal.h"
#include "acq/walk.h"
#include "gp/minimise.h"

#define ROUNDS 6
#define CALLS 30  /* of the function in one descent */
#define GAIN 1e-4 /* in logarithms of improvement: less is not worth a round */
#define ALL 16    /* a dimension of so many values is gone through wholly, */
#define MOST 126  /* and so is one of so many categories, which have no order */

struct slope {
	struct search *s;
	double *u;        /* d: the whole point */
	const size_t *at; /* n: which coordinates move */
	size_t n;
	double *g; /* d */
};

static double downhill(void *ctx, const double *p, double *g)
{
	struct slope *sl = ctx;
	struct search *s = sl->s;
	const struct acq_worth *worth = s->task->worth;
	struct gp *gp = s->task->gp;
	double sd, wsd, value;

	for (size_t i = 0; i < sl->n; i++)
		sl->u[sl->at[i]] = p[i];
	s->left -= 2; /* with the gradient */
	memcpy(s->x, sl->u, s->d * sizeof(*s->x));
	walk_settle(s->space, s->x);
	if (worth) {
		value = worth->slope(worth->ctx, s->x, sl->g);
	} else {
		gp_at(gp, s->x, s->mean, &sd);
		value = acq_value(gp, s->mean, sd, s->wmean, &wsd);
		gp_gradient(gp, s->wmean, wsd, sl->g);
	}
	for (size_t i = 0; i < sl->n; i++)
		g[i] = -sl->g[sl->at[i]];
	return -value;
}

/* The real coordinates that are active in u; their number. */
static size_t moving(const struct search *s, const double *u, size_t *at)
{
	size_t n = 0;

	memcpy(s->x, u, s->d * sizeof(*u));
	walk_settle(s->space, s->x);
	for (size_t j = 0; j < s->d; j++)
		if (space_dim(s->space, j)->kind == SPACE_REAL && !isnan(s->x[j]))
			at[n++] = j;
	return n;
}

/* Where the end of the way may not be proposed, a part of it may. */
static bool take(struct search *s, double *u, const double *to, double *value, double worth,
		 struct err *e)
{
	double t = 1, *mid = malloc(s->d * sizeof(*mid));
	bool good = mid || err_nomem(e);

	for (int k = 0; good && k < 4; k++, t /= 2) {
		for (size_t j = 0; j < s->d; j++)
			mid[j] = u[j] + t * (to[j] - u[j]);
		if (!search_usable(s, mid, e)) {
			good = !e->kind;
			continue;
		}
		if (k > 0 && (good = search_values(s, mid, 1, e)))
			worth = s->value[0];
		if (good && worth > *value) {
			memcpy(u, mid, s->d * sizeof(*u));
			*value = worth;
		}
		break;
	}
	free(mid);
	return good;
}

static bool descend(struct search *s, double *u, double *value, struct err *e)
{
	size_t d = s->d;
	double *work = malloc(5 * d * sizeof(*work)), *p = work, *lo = p + d, *hi = lo + d;
	size_t *at = malloc(d * sizeof(*at));
	struct slope sl = {.s = s, .at = at};
	double lowest;
	bool good = (work && at) || err_nomem(e);

	if (!good || !(sl.n = moving(s, u, at)))
		goto out;
	sl.u = hi + d;
	sl.g = sl.u + d;
	memcpy(sl.u, u, d * sizeof(*u));
	for (size_t i = 0; i < sl.n; i++) {
		p[i] = u[at[i]];
		lo[i] = s->lo[at[i]];
		hi[i] = s->hi[at[i]];
	}
	if (!(good = minimise(sl.n, p, lo, hi, downhill, &sl, CALLS, 1e-6, &lowest, e)))
		goto out;
	memcpy(sl.u, u, d * sizeof(*u));
	for (size_t i = 0; i < sl.n; i++)
		sl.u[at[i]] = p[i];
	good = take(s, u, sl.u, value, -lowest, e);
out:
	free(at);
	free(work);
	return good;
}

/* Indices of dimension j to try from index k on, at most MOST: all of a small one,
 * else those at distances 1, 2, 4, ... inside the box. */
static size_t others(const struct search *s, size_t j, double k, double *out)
{
	const struct space_dim *d = space_dim(s->space, j);
	double lo = 0, hi = d->size - 1;
	size_t n = 0;

	if (d->kind != SPACE_CATEGORY) {
		lo = space_dim_index(d, s->lo[j]);
		hi = space_dim_index(d, s->hi[j]);
	}
	if (d->size <= (d->kind == SPACE_CATEGORY ? MOST : ALL)) {
		for (double i = lo; i <= hi; i++)
			if (i != k)
				out[n++] = i;
		return n;
	}
	for (double by = 1; by <= hi - lo && n < MOST - 1; by *= 2) {
		if (k - by >= lo)
			out[n++] = k - by;
		if (k + by <= hi)
			out[n++] = k + by;
	}
	return n;
}

/* The best trial in which dimension j had coordinate c, or NULL. */
static const double *tried_with(const struct search *s, size_t j, double c)
{
	const struct acq_task *t = s->task;

	for (size_t i = 0; i < t->n_tried; i++)
		if (t->tried[i * s->d + j] == c)
			return t->tried + i * s->d;
	return NULL;
}

static bool is_parent(const struct search *s, size_t j)
{
	for (size_t i = j + 1; i < s->d; i++)
		for (size_t w = 0; w < space_dim(s->space, i)->n_when; w++)
			if (space_dim(s->space, i)->when[w].dim == j)
				return true;
	return false;
}

/*
 * The points to try in dimension j, as rows of v: u with another value there, and
 * for a parent also with all that depends on it as it was in the best trial with that
 * value.  Their number.
 */
static size_t neighbours(const struct search *s, size_t j, const double *u, double *v)
{
	const struct space_dim *d = space_dim(s->space, j);
	double index[MOST];
	size_t n = others(s, j, space_dim_index(d, u[j]), index), m = 0;
	bool parent = is_parent(s, j);

	for (size_t k = 0; k < n; k++) {
		double c = space_dim_coordinate(d, index[k]);
		const double *seen = parent ? tried_with(s, j, c) : NULL;
		double *row = v + m++ * s->d;

		memcpy(row, u, s->d * sizeof(*u));
		row[j] = c;
		if (!seen)
			continue;
		memcpy(row + s->d, row, s->d * sizeof(*u));
		row = v + m++ * s->d;
		for (size_t i = j + 1; i < s->d; i++)
			if (space_dim(s->space, i)->n_when && !isnan(seen[i]))
				row[i] = fmin(s->hi[i], fmax(s->lo[i], seen[i]));
	}
	return m;
}

/* Go through the values of dimension j. */
static bool sweep(struct search *s, size_t j, double *u, double *v, double *value,
		  struct err *e)
{
	size_t m = neighbours(s, j, u, v);

	if (!search_values(s, v, m, e))
		return false;
	for (;;) { /* the best of them that is usable, if it is better at all */
		size_t best = m;

		for (size_t i = 0; i < m; i++)
			if (s->value[i] > *value + 1e-12 &&
			    (best == m || s->value[i] > s->value[best]))
				best = i;
		if (best == m)
			return true;
		if (search_usable(s, v + best * s->d, e)) {
			memcpy(u, v + best * s->d, s->d * sizeof(*u));
			*value = s->value[best];
			return true;
		}
		if (e->kind)
			return false;
		s->value[best] = -HUGE_VAL;
	}
}

bool climb(struct search *s, double *u, double *value, struct err *e)
{
	double *v = malloc(2 * MOST * s->d * sizeof(*v)), before;
	bool good = v || err_nomem(e);

	for (int turn = 0; good && turn < ROUNDS && s->left > 0; turn++) {
		bool others_left = false;

		before = *value;
		good = descend(s, u, value, e);
		for (size_t j = 0; good && j < s->d && s->left > 0; j++) {
			if (space_dim(s->space, j)->kind == SPACE_REAL)
				continue;
			others_left = true;
			memcpy(s->x, u, s->d * sizeof(*u));
			walk_settle(s->space, s->x);
			if (!isnan(s->x[j]))
				good = sweep(s, j, u, v, value, e);
		}
		if (!others_left || *value - before < GAIN)
			break;
	}
	free(v);
	return good;
}
