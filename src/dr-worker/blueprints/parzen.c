#include "blueprints/parzen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 8    /* of draws from l, until one is new */
#define GUESSES 200 /* at random, before all points are gone through */

static bool is_there(const struct parzen *p, const size_t *point)
{
	for (size_t i = 0; i < p->n_points; i++)
		if (!memcmp(p->point + i * p->n_axes, point, p->n_axes * sizeof *point))
			return true;
	return false;
}

void parzen_random(const struct parzen *p, struct rng *r, size_t *next)
{
	size_t k;

	for (size_t i = 0; i < GUESSES; i++) {
		for (k = 0; k < p->n_axes; k++)
			next[k] = (size_t)rng_below(r, p->axis[k].n);
		if (!is_there(p, next))
			return;
	}
	do /* most points have been tried: count on from here */
		for (k = 0; k < p->n_axes; k++) {
			if (++next[k] < p->axis[k].n)
				break;
			next[k] = 0;
		}
	while (is_there(p, next));
}

struct told {
	double loss;
	size_t at;
};

static int by_loss(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	if (x->loss != y->loss)
		return x->loss < y->loss ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

static struct told *sorted(const struct parzen *p)
{
	struct told *t = malloc((p->n_told + 1) * sizeof *t);

	for (size_t i = 0; t && i < p->n_told; i++)
		t[i] = (struct told){isfinite(p->loss[i]) ? p->loss[i] : INFINITY, i};
	if (t)
		qsort(t, p->n_told, sizeof *t, by_loss);
	return t;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Add a normal distribution over the numbers of the values, one in all. */
static void add_normal(double *density, size_t n, double mean, double sd)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += exp(-0.5 * pow(((double)i - mean) / sd, 2));
	for (size_t i = 0; i < n; i++)
		density[i] += exp(-0.5 * pow(((double)i - mean) / sd, 2)) / sum;
}

/* centre[0..n_centres-1] has room for one more. */
static void add_normals(double *density, size_t n, double *centre, size_t n_centres)
{
	double wide = (double)n, narrow = wide / fmin(100, (double)n_centres + 2);

	for (size_t i = 0; i < n; i++)
		density[i] = 0;
	add_normal(density, n, (wide - 1) / 2, wide);
	qsort(centre, n_centres, sizeof *centre, by_size);
	for (size_t i = 0; i < n_centres; i++) {
		double below = i ? centre[i] - centre[i - 1] : centre[i] + 1;
		double above = i + 1 < n_centres ? centre[i + 1] - centre[i] : wide - centre[i];

		add_normal(density, n, centre[i], fmin(fmax(fmax(below, above), narrow), wide));
	}
}

/* The density of an axis's values among some points, sum 1. */
static void estimate(const struct parzen *p, size_t axis, const struct told *t, size_t n_told,
		     double *density, double *room)
{
	size_t n = p->axis[axis].n;

	if (p->axis[axis].ordered) {
		for (size_t i = 0; i < n_told; i++)
			room[i] = (double)p->point[t[i].at * p->n_axes + axis];
		add_normals(density, n, room, n_told);
	} else {
		for (size_t i = 0; i < n; i++)
			density[i] = 1 / (double)n;
		for (size_t i = 0; i < n_told; i++)
			density[p->point[t[i].at * p->n_axes + axis]]++;
	}
	for (size_t i = 0; i < n; i++)
		density[i] /= (double)n_told + 1;
}

static size_t draw(const double *density, size_t n, struct rng *r)
{
	double left = rng_uniform(r);
	size_t i = 0;

	while (i + 1 < n && (left -= density[i]) >= 0)
		i++;
	return i;
}

/* l and g of all axes, one axis after the other. */
struct densities {
	double *l, *g;
	double *room; /* as many as there are points */
	size_t *point;
};

static bool open_densities(const struct parzen *p, struct densities *d, struct err *e)
{
	size_t values = 0;

	for (size_t k = 0; k < p->n_axes; k++)
		values += p->axis[k].n;
	d->l = malloc((values + 1) * sizeof *d->l);
	d->g = malloc((values + 1) * sizeof *d->g);
	d->room = malloc((p->n_told + 1) * sizeof *d->room);
	d->point = malloc((p->n_axes + 1) * sizeof *d->point);
	return (d->l && d->g && d->room && d->point) || err_nomem(e);
}

static void close_densities(struct densities *d)
{
	free(d->l);
	free(d->g);
	free(d->room);
	free(d->point);
}

/* One point from l into d->point; returns log l / g. */
static double draw_point(const struct parzen *p, struct densities *d, struct rng *r)
{
	double gain = 0;

	for (size_t k = 0, first = 0; k < p->n_axes; first += p->axis[k++].n) {
		size_t v = draw(d->l + first, p->axis[k].n, r);

		d->point[k] = v;
		gain += log(d->l[first + v] / d->g[first + v]);
	}
	return gain;
}

static bool choose(const struct parzen *p, struct densities *d, struct rng *r, size_t *next)
{
	double best = -INFINITY;

	for (size_t round = 0; round < ROUNDS && best == -INFINITY; round++)
		for (size_t i = 0; i < PARZEN_DRAWS; i++) {
			double gain = draw_point(p, d, r);

			if (gain <= best || is_there(p, d->point))
				continue;
			best = gain;
			memcpy(next, d->point, p->n_axes * sizeof *next);
		}
	return best > -INFINITY;
}

bool parzen_next(const struct parzen *p, struct rng *r, size_t *next, struct err *e)
{
	size_t good = (size_t)ceil(PARZEN_GOOD * (double)p->n_told);
	struct densities d = {0};
	struct told *t = sorted(p);
	bool ok = t ? open_densities(p, &d, e) : err_nomem(e);

	if (ok) {
		for (size_t k = 0, first = 0; k < p->n_axes; first += p->axis[k++].n) {
			estimate(p, k, t, good, d.l + first, d.room);
			estimate(p, k, t + good, p->n_told - good, d.g + first, d.room);
		}
		if (!choose(p, &d, r, next))
			parzen_random(p, r, next);
	}
	close_densities(&d);
	free(t);
	return ok;
}
