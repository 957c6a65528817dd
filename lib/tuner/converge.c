/* converge: see converge.h. */
#include "tuner/converge.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

bool converge_noise(const struct trials *t, double *noise)
{
	double *v = malloc((t->n + 1) * sizeof(*v));
	size_t n = 0;

	if (!v)
		return false;
	for (size_t i = 0; i < t->n; i++)
		if (!isnan(t->at[i]->noise))
			v[n++] = t->at[i]->noise;
	qsort(v, n, sizeof(*v), ascending);
	*noise = n ? v[n / 2] : NAN;
	free(v);
	return true;
}

/* The greatest number below `below` of a trial with an expectation, or NULL. */
static const struct known *before(const struct trials *t, double below)
{
	const struct known *last = NULL;

	for (size_t i = 0; i < t->n; i++) {
		const struct known *k = t->at[i];

		if (!isnan(k->expected) && k->number < below &&
		    (!last || k->number > last->number))
			last = k;
	}
	return last;
}

bool converge_reached(const struct trials *t, size_t rows, double expected, double noise)
{
	double number = HUGE_VAL;

	if (!(expected < noise))
		return false;
	for (size_t i = 1; i < rows; i++) {
		const struct known *k = before(t, number);

		if (!k || !(k->expected < noise))
			return false;
		number = k->number;
	}
	return true;
}
