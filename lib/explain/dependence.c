/* dependence: see dependence.h. */
#include "explain/dependence.h"

#include <math.h>
#include <stdlib.h>

#include "rng/sobol.h"

size_t dependence_grid(const struct space_dim *d)
{
	if (d->kind == SPACE_CATEGORY || d->size <= DEPENDENCE_GRID)
		return (size_t)d->size;
	return DEPENDENCE_GRID;
}

double dependence_coordinate(const struct space_dim *d, size_t i)
{
	size_t n = dependence_grid(d);
	double share = n > 1 ? (double)i / (double)(n - 1) : 0;

	if (d->kind == SPACE_REAL)
		return share;
	if (d->size <= (double)n)
		return space_dim_coordinate(d, (double)i);
	return space_dim_coordinate(d, space_dim_index(d, share));
}

/* Make dimension j be there: where it has several parents' values, the turn-th. */
static void activate(const struct space *s, size_t j, size_t turn, double *x)
{
	const struct space_dim *d = space_dim(s, j);
	const struct space_when *w;

	if (d->n_when == 0)
		return;
	w = &d->when[turn % d->n_when];
	x[w->dim] = space_dim_coordinate(space_dim(s, w->dim), w->k);
	activate(s, w->dim, turn / d->n_when, x);
}

bool dependence_at(struct gp *gp, const struct space *s, size_t j, double x, double *mean,
		   double *sd, struct err *e)
{
	size_t d = space_dims(s);
	double *u = malloc(DEPENDENCE_POINTS * d * sizeof(*u));
	bool good;

	if (!u)
		return err_nomem(e);
	sobol_points(0, DEPENDENCE_POINTS, 0, d, u);
	for (size_t i = 0; i < DEPENDENCE_POINTS; i++) {
		double *p = u + i * d;

		for (size_t k = 0; k < d; k++) {
			const struct space_dim *dim = space_dim(s, k);

			if (dim->kind == SPACE_CATEGORY)
				p[k] = fmin(dim->size - 1, floor(p[k] * dim->size));
		}
		p[j] = x;
		activate(s, j, i, p);
		space_snap(s, p);
	}
	good = gp_average(gp, u, DEPENDENCE_POINTS, mean, sd, e);
	free(u);
	return good;
}
