/* The Parzen estimator against chance, on losses that are known; what it must never do. */
#include "blueprints/parzen.h"

#include <stdint.h>
#include <stdlib.h>

#include "../tap.h"

enum { AXES = 4, VALUES = 12, POINTS = 60, SEEDS = 40 };

static const struct parzen_axis axes[AXES] = {
	{VALUES, true}, {VALUES, true}, {VALUES, true}, {6, false}};

/* A valley along three axes, and one word that is right. */
static double loss_of(const size_t *p)
{
	double sum = p[3] == 4 ? 0 : 20;
	static const double bottom[] = {9, 2, 6}, steep[] = {1, 0.7, 0.2};

	for (size_t k = 0; k < 3; k++)
		sum += steep[k] * ((double)p[k] - bottom[k]) * ((double)p[k] - bottom[k]);
	return sum;
}

struct run {
	size_t point[POINTS * AXES];
	double loss[POINTS];
	double best;
	bool fresh; /* no point twice, all within their lists */
};

static bool is_new(const struct run *r, size_t n)
{
	const size_t *p = r->point + n * AXES;

	for (size_t k = 0; k < AXES; k++)
		if (p[k] >= axes[k].n)
			return false;
	for (size_t i = 0; i < n; i++)
		if (!memcmp(r->point + i * AXES, p, AXES * sizeof *p))
			return false;
	return true;
}

/* POINTS points; those after the first `start` by the estimator, `batch` at a time. */
static void run(struct run *r, uint64_t seed, size_t start, size_t batch)
{
	struct parzen p = {.axis = axes, .n_axes = AXES, .point = r->point, .loss = r->loss};
	struct err e = {0};

	r->best = INFINITY;
	r->fresh = true;
	for (size_t i = 0; i < POINTS; i++) {
		struct rng g;

		rng_init(&g, seed, i);
		p.n_points = i;
		if (i % batch == 0)
			p.n_told = i;
		if (i < start)
			parzen_random(&p, &g, r->point + i * AXES);
		else
			r->fresh = parzen_next(&p, &g, r->point + i * AXES, &e) && r->fresh;
		r->fresh = r->fresh && is_new(r, i);
		r->loss[i] = loss_of(r->point + i * AXES);
		r->best = fmin(r->best, r->loss[i]);
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The middle one of the best losses of all seeds. */
static double middle(size_t start, size_t batch, bool *fresh)
{
	static struct run r;
	double best[SEEDS];

	for (size_t i = 0; i < SEEDS; i++) {
		run(&r, i + 1, start, batch);
		best[i] = r.best;
		*fresh = *fresh && r.fresh;
	}
	qsort(best, SEEDS, sizeof *best, by_size);
	return best[SEEDS / 2];
}

static void test_against_chance(void)
{
	bool fresh = true;
	double chance = middle(POINTS, 1, &fresh), one = middle(10, 1, &fresh);
	double four = middle(10, 4, &fresh);

	ok(one < chance / 2, "it comes closer than chance: %g, not %g", one, chance);
	ok(four < chance / 2, "and in batches of four: %g", four);
	ok(fresh, "no point comes twice or lies outside the lists");
}

static void test_seeds(void)
{
	static struct run a, b, c, d;

	run(&a, 7, 10, 1);
	run(&b, 7, 10, 1);
	run(&c, 8, 10, 1);
	run(&d, 7, 10, 5);
	ok(!memcmp(a.point, b.point, sizeof a.point), "a seed gives the same points");
	ok(memcmp(a.point, c.point, sizeof a.point), "another seed others");
	ok(memcmp(a.point, d.point, sizeof a.point), "another batch too");
}

static void test_small(void)
{
	static const struct parzen_axis two[] = {{2, true}, {3, false}};
	size_t point[12] = {0};
	double loss[6];
	struct parzen p = {.axis = two, .n_axes = 2, .point = point, .loss = loss};
	struct err e = {0};
	unsigned seen = 1;

	loss[0] = NAN;
	for (size_t i = 1; i < 6; i++) {
		struct rng g;

		rng_init(&g, 3, i);
		p.n_points = p.n_told = i;
		ok(parzen_next(&p, &g, point + 2 * i, &e),
		   "a point of few, after a loss of none");
		seen |= 1U << (point[2 * i] * 3 + point[2 * i + 1]);
		loss[i] = i % 2 ? NAN : (double)i;
	}
	ok(seen == 63, "all six are gone through");
}

int main(void)
{
	test_against_chance();
	test_seeds();
	test_small();
	return tap_end();
}
