/* search: candidates, the best of them improved, the best of those taken. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "acq/internal.h"
#include "acq/walk.h"
#include "rng/sobol.h"

#define CANDIDATES 1500
#define CANDIDATES_LEAST 500
#define MANY 200 /* points of the process: with more of them, fewer candidates */
#define CLIMBS 8
/* A search predicts as many points as make up so many distances of one coordinate,
 * which takes less than a second.  Only spaces of some hundred dimensions want more;
 * the climbs from the best candidates come first. */
#define WORK 1.5e8
#define APART 0.05 /* starts of climbs differ by more in some coordinate */

bool search_values(struct search *s, const double *u, size_t m, struct err *e)
{
	const struct acq_worth *worth = s->task->worth;
	size_t S = gp_means(s->task->gp), room = m > 64 ? m : 64;

	if (s->room < m) {
		free(s->x);
		free(s->mean);
		free(s->sd);
		free(s->value);
		s->x = malloc(room * s->d * sizeof(double));
		s->mean = malloc(room * S * sizeof(double));
		s->sd = malloc(room * sizeof(double));
		s->value = malloc(room * sizeof(double));
		s->room = room;
		if (!s->x || !s->mean || !s->sd || !s->value)
			return err_nomem(e);
	}
	s->left -= (double)m;
	memcpy(s->x, u, m * s->d * sizeof(*u));
	for (size_t i = 0; i < m; i++)
		walk_settle(s->space, s->x + i * s->d);
	if (worth) {
		worth->values(worth->ctx, s->x, m, s->value);
		return true;
	}
	gp_predict(s->task->gp, s->x, m, s->mean, s->sd);
	for (size_t i = 0; i < m; i++)
		s->value[i] = acq_value(s->task->gp, s->mean + i * S, s->sd[i], NULL, NULL);
	return true;
}

bool search_usable(struct search *s, const double *u, struct err *e)
{
	memcpy(s->x, u, s->d * sizeof(*u));
	walk_settle(s->space, s->x);
	space_snap(s->space, s->x);
	return s->task->usable(s->task->ctx, s->x, e);
}

/* The box: of side `side` around the centre, in steps at least to the next value. */
static void set_box(struct search *s)
{
	const struct acq_task *t = s->task;

	for (size_t j = 0; j < s->d; j++) {
		const struct space_dim *d = space_dim(s->space, j);
		double half = t->side / 2;

		s->lo[j] = 0;
		s->hi[j] = d->kind == SPACE_CATEGORY ? d->size - 1 : 1;
		if (!t->centre || isnan(t->centre[j]) || d->kind == SPACE_CATEGORY)
			continue;
		if (d->kind != SPACE_REAL)
			half = fmax(half, 1 / d->size);
		s->lo[j] = fmax(0, t->centre[j] - half);
		s->hi[j] = fmin(1, t->centre[j] + half);
	}
}

static bool close_to(const struct search *s, const double *a, const double *b)
{
	for (size_t j = 0; j < s->d; j++)
		if (fabs(a[j] - b[j]) > APART)
			return false;
	return true;
}

struct choice {
	double value;
	size_t i;
};

static int best_first(const void *a, const void *b)
{
	const struct choice *p = a, *q = b;

	if (p->value != q->value)
		return p->value > q->value ? -1 : 1;
	return (p->i > q->i) - (p->i < q->i);
}

/* Of m candidates u, the best CLIMBS usable ones that are not close to each other,
 * as rows of top with their worth; their number, or -1 with e set. */
static int choose(struct search *s, const double *u, size_t m, double *top, double *value,
		  struct err *e)
{
	struct choice *order = malloc(m * sizeof(*order));
	size_t d = s->d;
	int n = 0;

	if (!order) {
		err_nomem(e);
		return -1;
	}
	for (size_t i = 0; i < m; i++)
		order[i] = (struct choice){s->value[i], i};
	qsort(order, m, sizeof(*order), best_first);
	for (size_t i = 0; i < m && n < CLIMBS; i++) {
		const double *p = u + order[i].i * d;
		bool near = false;

		for (int k = 0; k < n && !near; k++)
			near = close_to(s, p, top + (size_t)k * d);
		if (near || !search_usable(s, p, e)) {
			if (e->kind) {
				n = -1;
				break;
			}
			continue;
		}
		memcpy(top + (size_t)n * d, p, d * sizeof(*p));
		value[n++] = order[i].value;
	}
	free(order);
	return n;
}

/* A space of few settings is gone through wholly: as rows of u; their number. */
static size_t all_settings(const struct space *s, double *u)
{
	size_t d = space_dims(s), n = 1;

	walk_first(s, u);
	for (; n < CANDIDATES; n++) {
		memcpy(u + n * d, u + (n - 1) * d, d * sizeof(*u));
		if (!walk_next(s, u + n * d))
			break;
	}
	return n;
}

/* Predicting all of them takes O(n^2) each. */
static size_t how_many(size_t n)
{
	size_t m = CANDIDATES * MANY / (n > MANY ? n : MANY);

	return m > CANDIDATES_LEAST ? m : CANDIDATES_LEAST;
}

static bool run(struct search *s, double *u, double *top, double *x, struct err *e)
{
	bool small = !s->task->centre && space_size(s->space) <= CANDIDATES;
	size_t m = how_many(gp_points(s->task->gp)), d = s->d;
	double value[CLIMBS];
	int n, best = 0;

	if (small)
		m = all_settings(s->space, u);
	else
		candidates_make(s, m, u);
	if (!search_values(s, u, m, e) || (n = choose(s, u, m, top, value, e)) < 0)
		return false;
	if (n == 0 && small)
		return err_set(e, ERR_EXHAUSTED, "the space is used up");
	if (n == 0)
		return acq_any(s->space, s->task->seed, CANDIDATES, s->task->usable,
			       s->task->ctx, x, e);
	for (int k = 0; k < n && !small && s->left > 0; k++) {
		if (!climb(s, top + (size_t)k * d, &value[k], e))
			return false;
		if (value[k] > value[best])
			best = k;
	}
	memcpy(x, top + (size_t)best * d, d * sizeof(*x));
	walk_settle(s->space, x);
	space_snap(s->space, x);
	return true;
}

bool acq_maximise(const struct acq_task *task, double *x, struct err *e)
{
	size_t d = space_dims(task->space);
	struct search s = {.task = task, .space = task->space, .d = d};
	double *u = malloc(CANDIDATES * d * sizeof(*u));
	double *top = malloc(CLIMBS * d * sizeof(*top));
	bool good = false;

	s.lo = malloc(d * sizeof(double));
	s.hi = malloc(d * sizeof(double));
	s.wmean = malloc(gp_means(task->gp) * sizeof(double));
	if (!u || !top || !s.lo || !s.hi || !s.wmean) {
		err_nomem(e);
		goto out;
	}
	rng_init(&s.rng, task->seed, 1);
	s.left = WORK / ((double)gp_points(task->gp) * (double)d);
	if (task->worth)
		s.left /= task->worth->dearer;
	set_box(&s);
	good = run(&s, u, top, x, e);
out:
	free(s.value);
	free(s.sd);
	free(s.mean);
	free(s.x);
	free(s.wmean);
	free(s.hi);
	free(s.lo);
	free(top);
	free(u);
	return good;
}

bool acq_any(const struct space *s, uint64_t seed, uint32_t index, acq_usable_fn *usable,
	     void *ctx, double *x, struct err *e)
{
	enum { TRIES = 4096 };
	long walk = (long)fmin(ACQ_WALK_MAX, 3.0 * ACQ_WALK_MAX / (double)space_dims(s));
	double *u = malloc(space_dims(s) * sizeof(*u));

	if (!u)
		return err_nomem(e);
	for (uint32_t i = 0; i < TRIES && !e->kind; i++) {
		sobol_scrambled(index + i, seed, space_dims(s), u);
		space_place(s, u, x);
		if (usable(ctx, x, e)) {
			free(u);
			return true;
		}
	}
	free(u);
	if (e->kind)
		return false;
	if (isinf(space_size(s)))
		return err_set(e, ERR_EXHAUSTED, "none of %d settings may be proposed", TRIES);
	walk_first(s, x);
	for (long i = 0; i < walk; i++) {
		if (usable(ctx, x, e))
			return true;
		if (e->kind)
			return false;
		if (!walk_next(s, x))
			return err_set(e, ERR_EXHAUSTED, "the space is used up");
	}
	return err_set(e, ERR_EXHAUSTED, "none of %ld settings may be proposed", TRIES + walk);
}
