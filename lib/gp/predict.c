/* predict: means, deviations and their gradients.  Notation: gp.c. */
#include "gp/gp.h"

#include <math.h>
#include <string.h>

#include "gp/internal.h"
#include "la/la.h"

/* A variance of f below this share of s2 is rounding: s2 - v'v loses that much. */
#define VARIANCE_LEAST 1e-12

static double deviation(const struct gp *g, const double *v)
{
	int N = (int)(g->n + g->p);
	double s2 = g->hyper[g->d];

	return sqrt(fmax(s2 - la_dot(N, v, v), VARIANCE_LEAST * s2));
}

size_t gp_points(const struct gp *g)
{
	return g->n + g->p;
}

size_t gp_means(const struct gp *g)
{
	return g->draws;
}

double gp_best(const struct gp *g, size_t s)
{
	return g->best[s];
}

size_t gp_pending(const struct gp *g)
{
	return g->p;
}

double gp_drawn(const struct gp *g, size_t s, size_t i)
{
	return g->drawn[s * g->p + i];
}

double gp_score(const struct gp *g, size_t i)
{
	return g->y[i];
}

void gp_set_best(struct gp *g, size_t s, double best)
{
	g->best[s] = best;
}

void gp_predict(struct gp *g, const double *x, size_t m, double *mean, double *sd)
{
	size_t N = g->n + g->p, d = g->d - g->tasks;

	for (size_t from = 0; from < m; from += GP_BLOCK) {
		size_t b = m - from < GP_BLOCK ? m - from : GP_BLOCK;

		for (size_t i = 0; i < b; i++)
			gp_covariances(g, gp_whole(g, x + (from + i) * d), 0, N,
				       g->work + i * N, NULL);
		la_times_t((int)N, (int)g->draws, (int)b, g->A, g->work,
			   mean + from * g->draws);
		la_lower_solve((int)N, g->L, (int)b, g->work);
		for (size_t i = 0; i < b; i++)
			sd[from + i] = deviation(g, g->work + i * N);
	}
}

void gp_at(struct gp *g, const double *x, double *mean, double *sd)
{
	size_t N = g->n + g->p;

	memcpy(g->at, x, (g->d - g->tasks) * sizeof(*x));
	gp_whole(g, g->at);
	gp_covariances(g, g->at, 0, N, g->k, g->slope);
	la_times_t_vec((int)N, (int)g->draws, g->A, g->k, mean);
	memcpy(g->v, g->k, N * sizeof(*g->v));
	la_lower_solve((int)N, g->L, 1, g->v);
	*sd = g->sd = deviation(g, g->v);
}

void gp_gradient(struct gp *g, const double *wmean, double wsd, double *grad)
{
	size_t N = g->n + g->p;
	double s2 = g->hyper[g->d], *c = g->k;

	/* c_i = dk_i's weight, times s2 M'_i.  k and v are used up. */
	la_times_vec((int)N, (int)g->draws, g->A, wmean, c);
	la_lower_solve_t((int)N, g->L, 1, g->v);
	for (size_t i = 0; i < N; i++)
		c[i] = (c[i] - wsd / g->sd * g->v[i]) * s2 * g->slope[i];

	for (size_t j = 0; j < g->d - g->tasks; j++) {
		const double *x = g->x + j * g->cap;
		double z = g->at[j], sum = 0;

		grad[j] = 0;
		if (g->category[j] || isnan(z))
			continue;
		for (size_t i = 0; i < N; i++) /* inactive stands in the middle: kernel.h */
			sum += c[i] * (z - (isnan(x[i]) ? 0.5 : x[i]));
		grad[j] = 2 * g->hyper[j] * sum;
	}
}

void gp_metric(const struct gp *g, double mean, double sd, double *metric_mean,
	       double *metric_sd)
{
	*metric_mean = warp_back(&g->warp, mean);
	*metric_sd = sd * warp_slope(&g->warp, mean, sd);
}

double gp_bend(const struct gp *g, double score)
{
	return warp_there(&g->warp, score);
}
