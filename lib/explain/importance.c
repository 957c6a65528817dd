/* importance: see importance.h. */
#include "explain/importance.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CELLS 50
#define WIDTH_LEAST 0.3 /* of a kernel, in cells: what stands on a value stays with it */

struct trial_set {
	const double *x;
	const bool *good;
	size_t n, d;
};

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Which trials are good; their number. SIZE_MAX: out of memory. */
static size_t sort_out(const double *score, size_t n, bool *good)
{
	double *sorted = malloc((n + 1) * sizeof(*sorted));
	size_t most = n < 100 ? 10 : (n + 5) / 10, finite = 0, count = 0;

	if (!sorted)
		return SIZE_MAX;
	most = most < n / 4 ? most : n / 4;
	for (size_t i = 0; i < n; i++)
		if (!isnan(score[i]))
			sorted[finite++] = score[i];
	qsort(sorted, finite, sizeof(*sorted), ascending);
	most = most < finite ? most : finite;
	for (size_t i = 0; i < n; i++) {
		good[i] = most > 0 && score[i] <= sorted[most - 1]; /* not NAN */
		count += good[i];
	}
	free(sorted);
	return count;
}

/* Scott's rule, with the smaller of two measures of spread; v is sorted. */
static double width_of(const double *v, size_t n, double least)
{
	double mean = 0, var = 0, quartiles;

	for (size_t i = 0; i < n; i++)
		mean += v[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		var += (v[i] - mean) * (v[i] - mean) / (double)(n > 1 ? n - 1 : 1);
	quartiles = v[(3 * n) / 4 < n ? (3 * n) / 4 : n - 1] - v[n / 4];
	return fmax(least, 1.059 * fmin(sqrt(var), quartiles / 1.34) * pow((double)n, -0.2));
}

static double below(double z)
{
	return 0.5 * erfc(-z * M_SQRT1_2);
}

/* Mass of n values v in the m cells between these edges, 0 to 1. */
static void smooth(double *v, size_t n, const double *edge, size_t m, double *mass)
{
	double h;

	for (size_t c = 0; c < m; c++)
		mass[c] = edge[c + 1] - edge[c];
	if (n > 0) {
		qsort(v, n, sizeof(*v), ascending);
		h = width_of(v, n, WIDTH_LEAST / (double)m);
	}
	for (size_t i = 0; i < n; i++) {
		double inside = below((1 - v[i]) / h) - below(-v[i] / h);

		for (size_t c = 0; c < m; c++)
			mass[c] += (below((edge[c + 1] - v[i]) / h) -
				    below((edge[c] - v[i]) / h)) /
				   inside;
	}
	for (size_t c = 0; c < m; c++)
		mass[c] /= (double)n + 1;
}

static void count(const double *v, size_t n, size_t m, double *mass)
{
	for (size_t c = 0; c < m; c++)
		mass[c] = 1 / (double)m;
	for (size_t i = 0; i < n; i++)
		mass[(size_t)v[i]] += 1;
	for (size_t c = 0; c < m; c++)
		mass[c] /= (double)n + 1;
}

/* Ends of the cells of a number: between its values, or evenly. */
static void edges(const struct space_dim *d, size_t m, double *edge)
{
	for (size_t c = 0; c <= m; c++)
		edge[c] = (double)c / (double)m;
	for (size_t c = 1; d->size <= CELLS && c < m; c++)
		edge[c] = (space_dim_coordinate(d, (double)c - 1) +
			   space_dim_coordinate(d, (double)c)) /
			  2;
}

/* Values of dimension j of the trials that have it, only the good ones or all. */
static size_t values(const struct trial_set *t, size_t j, bool good, double *v)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		double x = t->x[i * t->d + j];

		if ((!good || t->good[i]) && x >= 0) /* neither inactive nor unknown */
			v[n++] = x;
	}
	return n;
}

/* v_j of importance.h; work has room for t->n values. */
static bool variance(const struct space_dim *d, const struct trial_set *t, size_t j,
		     double *work, double *v, struct err *e)
{
	bool category = d->kind == SPACE_CATEGORY;
	size_t m = category || d->size <= CELLS ? (size_t)d->size : CELLS, n, n_good;
	double *mass = calloc(3 * m + 1, sizeof(*mass)), *base, *edge, sum = 0;

	if (!mass)
		return err_nomem(e);
	base = mass + m;
	edge = base + m;
	if (!category)
		edges(d, m, edge);
	n_good = values(t, j, true, work);
	category ? count(work, n_good, m, mass) : smooth(work, n_good, edge, m, mass);
	n = values(t, j, false, work);
	category ? count(work, n, m, base) : smooth(work, n, edge, m, base);
	for (size_t c = 0; c < m; c++)
		sum += (mass[c] / base[c] - 1) * (mass[c] / base[c] - 1) * base[c];
	*v = n_good ? (double)n / (double)t->n * pow((double)n_good / (double)n, 2) * sum : 0;
	free(mass);
	return true;
}

bool importance_shares(const struct space *s, const double *x, const double *score, size_t n,
		       double *share, double *quantile, struct err *e)
{
	struct trial_set t = {.x = x, .n = n, .d = space_dims(s)};
	bool *good = calloc(n + 1, sizeof(*good));
	double *work = calloc(n + 1, sizeof(*work)), sum = 0;
	size_t n_good = 0;

	memset(share, 0, t.d * sizeof(*share));
	*quantile = 0;
	if (!good || !work || (n_good = sort_out(score, n, good)) == SIZE_MAX) {
		err_nomem(e);
		goto out;
	}
	t.good = good;
	if (n_good == 0 || n_good == n)
		goto out;
	*quantile = (double)n_good / (double)n;
	for (size_t j = 0; j < t.d; j++) {
		if (!variance(space_dim(s, j), &t, j, work, &share[j], e))
			goto out;
		sum += share[j];
	}
	for (size_t j = 0; j < t.d && sum > 0; j++)
		share[j] /= sum;
out:
	free(work);
	free(good);
	return !e->kind;
}
