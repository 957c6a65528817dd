#include "tasks/response.h"

#include <stdlib.h>

#include "data/mix.h"

struct sum {
	double y, n;
};

static double mean(struct sum s, double prior)
{
	return (s.y + RESPONSE_PRIOR * prior) / (s.n + RESPONSE_PRIOR);
}

static size_t fold_of(uint64_t seed, uint32_t row)
{
	return (size_t)(mix(seed, row) % RESPONSE_FOLDS);
}

bool response_encode(const uint32_t *group, size_t groups, size_t rows, const double *y,
		     const uint32_t *train, size_t n, uint64_t seed, float *out, struct err *e)
{
	struct sum *all = calloc(groups + 1, sizeof *all);
	struct sum *fold = calloc((groups + 1) * RESPONSE_FOLDS, sizeof *fold);
	double prior = 0;
	bool ok = (all && fold) || err_nomem(e);

	for (size_t i = 0; ok && i < n; i++) {
		uint32_t row = train[i], g = group[row];
		struct sum *f = &fold[g * RESPONSE_FOLDS + fold_of(seed, row)];

		prior += y[row] / (double)n;
		all[g].y += y[row];
		all[g].n++;
		f->y += y[row];
		f->n++;
	}
	for (size_t row = 0; ok && row < rows; row++)
		out[row] = (float)mean(all[group[row]], prior);
	for (size_t i = 0; ok && i < n; i++) {
		uint32_t row = train[i], g = group[row];
		const struct sum *f = &fold[g * RESPONSE_FOLDS + fold_of(seed, row)];
		struct sum others = {all[g].y - f->y, all[g].n - f->n};

		/* What rounding leaves of a number must not tell the row's fold. */
		out[row] = (float)mean(others.n > 0 ? others : (struct sum){0}, prior);
	}
	free(fold);
	free(all);
	return ok;
}
