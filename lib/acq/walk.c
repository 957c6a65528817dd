/* walk: see walk.h. */
#include "acq/walk.h"

#include <math.h>

/* The lowest value from dimension i on. */
static void reset(const struct space *s, size_t i, double *x)
{
	for (; i < space_dims(s); i++)
		x[i] = space_active(s, i, x) ? space_dim_coordinate(space_dim(s, i), 0) : NAN;
}

void walk_first(const struct space *s, double *x)
{
	reset(s, 0, x);
}

bool walk_next(const struct space *s, double *x)
{
	for (size_t i = space_dims(s); i-- > 0;) {
		const struct space_dim *d = space_dim(s, i);
		double k;

		if (isnan(x[i]))
			continue;
		k = space_dim_index(d, x[i]) + 1;
		if (k < d->size && d->kind != SPACE_REAL) {
			x[i] = space_dim_coordinate(d, k);
			reset(s, i + 1, x);
			return true;
		}
	}
	return false;
}

void walk_settle(const struct space *s, double *x)
{
	for (size_t i = 0; i < space_dims(s); i++) {
		const struct space_dim *d = space_dim(s, i);

		if (!space_active(s, i, x))
			x[i] = NAN;
		else if (d->kind == SPACE_REAL)
			x[i] = fmin(1, fmax(0, x[i]));
		else
			x[i] = space_dim_coordinate(d, space_dim_index(d, x[i]));
	}
}
