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
	double *inverse = malloc(n * n * sizeof(*inverse));

	if (!inverse)
		return err_nomem(e);
	memcpy(inverse, g->factor, n * n * sizeof(*inverse));
	memcpy(mean, g->y, n * sizeof(*mean));
	la_chol_solve((int)n, inverse, 1, mean);
	la_chol_inverse((int)n, inverse);
	for (size_t i = 0; i < n; i++) {
		mean[i] = g->y[i] - mean[i] / inverse[i + i * n];
		sd[i] = 1 / sqrt(inverse[i + i * n]);
	}
	free(inverse);
	return true;
}

double gp_skill(struct gp *g, struct err *e)
{
	size_t n = g->n;
	double *mean = malloc(2 * n * sizeof(*mean)), model = 0, plain = 0;

	if (!mean) {
		err_nomem(e);
		return NAN;
	}
	if (!gp_leave_one_out(g, mean, mean + n, e)) {
		free(mean);
		return NAN;
	}
	for (size_t i = 0; i < n; i++) {
		model += (g->y[i] - mean[i]) * (g->y[i] - mean[i]);
		plain += g->y[i] * g->y[i];
	}
	free(mean);
	/* Without point i the mean of n scores with mean 0 is -y_i / (n - 1). */
	plain *= (double)n / (double)(n - 1) * (double)n / (double)(n - 1);
	return n < 3 || !(plain > 0) ? NAN : 1 - model / plain;
}
