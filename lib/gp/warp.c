/* warp: see warp.h. */
#include "gp/warp.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rng/rng.h"

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Root mean square of v / scale over n values, scale being the largest of them. */
static double rms(const double *v, size_t n, double scale)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i] / scale * (v[i] / scale);
	return sqrt(sum / (double)n);
}

/*
 * From the sorted distinct scores to distances from the median in a unit of their
 * own.  Halved first: the difference of two doubles may overflow.
 */
static void bend(const struct warp *w, double median, double *t)
{
	size_t m = w->m, good = 0;
	double scale, sd, bad;

	for (size_t i = 0; i < m; i++) {
		t[i] = w->raw[i] / 2 - median / 2;
		good += w->raw[i] <= median;
	}
	scale = fabs(t[0]);
	if (scale == 0) /* more than half of the trials share the best score */
		scale = t[m - 1];
	if (scale == 0)
		return; /* all do */
	sd = t[0] < 0 ? rms(t, good, scale) : 1;
	bad = (double)(m - good) + (good > 0 && w->raw[good - 1] == median ? 0.5 : 0);
	for (size_t i = 0; i < good; i++)
		t[i] /= scale;
	for (size_t i = good; i < m; i++)
		t[i] = -sd * rng_normal_quantile(0.5 * ((double)(m - i) - 0.5) / bad);
}

/* Copy the finite scores of y, sorted, into v; their number. */
static size_t sorted(const double *y, size_t n, double *v)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		if (isfinite(y[i]))
			v[m++] = y[i];
	qsort(v, m, sizeof(*v), ascending);
	return m;
}

static size_t distinct(double *v, size_t m)
{
	size_t k = 0;

	for (size_t i = 0; i < m; i++)
		if (k == 0 || v[i] != v[k - 1])
			v[k++] = v[i];
	return k;
}

static void standardise(struct warp *w, double *out, size_t n)
{
	double mean = 0, var = 0, sd;

	for (size_t i = 0; i < n; i++)
		mean += out[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		var += (out[i] - mean) * (out[i] - mean) / (double)n;
	sd = var > 0 ? sqrt(var) : 1;
	for (size_t i = 0; i < n; i++)
		out[i] = (out[i] - mean) / sd;
	for (size_t i = 0; i < w->m; i++)
		w->bent[i] = (w->bent[i] - mean) / sd;
}

bool warp_init(struct warp *w, const double *y, size_t n, double *out, struct err *e)
{
	return warp_init_keep(w, y, n, -HUGE_VAL, out, e);
}

bool warp_init_keep(struct warp *w, const double *y, size_t n, double keep, double *out,
		    struct err *e)
{
	double median = 0;
	size_t m;

	memset(w, 0, sizeof(*w));
	if (!(w->raw = calloc(n, sizeof(double))) || !(w->bent = calloc(n, sizeof(double)))) {
		warp_release(w);
		return err_nomem(e);
	}
	if ((m = sorted(y, n, w->raw)))
		median = m % 2 ? w->raw[m / 2] : w->raw[m / 2 - 1] / 2 + w->raw[m / 2] / 2;
	if (m && keep > median)
		median = fmin(keep, w->raw[m - 1]);
	w->m = m ? distinct(w->raw, m) : 1;
	bend(w, median, w->bent);
	for (size_t i = 0; i < n; i++) {
		const double *at = NULL;

		if (isfinite(y[i]) && m)
			at = bsearch(&y[i], w->raw, w->m, sizeof(double), ascending);
		out[i] = at ? w->bent[at - w->raw] : w->bent[w->m - 1];
	}
	standardise(w, out, n);
	return true;
}

void warp_release(struct warp *w)
{
	free(w->raw);
	free(w->bent);
	memset(w, 0, sizeof(*w));
}

/* Of m > 1 ascending values the i for which v is best told from the i-th and the next. */
static size_t interval(const double *value, size_t m, double v)
{
	size_t lo = 0, hi = m - 1;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (value[mid] <= v)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

double warp_there(const struct warp *w, double score)
{
	size_t lo;
	double width, t;

	if (w->m == 1) /* a unit on each side of the only score */
		return w->bent[0] + (score > w->raw[0]) - (score < w->raw[0]);
	lo = interval(w->raw, w->m, score);
	width = w->raw[lo + 1] / 2 - w->raw[lo] / 2; /* halved: it may overflow */
	t = (score / 2 - w->raw[lo] / 2) / width;
	t = w->bent[lo] + t * (w->bent[lo + 1] - w->bent[lo]);
	return fmax(-DBL_MAX, fmin(DBL_MAX, t));
}

double warp_back(const struct warp *w, double bent)
{
	size_t lo, hi;
	double t;

	if (w->m == 1)
		return w->raw[0];
	lo = interval(w->bent, w->m, bent);
	hi = lo + 1;
	if (!(w->bent[hi] > w->bent[lo])) /* closer than doubles can tell */
		return w->raw[lo];
	t = (bent - w->bent[lo]) / (w->bent[hi] - w->bent[lo]);
	t = w->raw[lo] * (1 - t) + w->raw[hi] * t;
	return fmax(-DBL_MAX, fmin(DBL_MAX, t));
}

double warp_slope(const struct warp *w, double bent, double sd)
{
	double h = fmax(sd, 1e-6);

	return fmax(0, (warp_back(w, bent + h) / 2 - warp_back(w, bent - h) / 2) / h);
}
