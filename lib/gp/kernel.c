/* kernel: see kernel.h. */
#include "gp/kernel.h"

#include <math.h>

double kernel_distance(bool category, double a, double b)
{
	bool off = isnan(a);

	if (off != isnan(b)) {
		double x = off ? b : a;

		return category ? 0.5 : (x - 0.5) * (x - 0.5) + 1.0 / 12;
	}
	if (off)
		return 0;
	return category ? a != b : (a - b) * (a - b);
}

void kernel_add(bool category, double th, const double *column, double z, size_t n, double *r2)
{
	double off = th * kernel_distance(category, NAN, z); /* where inactive in one */

	if (isnan(z)) {
		for (size_t i = 0; i < n; i++)
			r2[i] += th * kernel_distance(category, column[i], z);
	} else if (category) {
		for (size_t i = 0; i < n; i++)
			r2[i] += column[i] == z ? 0 : isnan(column[i]) ? off : th;
	} else {
		for (size_t i = 0; i < n; i++)
			r2[i] += isnan(column[i]) ? off
						  : th * ((column[i] - z) * (column[i] - z));
	}
}

void kernel_matern(size_t n, double *r2, double *slope)
{
	for (size_t i = 0; i < n; i++) {
		double r = sqrt(5 * r2[i]), e = exp(-r);

		if (slope)
			slope[i] = -5.0 / 6 * (1 + r) * e;
		r2[i] = (1 + r + r * r / 3) * e;
	}
}
