/*
 * average: f averaged over points x_1 ... x_m.  Notation: gp.c.
 *
 *   mean = kbar' K^-1 y,   kbar = 1/m sum_i k(x_i)
 *   sd^2 = 1/m^2 sum_ik k(x_i, x_k) - vbar' vbar,   vbar = L^-1 kbar
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gp/gp.h"
#include "gp/internal.h"
#include "gp/kernel.h"
#include "la/la.h"

/* 1/m^2 sum_ik k(x_i, x_k); column has room for m by d, r2 for m. */
static double within(const struct gp *g, const double *x, size_t m, double *column, double *r2)
{
	size_t d = g->d - g->tasks;
	double sum = 0;

	for (size_t i = 0; i < m; i++)
		for (size_t j = 0; j < d; j++)
			column[j * m + i] = x[i * d + j];
	for (size_t i = 0; i < m; i++) {
		memset(r2, 0, m * sizeof(*r2));
		for (size_t j = 0; j < d; j++)
			kernel_add(g->category[j], g->hyper[j], column + j * m, x[i * d + j], m,
				   r2);
		kernel_matern(m, r2, NULL);
		for (size_t k = 0; k < m; k++)
			sum += r2[k];
	}
	return g->hyper[g->d] * sum / (double)m / (double)m;
}

bool gp_average(struct gp *g, const double *x, size_t m, double *mean, double *sd,
		struct err *e)
{
	size_t n = g->n, d = g->d - g->tasks;
	double *k = calloc(3 * n + m * d + m, sizeof(*k)), *bar, *w, *column, var;

	if (!k)
		return err_nomem(e);
	bar = k + n;
	w = bar + n;
	column = w + n;
	for (size_t i = 0; i < m; i++) {
		gp_covariances(g, gp_whole(g, x + i * d), 0, n, k, NULL);
		for (size_t a = 0; a < n; a++)
			bar[a] += k[a] / (double)m;
	}
	memcpy(w, g->y, n * sizeof(*w));
	la_lower_solve((int)n, g->factor, 1, w);
	la_lower_solve((int)n, g->factor, 1, bar);
	*mean = la_dot((int)n, bar, w);
	var = within(g, x, m, column, column + m * d) - la_dot((int)n, bar, bar);
	*sd = sqrt(fmax(var, 0));
	free(k);
	return true;
}
