/*
 * gp: see gp.h.
 *
 * Notation of Rasmussen & Williams: K the covariance of the n observed and p pending
 * points with the noise on its diagonal, L its Cholesky factor, k the covariances of
 * a new point x with them, and one column of A = K^-1 Y for each set of scores.
 *
 *   mean_s = k' A_s,   sd^2 = s2 - v' v,   v = L^-1 k
 *
 * Gradient of sum_s a_s mean_s + b sd by x: sum_i c_i dk_i/dx with
 * c = A a - (b / sd) L^-T v.
 */
#include "gp/gp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gp/fit.h"
#include "gp/internal.h"
#include "gp/kernel.h"
#include "la/la.h"
#include "rng/rng.h"
#include "rng/sobol.h"

/* What the parameters are learnt from. */
struct data {
	const double *x;
	double *y; /* n, warped */
	size_t n, d;
	const bool *category;
};

static bool numbers(double **v, size_t n)
{
	free(*v);
	*v = calloc(n, sizeof(double));
	return *v;
}

void gp_covariances(const struct gp *g, const double *z, size_t first, size_t end, double *k,
		    double *slope)
{
	double s2 = g->hyper[g->d];

	memset(k, 0, (end - first) * sizeof(*k));
	for (size_t j = 0; j < g->d; j++)
		kernel_add(g->category[j], g->hyper[j], g->x + j * g->cap + first, z[j],
			   end - first, k);
	kernel_matern(end - first, k, slope);
	for (size_t i = 0; i < end - first; i++)
		k[i] *= s2;
}

/* The lower triangle of K in columns first to N, rows from the diagonal down. */
static void fill(const struct gp *g, double *K, size_t N, size_t first)
{
	double *z = g->at;

	for (size_t c = first; c < N; c++) {
		for (size_t j = 0; j < g->d; j++)
			z[j] = g->x[j * g->cap + c];
		gp_covariances(g, z, c, N, K + c + c * N, NULL);
		K[c + c * N] += g->hyper[g->d + 1];
	}
}

/* Factor the observed points.  The noise is at least 1e-6, so this works the first
 * time unless s2 is enormous; then the diagonal is raised, as often as it takes. */
static void factorise(struct gp *g)
{
	for (;;) {
		fill(g, g->factor, g->n, 0);
		if (la_chol((int)g->n, g->factor))
			return;
		g->hyper[g->d + 1] *= 10;
	}
}

struct rank {
	double y;
	size_t i;
};

static int by_score(const void *a, const void *b)
{
	const struct rank *p = a, *q = b;

	if (p->y != q->y)
		return p->y < q->y ? -1 : 1;
	return (p->i > q->i) - (p->i < q->i);
}

/* At most GP_FIT_MAX, and so few that the pairs have no more than some 4 million
 * distances of one coordinate. */
static size_t fit_size(size_t n, size_t d)
{
	size_t m = (size_t)sqrt(8e6 / (double)d);

	m = m < GP_FIT_MAX ? m : GP_FIT_MAX;
	return n < m ? n : m;
}

/*
 * Which of n points the parameters are fitted to: all, or where there are too many
 * the best third of that number and, of the others in the order of their scores,
 * evenly spaced ones.  Their number, or 0 without memory.
 */
static size_t choose(const double *y, size_t n, size_t d, size_t *which)
{
	struct rank *rank = calloc(n, sizeof(*rank));
	size_t m = fit_size(n, d), best = m < n ? m / 3 : m;

	for (size_t i = 0; rank && i < n; i++)
		rank[i] = (struct rank){y[i], i};
	if (!rank)
		return 0;
	if (m < n)
		qsort(rank, n, sizeof(*rank), by_score);
	for (size_t i = 0; i < m; i++)
		which[i] = rank[i < best ? i : best + (i - best) * (n - best) / (m - best)].i;
	free(rank);
	return m;
}

static bool learn(const struct data *t, double *p, struct err *e)
{
	size_t m, *which = calloc(t->n, sizeof(*which));
	double *x = NULL, *y = NULL;
	struct fit *f = NULL;
	bool good = false;

	if (!which || !numbers(&x, t->n * t->d) || !numbers(&y, t->n) ||
	    !(m = choose(t->y, t->n, t->d, which))) {
		err_nomem(e);
		goto out;
	}
	for (size_t i = 0; i < m; i++) {
		memcpy(x + i * t->d, t->x + which[i] * t->d, t->d * sizeof(*x));
		y[i] = t->y[which[i]];
	}
	good = (f = fit_new(x, y, m, t->d, t->category, e)) && fit_mode(f, p, e);
out:
	fit_free(f);
	free(y);
	free(x);
	free(which);
	return good;
}

bool gp_learn(const double *x, const double *y, size_t n, size_t d, const bool *category,
	      double *hyper, struct err *e)
{
	return gp_learn_data(&(struct gp_data){x, y, n, d, category, -HUGE_VAL}, hyper, e);
}

bool gp_learn_data(const struct gp_data *data, double *hyper, struct err *e)
{
	size_t d = data->d;
	struct data t = {.x = data->x, .n = data->n, .d = d, .category = data->category};
	struct warp warp = {0};
	bool good = false;

	if (!numbers(&t.y, t.n))
		return err_nomem(e);
	if (!warp_init_keep(&warp, data->y, t.n, data->keep, t.y, e) || !learn(&t, hyper, e))
		goto out;
	for (size_t j = 0; j <= d; j++)
		hyper[j] = exp(hyper[j]);
	hyper[d + 1] = fit_noise(hyper[d + 1]);
	good = true;
out:
	warp_release(&warp);
	free(t.y);
	return good;
}

/* Make room for cap points, keeping the n observed ones. */
static bool reserve(struct gp *g, size_t cap)
{
	double *x;

	if (cap <= g->cap)
		return true;
	if (!(x = calloc(cap * g->d, sizeof(*x))))
		return false;
	for (size_t j = 0; g->x && j < g->d; j++)
		memcpy(x + j * cap, g->x + j * g->cap, g->n * sizeof(*x));
	free(g->x);
	g->x = x;
	g->cap = cap;
	return numbers(&g->k, cap) && numbers(&g->slope, cap) && numbers(&g->v, cap) &&
	       numbers(&g->work, GP_BLOCK * cap);
}

static void set_best(struct gp *g)
{
	for (size_t i = 0; i < (g->own ? g->own : g->n); i++)
		g->best[0] = i ? fmin(g->best[0], g->y[i]) : g->y[i];
}

void gp_relate(struct gp *g, size_t own, size_t tasks)
{
	g->own = own;
	g->tasks = tasks;
	set_best(g);
}

const double *gp_whole(struct gp *g, const double *x)
{
	if (!g->tasks)
		return x;
	if (x != g->at)
		memcpy(g->at, x, (g->d - g->tasks) * sizeof(*x));
	memset(g->at + g->d - g->tasks, 0, g->tasks * sizeof(*x));
	return g->at;
}

/* No pending points: L is the factor, one mean. */
static bool observe(struct gp *g)
{
	g->p = 0;
	g->draws = 1;
	if (g->L != g->factor)
		free(g->L);
	g->L = g->factor;
	if (!numbers(&g->A, g->n) || !numbers(&g->best, 1))
		return false;
	memcpy(g->A, g->y, g->n * sizeof(*g->A));
	la_chol_solve((int)g->n, g->L, 1, g->A);
	set_best(g);
	return true;
}

struct gp *gp_new(const double *x, const double *y, size_t n, size_t d, const bool *category,
		  const double *hyper, struct err *e)
{
	return gp_new_data(&(struct gp_data){x, y, n, d, category, -HUGE_VAL}, hyper, e);
}

struct gp *gp_new_data(const struct gp_data *data, const double *hyper, struct err *e)
{
	size_t n = data->n, d = data->d;
	struct gp *g = calloc(1, sizeof(*g));

	if (!g || !(g->category = calloc(d, sizeof(bool))) || !numbers(&g->y, n) ||
	    !numbers(&g->hyper, d + 2) || !numbers(&g->factor, n * n) || !numbers(&g->at, d))
		goto nomem;
	g->n = g->own = n;
	g->d = d;
	memcpy(g->category, data->category, d * sizeof(bool));
	if (!reserve(g, n))
		goto nomem;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < d; j++)
			g->x[j * g->cap + i] = data->x[i * d + j];
	memcpy(g->hyper, hyper, (d + 2) * sizeof(*hyper));
	if (!warp_init_keep(&g->warp, data->y, n, data->keep, g->y, e))
		goto fail;
	factorise(g);
	if (!observe(g))
		goto nomem;
	return g;
nomem:
	err_nomem(e);
fail:
	gp_free(g);
	return NULL;
}

void gp_free(struct gp *g)
{
	if (!g)
		return;
	if (g->L != g->factor)
		free(g->L);
	warp_release(&g->warp);
	free(g->v);
	free(g->slope);
	free(g->k);
	free(g->at);
	free(g->work);
	free(g->drawn);
	free(g->best);
	free(g->A);
	free(g->factor);
	free(g->hyper);
	free(g->y);
	free(g->x);
	free(g->category);
	free(g);
}

/*
 * The factor of all n + p points, from that of the first n:
 *
 *   L = | L1     |    L1 the factor, L2 = K21 L1^-T, and C C' the posterior
 *       | L2  C  |    covariance of the pending scores
 */
static bool extend(struct gp *g, size_t N)
{
	size_t n = g->n;
	double *L = calloc(N * N, sizeof(*L));

	if (!L)
		return false;
	for (size_t c = 0; c < n; c++) {
		memcpy(L + c + c * N, g->factor + c + c * n, (n - c) * sizeof(*L));
		for (size_t j = 0; j < g->d; j++)
			g->at[j] = g->x[j * g->cap + c];
		gp_covariances(g, g->at, n, N, L + n + c * N, NULL);
	}
	fill(g, L, N, n);
	g->L = L;
	return true;
}

/*
 * Scores of draw s: with w = L1^-1 y and standard normal z, the pending ones are L2 w
 * + C z, and L^-1 (y, pending) is simply (w, z): A = L^-T (w, z).
 */
static bool draw_scores(struct gp *g, size_t N, uint64_t seed)
{
	size_t n = g->n, p = g->p;
	double *w = calloc(N, sizeof(*w)), *score = calloc(N, sizeof(*score)), best;

	if (!w || !score) {
		free(score);
		free(w);
		return false;
	}
	best = g->best[0];
	memcpy(w, g->y, n * sizeof(*w));
	la_lower_solve((int)n, g->factor, 1, w);
	for (size_t s = 0; s < g->draws; s++) {
		if (s % 2 == 0) {
			sobol_scrambled((uint32_t)(s / 2), seed, p, w + n);
			for (size_t i = n; i < N; i++)
				w[i] = rng_normal_quantile(w[i]);
		} else {
			for (size_t i = n; i < N; i++)
				w[i] = -w[i];
		}
		la_lower_times((int)N, g->L, w, score);
		g->best[s] = best;
		for (size_t i = n; i < N; i++)
			g->best[s] = fmin(g->best[s], score[i]);
		memcpy(g->drawn + s * p, score + n, p * sizeof(*score));
		memcpy(g->A + s * N, w, N * sizeof(*w));
	}
	la_lower_solve_t((int)N, g->L, (int)g->draws, g->A);
	free(score);
	free(w);
	return true;
}

bool gp_fantasise(struct gp *g, const double *xp, size_t p, size_t draws, uint64_t seed,
		  struct err *e)
{
	size_t n = g->n, N = n + p;
	double best;

	if (!observe(g))
		return err_nomem(e);
	if (p == 0)
		return true;
	if (!reserve(g, N))
		return err_nomem(e);
	for (size_t i = 0; i < p; i++) {
		const double *x = gp_whole(g, xp + i * (g->d - g->tasks));

		for (size_t j = 0; j < g->d; j++)
			g->x[j * g->cap + n + i] = x[j];
	}
	if (!extend(g, N))
		return err_nomem(e);
	if (!la_chol_extend((int)N, (int)n, g->L)) {
		/* Rounding has eaten the noise: they are left out of account. */
		return observe(g) || err_nomem(e);
	}
	best = g->best[0];
	g->p = p;
	g->draws = draws;
	if (!numbers(&g->A, N * draws) || !numbers(&g->best, draws) ||
	    !numbers(&g->drawn, p * draws))
		return err_nomem(e);
	g->best[0] = best;
	return draw_scores(g, N, seed) || err_nomem(e);
}

const double *gp_hyper(const struct gp *g)
{
	return g->hyper;
}

double gp_length(const struct gp *g, size_t j)
{
	return 1 / sqrt(g->hyper[j]);
}

double gp_noise(const struct gp *g)
{
	return sqrt(g->hyper[g->d + 1]);
}
