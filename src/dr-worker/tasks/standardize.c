#include "tasks/standardize.h"

#include <math.h>
#include <stdlib.h>

const struct task standardize_task = {
	.name = "Standardize",
	.title = "Standardisation",
	.description = "Numbers are moved and scaled so that the median is 0 and the spread 1, "
		       "and those beyond 5 are moved to 5.",
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double standardize_median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, by_value);
	return (v[(n - 1) / 2] + v[n / 2]) / 2;
}

/* Centre and spread of the training rows of a column. */
static void measure(const float *x, const uint32_t *train, size_t n, double *v, double *centre,
		    double *spread)
{
	double sum = 0, square = 0;

	for (size_t i = 0; i < n; i++) {
		v[i] = (double)x[train[i]];
		sum += v[i];
	}
	*centre = standardize_median(v, n);
	for (size_t i = 0; i < n; i++)
		v[i] = fabs((double)x[train[i]] - *centre);
	if ((*spread = 1.4826 * standardize_median(v, n)) > 0)
		return;
	*centre = sum / (double)n;
	for (size_t i = 0; i < n; i++)
		square += ((double)x[train[i]] - *centre) * ((double)x[train[i]] - *centre);
	*spread = sqrt(square / (double)n);
}

bool standardize(struct matrix *m, const uint32_t *train, size_t n, struct err *e)
{
	double *v = malloc((n ? n : 1) * sizeof *v);

	if (!v)
		return err_nomem(e);
	for (size_t j = 0; j < m->cols; j++) {
		float *x = m->x + j * m->rows;
		double centre, spread;

		measure(x, train, n, v, &centre, &spread);
		for (size_t i = 0; i < m->rows; i++) {
			double z = spread > 0 ? ((double)x[i] - centre) / spread : 0;

			x[i] = (float)fmin(fmax(z, -STANDARDIZE_LIMIT), STANDARDIZE_LIMIT);
		}
	}
	free(v);
	return true;
}
