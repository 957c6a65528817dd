/* judge: what a process is worth, by the scores that it has seen.  Notation: gp.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gp/gp.h"
#include "gp/internal.h"
#include "la/la.h"

bool gp_leave_one_out(struct gp *g, double *mean, double *sd, struct err *e)
{
	size_t n = g->n;
	double *inverse = malloc(n * n * sizeof(*inverse)), *alpha = malloc(n * sizeof(*alpha));

	if (!inverse || !alpha) {
		free(alpha);
		free(inverse);
		return err_nomem(e);
	}
	memcpy(inverse, g->factor, n * n * sizeof(*inverse));
	memcpy(alpha, g->y, n * sizeof(*alpha));
	la_chol_solve((int)n, inverse, 1, alpha);
	la_chol_inverse((int)n, inverse);
	for (size_t i = 0; i < g->own; i++) {
		mean[i] = g->y[i] - alpha[i] / inverse[i + i * n];
		sd[i] = 1 / sqrt(inverse[i + i * n]);
	}
	free(alpha);
	free(inverse);
	return true;
}

double gp_skill(struct gp *g, struct err *e)
{
	size_t n = g->own;
	double *mean = malloc((2 * n + 1) * sizeof(*mean)), model = 0, plain = 0, centre = 0;

	if (!mean) {
		err_nomem(e);
		return NAN;
	}
	if (!gp_leave_one_out(g, mean, mean + n, e)) {
		free(mean);
		return NAN;
	}
	for (size_t i = 0; i < n; i++)
		centre += g->y[i] / (double)n;
	for (size_t i = 0; i < n; i++) {
		model += (g->y[i] - mean[i]) * (g->y[i] - mean[i]);
		plain += (g->y[i] - centre) * (g->y[i] - centre);
	}
	free(mean);
	/* Without point i, y_i is n / (n - 1) times as far from the mean. */
	plain *= (double)n / (double)(n - 1) * (double)n / (double)(n - 1);
	return n < 3 || !(plain > 0) ? NAN : 1 - model / plain;
}
