/*
 * fit: see fit.h.
 *
 *   K = s2 M + sn2 I,   alpha = K^-1 y,   W = alpha alpha' - K^-1
 *
 *   d log p / d ln th_j = 1/2 sum_ik W_ik s2 M'_ik th_j d_j(i, k)
 *   d log p / d ln s2   = 1/2 (alpha'(K - sn2 I) alpha - n + sn2 tr K^-1)
 *   d log p / d h       = 1/2 e^h (alpha' alpha - tr K^-1)
 *
 * Each column of the lower triangle is made, and later weighed, while it is in the
 * nearest cache; the distances d_j are computed both times, which costs less than it
 * does to fetch them.
 */
#include "gp/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gp/kernel.h"
#include "gp/minimise.h"
#include "la/la.h"

#define NOISE_LEAST 1e-6
#define CALLS 60
#define TOLERANCE 1e-7

struct fit {
	size_t n, d;
	const bool *category;
	const double *y;
	double *x;     /* n by d, column by column */
	double *slope; /* n by n: M', below the diagonal */
	double *K;     /* n by n */
	double *alpha; /* n */
	double *th;    /* d */
};

double fit_noise(double h)
{
	return exp(h) + NOISE_LEAST;
}

struct fit *fit_new(const double *x, const double *y, size_t n, size_t d, const bool *category,
		    struct err *e)
{
	struct fit *f = calloc(1, sizeof(*f));

	if (!f)
		goto nomem;
	*f = (struct fit){.n = n, .d = d, .category = category, .y = y};
	f->x = calloc(n * d, sizeof(double));
	f->slope = calloc(n * n, sizeof(double));
	f->K = calloc(n * n, sizeof(double));
	f->alpha = calloc(n, sizeof(double));
	f->th = calloc(d, sizeof(double));
	if (!f->x || !f->slope || !f->K || !f->alpha || !f->th)
		goto nomem;
	for (size_t j = 0; j < d; j++)
		for (size_t i = 0; i < n; i++)
			f->x[j * n + i] = x[i * d + j];
	return f;
nomem:
	fit_free(f);
	err_nomem(e);
	return NULL;
}

void fit_free(struct fit *f)
{
	if (!f)
		return;
	free(f->th);
	free(f->alpha);
	free(f->K);
	free(f->slope);
	free(f->x);
	free(f);
}

/* Normal density with a deviation below the mean and another above it: minus its
 * logarithm, and the derivative into *slope. */
static double prior(double x, double mean, double below, double above, double *slope)
{
	double sd = x < mean ? below : above, z = (x - mean) / sd;

	*slope = z / sd;
	return 0.5 * z * z;
}

/* Length scales grow with the root of the dimension, as distances do (Hvarfner et
 * al., "Vanilla Bayesian optimization performs great in high dimensions", 2024).
 * Wide above: a parameter that does not matter may get any length. */
static double prior_length(size_t d)
{
	return -1 + 0.5 * log((double)d);
}

static double add_priors(const struct fit *f, const double *p, double *g)
{
	double sum = 0, slope;

	for (size_t j = 0; j < f->d; j++) { /* ln l = -1/2 ln th */
		sum += prior(-0.5 * p[j], prior_length(f->d), 0.6, 2, &slope);
		g[j] -= 0.5 * slope;
	}
	sum += prior(p[f->d], 0, 1, 1, &slope);
	g[f->d] += slope;
	sum += prior(p[f->d + 1], -6, 2, 2, &slope);
	g[f->d + 1] += slope;
	return sum;
}

/* K from th, s2 and noise; leaves M' in slope. */
static void covariance(struct fit *f, double s2, double noise)
{
	size_t n = f->n;

	for (size_t k = 0; k < n; k++) {
		size_t first = k + 1, m = n - first;
		double *K = f->K + first + k * n;

		f->K[k + k * n] = s2 + noise;
		memset(K, 0, m * sizeof(*K));
		for (size_t j = 0; j < f->d; j++) {
			const double *x = f->x + j * n;

			kernel_add(f->category[j], f->th[j], x + first, x[k], m, K);
		}
		kernel_matern(m, K, f->slope + first + k * n);
		for (size_t i = 0; i < m; i++)
			K[i] *= s2;
	}
}

/* Minus the derivatives of the log likelihood by ln th, from K^-1. */
static void length_slopes(struct fit *f, double s2, double *g)
{
	size_t n = f->n;

	memset(g, 0, f->d * sizeof(*g));
	for (size_t k = 0; k < n; k++) {
		const double *inverse = f->K + k * n;
		double *H = f->slope + k * n, a = f->alpha[k];

		for (size_t i = k + 1; i < n; i++)
			H[i] *= inverse[i] - f->alpha[i] * a;
		for (size_t j = 0; j < f->d; j++) {
			const double *x = f->x + j * n;

			g[j] += kernel_sum(f->category[j], x + k + 1, x[k], n - k - 1,
					   H + k + 1);
		}
	}
	for (size_t j = 0; j < f->d; j++)
		g[j] *= s2 * f->th[j];
}

double fit_value(struct fit *f, const double *p, double *g)
{
	size_t n = f->n, d = f->d;
	double s2 = exp(p[d]), noise = fit_noise(p[d + 1]), value, trace = 0, aa, ya;

	for (size_t j = 0; j < d; j++)
		f->th[j] = exp(p[j]);
	covariance(f, s2, noise);
	if (!la_chol((int)n, f->K)) {
		memset(g, 0, (d + 2) * sizeof(*g));
		return HUGE_VAL;
	}
	memcpy(f->alpha, f->y, n * sizeof(double));
	la_chol_solve((int)n, f->K, 1, f->alpha);
	ya = la_dot((int)n, f->y, f->alpha);
	aa = la_dot((int)n, f->alpha, f->alpha);
	value = 0.5 * ya + 0.5 * la_chol_logdet((int)n, f->K);

	la_chol_inverse((int)n, f->K);
	for (size_t k = 0; k < n; k++)
		trace += f->K[k + k * n];
	length_slopes(f, s2, g);
	g[d] = -0.5 * (ya - noise * aa - (double)n + noise * trace);
	g[d + 1] = -0.5 * (noise - NOISE_LEAST) * (aa - trace);
	return value + add_priors(f, p, g);
}

static double value_of(void *f, const double *p, double *g)
{
	return fit_value(f, p, g);
}

/* One start, the prior's mode.  A second one, short length scales and much noise, cost
 * as much again and did not pay: lib/tuner/README.md. */
bool fit_mode(struct fit *f, double *p, struct err *e)
{
	size_t d = f->d;
	double *lo = malloc(2 * (d + 2) * sizeof(*lo)), *hi, lowest;
	bool good;

	if (!lo)
		return err_nomem(e);
	hi = lo + d + 2;
	for (size_t j = 0; j < d; j++) { /* length scales of 1/150 to 3000 cubes */
		p[j] = -2 * prior_length(d);
		lo[j] = -16;
		hi[j] = 10;
	}
	p[d] = 0;
	lo[d] = -8;
	hi[d] = 8;
	p[d + 1] = -6;
	lo[d + 1] = -16;
	hi[d + 1] = 3;
	good = minimise(d + 2, p, lo, hi, value_of, f, CALLS, TOLERANCE, &lowest, e);
	free(lo);
	return good;
}
