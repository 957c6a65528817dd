/* gp: closed forms, certificates, gradients against differences, the warp. */
#include "gp/gp.h"

#include <float.h>
#include <stdlib.h>

#include "gp/fit.h"
#include "gp/internal.h"
#include "gp/kernel.h"
#include "gp/minimise.h"
#include "la/la.h"
#include "rng/rng.h"
#include "rng/sobol.h"
#include "tap.h"

#define MOST_DIMS 64

/* A process with the parameters learnt from its own points. */
static struct gp *learnt(const double *x, const double *y, size_t n, size_t d,
			 const bool *category, struct err *e)
{
	double hyper[MOST_DIMS + 2];

	return gp_learn(x, y, n, d, category, hyper, e) ? gp_new(x, y, n, d, category, hyper, e)
							: NULL;
}

enum { N = 40, D = 5 }; /* three numbers, a category, a number that may be inactive */

static const bool category[D] = {false, false, false, true, false};

static void sample(size_t n, uint64_t seed, double *x, double *y)
{
	struct rng r;

	rng_init(&r, seed, 0);
	for (size_t i = 0; i < n; i++) {
		double *p = x + i * D;

		sobol_scrambled((uint32_t)i, seed, D, p);
		p[3] = floor(3 * p[3]);
		if (p[3] == 1)
			p[4] = NAN;
		y[i] = 3 * (p[0] - 0.3) * (p[0] - 0.3) + sin(5 * p[1]) + 0.4 * p[3] +
		       (isnan(p[4]) ? 0 : p[4] * p[4]) + 0.01 * rng_normal(&r);
	}
}

static void warping(void)
{
	static const double y[] = {5, 1, NAN, 2, 3, 100, 3, INFINITY, 4};
	double t[9], again[9], huge[5];
	struct warp w, v;
	struct err e = {0};
	bool order = true, back = true, same = true;

	ok(warp_init(&w, y, 9, t, &e), "scores are warped");
	ok(t[2] == t[5] && t[7] == t[5], "failures become the worst score");
	for (int i = 0; i < 9; i++)
		for (int j = 0; j < 9; j++)
			if (isfinite(y[i]) && isfinite(y[j]))
				order = order && (y[i] < y[j]) == (t[i] < t[j]);
	ok(order, "the order stays");
	/* Median 3 (of the finite ones), good distinct 1 2 3: s^2 = 5/3; bad distinct 4 5
	 * 100 are ranks 3 2 1 of 3.5. */
	is_near((t[0] - t[4]) / (t[4] - t[1]),
		-sqrt(5.0 / 3) * rng_normal_quantile(1.5 / 7) / 2, 1e-14,
		"the bad half gets half-normal quantiles");
	is_near((t[3] - t[1]) / (t[4] - t[3]), 1, 1e-14, "the good half keeps its shape");
	for (int i = 0; i < 9; i++)
		if (isfinite(y[i]))
			back = back && fabs(warp_back(&w, t[i]) - y[i]) < 1e-12 * fabs(y[i]);
	ok(back, "the way back is exact at the scores");
	ok(warp_back(&w, t[1] - 1) < 1, "and goes on beyond the best");

	for (int i = 0; i < 9; i++)
		again[i] = 1e200 * y[i] - 3e201;
	ok(warp_init(&v, again, 9, again, &e), "so are scores in another unit");
	for (int i = 0; i < 9; i++)
		same = same && fabs(t[i] - again[i]) < 1e-12;
	ok(same, "whose warped values are the same");
	warp_release(&v);
	warp_release(&w);

	ok(warp_init(&w, (double[]){DBL_MAX, -DBL_MAX, 0.5, 0.25}, 4, huge, &e) &&
		   isfinite(huge[0]) && huge[0] > huge[2] && huge[2] > huge[3] &&
		   huge[3] > huge[1],
	   "the largest doubles do no harm");
	ok(isfinite(warp_back(&w, 50)) && isfinite(warp_back(&w, -50)),
	   "nor when going back beyond them");
	warp_release(&w);
	ok(warp_init(&w, (double[]){7, 7, NAN}, 3, huge, &e) && huge[0] == 0 && huge[2] == 0 &&
		   warp_back(&w, 0.3) == 7 && warp_slope(&w, 0.3, 1) == 0,
	   "equal scores become 0");
	warp_release(&w);
	ok(warp_init(&w, (double[]){NAN, NAN}, 2, huge, &e) && huge[0] == 0 && huge[1] == 0,
	   "so do failures alone");
	warp_release(&w);
	ok(warp_init(&w, (double[]){1, 1, 1, 2, 3}, 5, huge, &e) && huge[3] > huge[0] &&
		   huge[4] > huge[3],
	   "a best score that most share keeps the others apart");
	warp_release(&w);
}

/* The loops over many points, against one point and the C library at a time. */
static void kernel_loops(void)
{
	enum { M = 45 };
	double column[M], r2[M], slope[M], weight[M], z[4] = {0.3, 0, 2, NAN}, worst = 0, sum;

	for (int i = 0; i < M; i++) {
		r2[i] = i ? ldexp(1, i - 30) : 0; /* up to where e^-r is 2e-123 */
		slope[i] = NAN;
	}
	kernel_matern(M, r2, slope);
	for (int i = 0; i < M; i++) {
		double r = sqrt(5 * (i ? ldexp(1, i - 30) : 0)), e = exp(-r);

		worst = fmax(worst, fabs(r2[i] / ((1 + r + r * r / 3) * e) - 1));
		worst = fmax(worst, fabs(slope[i] / (-5.0 / 6 * (1 + r) * e) - 1));
	}
	is_near(worst, 0, 4e-16, "Matern-5/2 and its slope, as the C library has them");
	r2[0] = 1e9;
	kernel_matern(1, r2, NULL);
	ok(r2[0] >= 0 && r2[0] < 1e-290, "very far away it is next to nothing");

	for (int k = 0; k < 8; k++) { /* numbers, then categories */
		for (int i = 0; i < M; i++) {
			column[i] = i % 5 == 3 ? NAN : k < 4 ? i / (double)M : i % 3;
			weight[i] = 1 + i % 7;
			r2[i] = 0.25;
		}
		kernel_add(k >= 4, 0.5, column, z[k % 4], M, r2);
		sum = -kernel_sum(k >= 4, column, z[k % 4], M, weight);
		for (int i = 0; i < M; i++) {
			double d = kernel_distance(k >= 4, column[i], z[k % 4]);

			sum += weight[i] * d;
			worst = fmax(worst, fabs(r2[i] - 0.25 - 0.5 * d));
		}
		worst = fmax(worst, fabs(sum) / 100);
	}
	is_near(worst, 0, 1e-15, "distances of many points are those of each");
}

static void kernel(void)
{
	double r2[3] = {0, 0.2, 40}, up[3] = {1e-6, 0.2 + 1e-6, 40 + 1e-6}, slope[3], sum = 0,
	       points[4][4], c[4] = {1.1, -2, 1.1, -0.2};
	static const double line[4] = {0, 0.5, 1, NAN};

	kernel_matern(3, r2, slope);
	kernel_matern(3, up, NULL);
	for (int i = 0; i < 3; i++)
		sum = fmax(sum, fabs((up[i] - r2[i]) / 1e-6 - slope[i]));
	is_near(sum, 0, 1e-5, "and its slope");

	/* The three points of a line and the inactive one, weighted so that a constant
	 * 1/6 would not do: sum c_i c_j d_ij <= 0 whenever the c add up to 0. */
	sum = 0;
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++) {
			points[i][j] = kernel_distance(false, line[i], line[j]);
			sum += c[i] * c[j] * points[i][j];
		}
	ok(sum <= 0, "an inactive coordinate has a place among the active ones");
	sum = 0;
	for (int i = 0; i < 1000; i++)
		sum += kernel_distance(false, NAN, (i + 0.5) / 1000) / 1000;
	is_near(sum, 1.0 / 6, 1e-6, "whose mean square distance is that of two numbers");
}

static void gradients(void)
{
	double x[N * D], y[N], t[N], p[D + 2], g[D + 2], none[D + 2], worst = 0;
	struct warp w;
	struct err e = {0};
	struct fit *f;

	sample(N, 1, x, y);
	warp_init(&w, y, N, t, &e);
	f = fit_new(x, t, N, D, category, &e);
	for (int trial = 0; trial < 3; trial++) {
		for (int i = 0; i < D + 2; i++)
			p[i] = sin(3 * i + trial) + (i < D);
		p[D + 1] -= 3;
		fit_value(f, p, g);
		for (int i = 0; i < D + 2; i++) {
			double h = 1e-5, at = p[i], up, down;

			p[i] = at + h;
			up = fit_value(f, p, none);
			p[i] = at - h;
			down = fit_value(f, p, none);
			p[i] = at;
			worst = fmax(worst,
				     fabs((up - down) / (2 * h) - g[i]) / (1 + fabs(g[i])));
		}
	}
	/* Differences of values near 100 are good to 100 * 1e-16 / 1e-5. */
	is_near(worst, 0, 1e-8, "the gradient of the posterior agrees with differences");

	ok(fit_mode(f, p, &e), "the mode is found");
	fit_value(f, p, g);
	worst = 0;
	for (int i = 0; i < D + 2; i++)
		worst = fmax(worst, fabs(g[i]));
	is_near(worst, 0, 0.02, "where the gradient is small");
	fit_free(f);
	warp_release(&w);
}

/* With the parameters that were found, everything again by the textbook. */
static void posterior(void)
{
	double x[N * D], y[N], worst = 0, mean, sd, m, s, a1 = 1, g[D], p[D];
	struct err e = {0};
	struct gp *gp;

	sample(N, 2, x, y);
	gp = learnt(x, y, N, D, category, &e);
	ok(gp, "a process is fitted");
	for (int i = 0; i < N; i++) { /* K alpha - y, K from its definition */
		double sum = gp_hyper(gp)[D + 1] * gp->A[i] - gp->y[i];

		for (int k = 0; k < N; k++) {
			double r2 = 0;

			for (int j = 0; j < D; j++)
				r2 += gp_hyper(gp)[j] *
				      kernel_distance(category[j], x[i * D + j], x[k * D + j]);
			kernel_matern(1, &r2, NULL);
			sum += gp_hyper(gp)[D] * r2 * gp->A[k];
		}
		worst = fmax(worst, fabs(sum));
	}
	is_near(worst, 0, 1e-9, "K alpha = y");

	worst = 0;
	for (int i = 0; i < 60; i++) {
		sobol_scrambled((uint32_t)i, 77, D, p);
		p[3] = i % 3;
		if (i % 3 == 1)
			p[4] = NAN;
		gp_predict(gp, p, 1, &mean, &sd);
		gp_at(gp, p, &m, &s);
		worst = fmax(worst, fmax(fabs(m - mean), fabs(s - sd)));
	}
	is_near(worst, 0, 1e-12, "both ways of predicting agree");

	worst = 0;
	for (int i = 0; i < 60; i++) {
		double w = 0.7;

		sobol_scrambled((uint32_t)i, 78, D, p);
		p[3] = i % 3;
		if (i % 3 == 1)
			p[4] = NAN;
		gp_at(gp, p, &m, &s);
		gp_gradient(gp, &a1, w, g);
		for (int j = 0; j < D; j++) {
			double at = p[j], h = 1e-5, up, down;

			if (category[j] || isnan(at))
				continue;
			p[j] = at + h;
			gp_at(gp, p, &m, &s);
			up = m + w * s;
			p[j] = at - h;
			gp_at(gp, p, &m, &s);
			down = m + w * s;
			p[j] = at;
			worst = fmax(worst, fabs((up - down) / (2 * h) - g[j]));
		}
	}
	is_near(worst, 0, 1e-6, "the gradient of mean and deviation agrees with differences");
	ok(gp_skill(gp, &e) > 0.8, "it predicts what it was not told");
	gp_free(gp);
}

/* One and two points: the posterior by hand. */
static void closed_form(void)
{
	double x[2] = {0.2, 0.6}, y[2] = {1, 3}, z = 0.5, mean, sd, k1, k2, k12, s2, noise, det;
	bool number = false;
	struct err e = {0};
	struct gp *gp = learnt(x, y, 2, 1, &number, &e);
	const double *h = gp_hyper(gp);

	s2 = h[1];
	noise = h[2];
	k1 = h[0] * 0.09;
	k2 = h[0] * 0.01;
	k12 = h[0] * 0.16;
	kernel_matern(1, &k1, NULL);
	kernel_matern(1, &k2, NULL);
	kernel_matern(1, &k12, NULL);
	k1 *= s2;
	k2 *= s2;
	k12 *= s2;
	det = (s2 + noise) * (s2 + noise) - k12 * k12;
	gp_predict(gp, &z, 1, &mean, &sd);
	/* Standardised, two scores are -1 and 1. */
	is_near(mean, (k2 - k1) * (s2 + noise + k12) / det, 1e-12, "mean from two points");
	is_near(sd * sd, s2 - ((s2 + noise) * (k1 * k1 + k2 * k2) - 2 * k12 * k1 * k2) / det,
		1e-12, "variance from two points");
	gp_free(gp);

	gp = learnt(x, y, 1, 1, &number, &e);
	gp_predict(gp, &z, 1, &mean, &sd);
	ok(mean == 0 && sd > 0 && isnan(gp_skill(gp, &e)), "one point says nothing");
	gp_free(gp);
}

/* The process without point i, factored anew: its prediction of that score. */
static void refit(const struct gp *g, const double *x, size_t n, size_t i, double *mean,
		  double *sd)
{
	double K[N * N], k[N] = {0}, v[N], w[N] = {0};
	size_t at[N], m = 0;

	for (size_t a = 0; a < n; a++)
		if (a != i)
			at[m++] = a;
	for (size_t a = 0; a < m; a++) {
		double column[N];

		gp_covariances(g, x + at[a] * D, 0, n, column, NULL);
		for (size_t b = 0; b < m; b++)
			K[b + a * m] = column[at[b]] + (a == b ? g->hyper[D + 1] : 0);
		k[a] = column[i];
		w[a] = g->y[at[a]];
	}
	la_chol((int)m, K);
	memcpy(v, k, m * sizeof(*v));
	la_lower_solve((int)m, K, 1, v);
	la_lower_solve((int)m, K, 1, w);
	*mean = la_dot((int)m, v, w);
	*sd = sqrt(g->hyper[D] + g->hyper[D + 1] - la_dot((int)m, v, v));
}

static void judging(void)
{
	enum { FEW = 15 };
	double x[FEW * D], y[FEW], mean[FEW], sd[FEW], m, s, one, other, worst = 0;
	struct err e = {0};
	struct gp *gp;
	double far[2 * D];

	sample(FEW, 8, x, y);
	gp = learnt(x, y, FEW, D, category, &e);
	ok(gp_leave_one_out(gp, mean, sd, &e), "each score is predicted from the others");
	for (size_t i = 0; i < FEW; i++) {
		refit(gp, x, FEW, i, &m, &s);
		worst = fmax(worst, fmax(fabs(m - mean[i]), fabs(s - sd[i])));
	}
	is_near(worst, 0, 1e-9, "as a process would that has not seen it");

	memcpy(far, x, D * sizeof(*x));
	memcpy(far + D, x, D * sizeof(*x));
	gp_predict(gp, x, 1, &m, &s);
	gp_average(gp, far, 1, &one, &other, &e);
	ok(fabs(one - m) < 1e-9 && fabs(other - s) < 1e-6, "the average of one point is it");
	gp_average(gp, far, 2, &one, &other, &e);
	ok(fabs(one - m) < 1e-9 && fabs(other - s) < 1e-6, "so is that of it twice");
	far[0] = 40; /* nothing is known there, and it has nothing to do with the first */
	gp_average(gp, far, 2, &one, &other, &e);
	is_near(one, m / 2, 1e-6, "the mean of two points that are not alike");
	is_near(other, sqrt(s * s + gp_hyper(gp)[D]) / 2, 1e-4, "and its deviation");
	gp_free(gp);
}

/* The same process, told that its last coordinate is the task, and not told. */
static void tasks(void)
{
	enum { T = D + 1 };
	bool kinds[T] = {false, false, false, true, false, true};
	double x[N * D], y[N], X[N * T], at[3 * T], mean[3], sd[3], m, s, hyper[T + 2],
		worst = 0, g[T], h[T], w = 1;
	struct err e = {0};
	struct gp *a, *b;

	sample(N, 9, x, y);
	for (size_t i = 0; i < N; i++) {
		memcpy(X + i * T, x + i * D, D * sizeof(*x));
		X[i * T + D] = i >= 10;
		y[i] -= i >= 10 ? 1 : 0;
	}
	gp_learn(X, y, N, T, kinds, hyper, &e);
	a = gp_new(X, y, N, T, kinds, hyper, &e);
	b = gp_new(X, y, N, T, kinds, hyper, &e);
	gp_relate(b, 10, 1);
	for (size_t i = 0; i < 3; i++) {
		memcpy(at + i * T, x + (i + 20) * D, D * sizeof(*x));
		at[i * T + D] = 0;
	}
	gp_fantasise(a, at, 1, 2, 1, &e);
	gp_fantasise(b, at, 1, 2, 1, &e);
	for (size_t i = 0; i < 3; i++) {
		double ma[2], mb[2];

		gp_predict(a, at + i * T, 1, ma, sd);
		gp_predict(b, at + i * T, 1, mb, &s);
		worst = fmax(worst,
			     fabs(ma[0] - mb[0]) + fabs(ma[1] - mb[1]) + fabs(sd[0] - s));
		gp_at(a, at + i * T, ma, sd);
		gp_gradient(a, (double[]){w, 0}, 1, g);
		gp_at(b, at + i * T, mb, &s);
		gp_gradient(b, (double[]){w, 0}, 1, h);
		for (size_t j = 0; j < D; j++)
			worst = fmax(worst, fabs(g[j] - h[j]));
	}
	is_near(worst, 0, 1e-12, "a point without its task is one of the first task");
	gp_fantasise(a, NULL, 0, 1, 0, &e);
	gp_fantasise(b, NULL, 0, 1, 0, &e);
	for (size_t i = 0; i < 3; i++)
		memmove(at + i * D, x + (i + 20) * D, D * sizeof(*x));
	gp_average(b, at, 3, &m, &s, &e);
	gp_predict(b, at, 3, mean, sd);
	is_near(m, (mean[0] + mean[1] + mean[2]) / 3, 1e-9, "so in an average");
	ok(gp_best(b, 0) > gp_best(a, 0), "and the best is that of the first task");
	ok(isfinite(gp_skill(b, &e)), "as is the skill");
	gp_free(a);
	gp_free(b);
}

static void fantasies(void)
{
	enum { P = 3, S = 256 };
	double x[N * D], y[N], far[P * D], base[P], sd0[P], mean[P * S], sd[P], avg[P] = {0},
										var[P] = {0};
	struct err e = {0};
	struct gp *gp;

	sample(N, 4, x, y);
	gp = learnt(x, y, N - P, D, category, &e);
	memcpy(far, x + (N - P) * D, sizeof(far));
	gp_predict(gp, far, P, base, sd0);
	ok(gp_fantasise(gp, far, P, S, 9, &e) && gp_means(gp) == S, "scores are drawn");
	gp_predict(gp, far, P, mean, sd);
	for (int i = 0; i < P; i++) {
		for (int s = 0; s < S; s++)
			avg[i] += mean[i * S + s] / S;
		for (int s = 0; s < S; s++)
			var[i] += pow(mean[i * S + s] - avg[i], 2) / S;
	}
	is_near(fabs(avg[0] - base[0]) + fabs(avg[1] - base[1]) + fabs(avg[2] - base[2]), 0,
		1e-9, "their posterior means average to the one without them");
	/* Law of total variance: var = spread of the means + what is left. */
	is_near((var[0] + sd[0] * sd[0]) / (sd0[0] * sd0[0]), 1, 0.1,
		"and spread as they must");
	ok(sd[0] < sd0[0] && sd[1] < sd0[1] && sd[2] < sd0[2], "there is less to learn there");
	ok(gp_best(gp, 0) <= 0 && gp_best(gp, 1) <= 0, "each draw knows its own best");
	ok(gp_fantasise(gp, NULL, 0, 0, 0, &e) && gp_means(gp) == 1, "they can be forgotten");
	gp_predict(gp, far, P, mean, sd);
	ok(memcmp(mean, base, sizeof(base)) == 0, "without a trace");
	gp_free(gp);
}

static void hard_cases(void)
{
	double x[N * D], y[N], mean, sd, metric, spread;
	struct err e = {0};
	struct gp *gp;

	sample(N, 5, x, y);
	for (int i = 0; i < N; i++) {
		memcpy(x + i * D, x, D * sizeof(double));
		y[i] = i % 2 ? NAN : 1e300;
	}
	gp = learnt(x, y, N, D, category, &e);
	gp_predict(gp, x, 1, &mean, &sd);
	gp_metric(gp, mean, sd, &metric, &spread);
	ok(isfinite(mean) && isfinite(sd) && metric == 1e300, "forty times the same point");
	gp_free(gp);
	for (int i = 0; i < N; i++)
		y[i] = NAN;
	gp = learnt(x, y, N, D, category, &e);
	gp_predict(gp, x, 1, &mean, &sd);
	ok(isfinite(mean) && isfinite(sd), "nothing but failures");
	gp_free(gp);
}

static void many_points(void)
{
	enum { BIG = GP_FIT_MAX + 150 };
	double *x = malloc(BIG * D * sizeof(*x)), *y = malloc(BIG * sizeof(*y)), mean, sd;
	struct err e = {0};
	struct gp *gp;

	sample(BIG, 6, x, y);
	gp = learnt(x, y, BIG, D, category, &e);
	gp_predict(gp, x, 1, &mean, &sd);
	ok(fabs(mean - gp->y[0]) < 0.2 && gp_skill(gp, &e) > 0.8,
	   "parameters fitted to a part serve the whole");
	gp_free(gp);
	free(y);
	free(x);
}

static double rosenbrock(void *calls, const double *x, double *g)
{
	double a = 1 - x[0], b = x[1] - x[0] * x[0];

	++*(int *)calls;
	g[0] = -2 * a - 400 * x[0] * b;
	g[1] = 200 * b;
	return a * a + 100 * b * b;
}

static void minimiser(void)
{
	double lo[2] = {-2, -2}, hi[2] = {2, 2}, x[2] = {-1.2, 1}, f;
	struct err e = {0};
	int calls = 0;

	ok(minimise(2, x, lo, hi, rosenbrock, &calls, 200, 1e-14, &f, &e),
	   "a valley is followed");
	is_near(fabs(x[0] - 1) + fabs(x[1] - 1), 0, 1e-5, "to its end");
	ok(calls <= 200, "within the calls allowed");
	x[0] = -1.2;
	hi[0] = 0.5; /* on this face the minimum is x1 = 0.25 */
	ok(minimise(2, x, lo, hi, rosenbrock, &calls, 200, 1e-14, &f, &e) && x[0] == 0.5,
	   "a wall ends it");
	is_near(x[1], 0.25, 1e-6, "at the lowest point along the wall");
}

/* Forth and back again, also beyond what was seen. */
static void bends(void)
{
	const double y[] = {0.3, 0.1, 7, 0.2, 0.9, 0.4, NAN, 3e5};
	double out[8], worst = 0;
	struct warp w;
	struct err e = {0};

	warp_init(&w, y, 8, out, &e);
	for (int i = 0; i < 6; i++)
		worst = fmax(worst, fabs(warp_there(&w, y[i]) - out[i]));
	is_near(worst, 0, 1e-12, "a score's warped value is found from the score");
	for (double v = -0.3; v < 5e5; v = v * 1.3 + 0.11)
		worst = fmax(worst,
			     fabs((warp_back(&w, warp_there(&w, v)) - v) / (1 + fabs(v))));
	is_near(worst, 0, 1e-9, "between and beyond the scores, forth and back is the same");
	warp_release(&w);
	warp_init_keep(&w, y, 8, 6.9, out, &e);
	is_near((warp_there(&w, 0.9) - warp_there(&w, 0.4)) /
			(warp_there(&w, 0.3) - warp_there(&w, 0.2)),
		5, 1e-9, "what is to keep its shape does,");
	ok(out[7] - out[2] < out[2] - out[0], "what is beyond goes by rank");
	warp_release(&w);
	warp_init(&w, y, 1, out, &e);
	ok(warp_there(&w, 0.2) < out[0] && warp_there(&w, 0.4) > out[0],
	   "beside a single score too there is better and worse");
	warp_release(&w);
}

int main(void)
{
	warping();
	kernel_loops();
	kernel();
	gradients();
	posterior();
	closed_form();
	judging();
	tasks();
	fantasies();
	hard_cases();
	many_points();
	minimiser();
	bends();
	return tap_end();
}
