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

/* c of the continued fraction, x >= 6. */
static double tail(double x)
{
	double c = x;

	for (int k = 20; k > 1; k--)
		c = x + k / c;
	return 1 / c;
}

/* h for z > -37, and Phi / h. */
static double plain_h(double z, double *slope)
{
	double x = -z, phi = exp(-0.5 * z * z) / SQRT_2PI, Phi, h;

	if (z <= -6) {
		double c = tail(x);

		*slope = 1 / c;
		return phi * c / (x + c);
	}
	Phi = 0.5 * erfc(x * M_SQRT1_2);
	h = z > -1 ? phi + z * Phi : phi * (1 - x * (Phi / phi));
	*slope = Phi / h;
	return h;
}

double acq_log_h(double z, double *slope)
{
	double x = -z, c, none;

	if (z > -6)
		return log(plain_h(z, slope ? slope : &none));
	c = tail(x);
	if (slope)
		*slope = 1 / c;
	return -0.5 * z * z - LOG_SQRT_2PI + log(c / (x + c));
}

double acq_log_phi(double z, double *slope)
{
	double x = -z, c, p;

	if (z > -6) {
		p = 0.5 * erfc(x * M_SQRT1_2);
		*slope = exp(-0.5 * z * z) / SQRT_2PI / p;
		return log(p);
	}
	c = tail(x);
	*slope = x + c;
	return -0.5 * z * z - LOG_SQRT_2PI - log(x + c);
}

/*
 * The greatest z of all draws decides: from PLAIN on, h itself is added up, which
 * takes half as long; below, its logarithms are, relative to the greatest.
 */
#define PLAIN -20.0

/* ln h falls faster than -z^2/2 below 0: what lies this far below the greatest term
 * is nothing. */
#define NOTHING 38

static double term_of(double z, double top, double most, double *slope)
{
	*slope = 0;
	if (z < 0 && z * z / 2 > NOTHING + (top < 0 ? top * top / 2 : 0))
		return 0;
	return top < PLAIN ? exp(acq_log_h(z, slope) - most) : plain_h(z, slope);
}

double acq_value(const struct gp *gp, const double *mean, double sd, double *wmean, double *wsd)
{
	size_t S = gp_means(gp);
	double top = -HUGE_VAL, most = 0, sum = 0, slope, dsd = 0;

	for (size_t s = 0; s < S; s++) {
		double z = (gp_best(gp, s) - mean[s]) / sd;

		top = z > top ? z : top;
	}
	if (top < PLAIN)
		most = acq_log_h(top, NULL);
	for (size_t s = 0; s < S; s++) {
		double z = (gp_best(gp, s) - mean[s]) / sd,
		       term = term_of(z, top, most, &slope);

		sum += term;
		dsd -= term * slope * z / sd;
		if (wmean)
			wmean[s] = -term * slope / sd;
	}
	for (size_t s = 0; wmean && s < S; s++)
		wmean[s] /= sum;
	if (wsd)
		*wsd = 1 / sd + dsd / sum;
	return most + log(sum / (double)S) + log(sd);
}
