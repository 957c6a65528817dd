/*
 * kernel: see kernel.h.
 *
 * These loops are most of what a prediction costs, so they are written for the
 * compiler to do 2, 4 or 8 elements at once, as many as the processor can (a copy for
 * each): no calls and no branches.  Each element sees the same operations in the same
 * order in every copy, and products are not fused with sums, so that all of them give
 * the same bits.
 */
#include "gp/kernel.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#pragma GCC optimize("O3", "no-trapping-math")
#ifdef __x86_64__
#define EACH_CPU __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define EACH_CPU
#endif

#define LANES 8 /* sums that are kept apart, to be added up last */

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

/*
 * The distance of x from a value that all share, as three numbers: what it is where x
 * is inactive, and elsewhere for a number (x - middle)^2 + above, for a category
 * `other` where x is not the middle.
 */
struct shared {
	bool category;
	double off, middle, above, other;
};

static struct shared share(bool category, double z)
{
	if (isnan(z)) /* no category has index -1 */
		return (struct shared){category, 0, category ? -1 : 0.5, 1.0 / 12, 0.5};
	return (struct shared){category, kernel_distance(category, NAN, z), z, 0, 1};
}

static inline double number_distance(struct shared s, double x)
{
	double d = (x - s.middle) * (x - s.middle) + s.above;

	return x == x ? d : s.off;
}

static inline double category_distance(struct shared s, double x)
{
	double d = x == s.middle ? 0 : s.other;

	return x == x ? d : s.off;
}

EACH_CPU
void kernel_add(bool category, double th, const double *column, double z, size_t n, double *r2)
{
	struct shared s = share(category, z);

	if (category)
		for (size_t i = 0; i < n; i++)
			r2[i] += th * category_distance(s, column[i]);
	else
		for (size_t i = 0; i < n; i++)
			r2[i] += th * number_distance(s, column[i]);
}

EACH_CPU
double kernel_sum(bool category, const double *column, double z, size_t n, const double *weight)
{
	struct shared s = share(category, z);
	double lane[LANES] = {0}, sum = 0;
	size_t i = 0;

	if (category)
		for (; i + LANES <= n; i += LANES)
			for (size_t l = 0; l < LANES; l++)
				lane[l] += weight[i + l] * category_distance(s, column[i + l]);
	else
		for (; i + LANES <= n; i += LANES)
			for (size_t l = 0; l < LANES; l++)
				lane[l] += weight[i + l] * number_distance(s, column[i + l]);
	for (; i < n; i++)
		sum += weight[i] * (category ? category_distance(s, column[i])
					     : number_distance(s, column[i]));
	for (size_t l = 0; l < LANES; l++)
		sum += lane[l];
	return sum;
}

/*
 * e^x for x <= 0, within 2 units of the last place; what would be below e^-700 is
 * that.  x = k ln 2 + t with |t| <= ln(2)/2, where the Taylor polynomial of degree 13
 * is exact to rounding; ln 2 is split so that k times its first part is exact.  k is
 * added to the exponent.
 */
static inline double exponential(double x)
{
	static const double shift = 0x1.8p52; /* adding it rounds to a whole number */
	double y = x > -700 ? x : -700, k = y * 0x1.71547652b82fep+0 + shift, t, p;
	uint64_t bits, power;

	memcpy(&power, &k, sizeof(power));
	k -= shift;
	t = y - k * 0x1.62e42fee00000p-1 - k * 0x1.a39ef35793c76p-33;
	p = 1.0 / 6227020800;
	p = p * t + 1.0 / 479001600;
	p = p * t + 1.0 / 39916800;
	p = p * t + 1.0 / 3628800;
	p = p * t + 1.0 / 362880;
	p = p * t + 1.0 / 40320;
	p = p * t + 1.0 / 5040;
	p = p * t + 1.0 / 720;
	p = p * t + 1.0 / 120;
	p = p * t + 1.0 / 24;
	p = p * t + 1.0 / 6;
	p = p * t + 0.5;
	p = p * t + 1;
	p = p * t + 1;
	memcpy(&bits, &p, sizeof(bits));
	bits += power << 52;
	memcpy(&p, &bits, sizeof(p));
	return p;
}

EACH_CPU
void kernel_matern(size_t n, double *r2, double *slope)
{
	if (slope)
		for (size_t i = 0; i < n; i++) {
			double r = sqrt(5 * r2[i]), e = exponential(-r);

			slope[i] = -5.0 / 6 * (1 + r) * e;
			r2[i] = (1 + r + r * r / 3) * e;
		}
	else
		for (size_t i = 0; i < n; i++) {
			double r = sqrt(5 * r2[i]), e = exponential(-r);

			r2[i] = (1 + r + r * r / 3) * e;
		}
}
