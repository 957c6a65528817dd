/*
 * ei: expected improvement in logarithms.
 *
 *   EI = sd h(z),  z = (best - mean) / sd,  h(z) = phi(z) + z Phi(z)
 *
 * Below z = -1 the two terms nearly cancel.  With x = -z and Mills' ratio R(x) =
 * Phi(-x) / phi(x), h = phi (1 - x R).  Down to -6, R by erfc and the difference as it
 * stands: it loses the factor x^2, under two digits.  Beyond, by the continued
 * fraction of R (Laplace; Abramowitz & Stegun 26.2.14):
 *
 *   R = 1 / (x + c),  c = 1/(x + 2/(x + 3/(x + ...))),  h = phi c / (x + c)
 *
 * without any difference; 20 terms are exact to rounding from x = 6 on.
 */
#include "acq/acq.h"

#include <math.h>

#define SQRT_2PI 2.5066282746310005024
#define LOG_SQRT_2PI 0.91893853320467274178

double acq_log_h(double z, double *slope)
{
	double x = -z, c;

	if (z > -6) {
		double phi = exp(-0.5 * z * z) / SQRT_2PI, Phi = 0.5 * erfc(x * M_SQRT1_2);
		double h = z > -1 ? phi + z * Phi : phi * (1 - x * (Phi / phi));

		if (slope)
			*slope = Phi / h;
		return log(h);
	}
	c = x;
	for (int k = 20; k > 1; k--)
		c = x + k / c;
	c = 1 / c;
	if (slope)
		*slope = 1 / c;
	return -0.5 * z * z - LOG_SQRT_2PI + log(c / (x + c));
}

/* Terms that are smaller than the greatest by this in logarithms are nothing. */
#define NOTHING 40

double acq_value(const struct gp *gp, const double *mean, double sd, double *wmean, double *wsd)
{
	size_t S = gp_means(gp);
	double top = -HUGE_VAL, most, sum = 0, slope, dsd = 0;

	for (size_t s = 0; s < S; s++)
		top = fmax(top, (gp_best(gp, s) - mean[s]) / sd);
	most = acq_log_h(top, NULL);
	for (size_t s = 0; s < S; s++) {
		double z = (gp_best(gp, s) - mean[s]) / sd, term = 0, pull = 0;

		/* ln h falls at least as fast as -z^2/2 below 0. */
		if (z > 0 || z * z / 2 < NOTHING - most) {
			term = exp(acq_log_h(z, &slope) - most);
			pull = term * slope;
		}
		sum += term;
		dsd -= pull * z / sd;
		if (wmean)
			wmean[s] = -pull / sd;
	}
	for (size_t s = 0; wmean && s < S; s++)
		wmean[s] /= sum;
	if (wsd)
		*wsd = 1 / sd + dsd / sum;
	return most + log(sum / (double)S) + log(sd);
}
