/* worth: hypervolume against quadrature, feasibility and cost by hand, gradients against
 * differences. */
#include "acq/worth.h"

#include <stdlib.h>

#include "rng/rng.h"
#include "rng/sobol.h"
#include "tap.h"

enum { D = 3, N = 14, DRAWN = 8 };

/* How much y adds to the hypervolume of n points up to ref, by the whole of a grid's cells:
 * exact where all coordinates are on it. */
static double gain_by_cells(const double *p, size_t n, size_t K, const double *ref,
			    const double *y, double step)
{
	double at[3], sum = 0, cell = 1;
	int count[3] = {1, 1, 1};

	for (size_t k = 0; k < K; k++) {
		if (!(y[k] < ref[k]))
			return 0;
		count[k] = (int)lround((ref[k] - y[k]) / step);
		cell *= step;
	}
	for (int a = 0; a < count[0]; a++)
		for (int b = 0; b < count[1]; b++)
			for (int c = 0; c < count[2]; c++) {
				bool taken = false;

				at[0] = y[0] + (a + 0.5) * step;
				at[1] = y[1] + (b + 0.5) * step;
				at[2] = K > 2 ? y[2] + (c + 0.5) * step : 0;
				for (size_t i = 0; i < n && !taken; i++) {
					taken = true;
					for (size_t k = 0; k < K; k++)
						taken = taken && p[i * K + k] <= at[k];
				}
				sum += taken ? 0 : cell;
			}
	return sum;
}

static void random_points(double *p, size_t n, size_t K, struct rng *r)
{
	for (size_t i = 0; i < n * K; i++)
		p[i] = (double)rng_below(r, 20) / 20;
}

/* With next to no deviation the expectation is the improvement itself. */
static void certain(void)
{
	double p[7 * 3], y[3], ref[3] = {1, 1, 1}, sd[3] = {1e-6, 1e-6, 1e-6}, worst = 0;
	struct rng r;

	rng_init(&r, 3, 0);
	for (int turn = 0; turn < 60; turn++) {
		size_t K = turn % 2 ? 3 : 2, n = rng_below(&r, 8);
		struct front *f;
		double want, got;

		random_points(p, n, K, &r);
		random_points(y, 1, K, &r);
		f = front_new(p, n, K, ref);
		want = gain_by_cells(p, n, K, ref, y, 0.05);
		got = exp(front_value(f, y, sd, NULL, NULL));
		worst = fmax(worst, fabs(got - want));
		front_free(f);
	}
	is_near(worst, 0, 1e-5, "what a certain outcome adds is counted cell by cell");
}

/* Two objectives: the mean over a grid of quantiles of both. */
static void uncertain(void)
{
	enum { Q = 1200 };
	double p[5 * 2], ref[2] = {1, 1}, mean[2], sd[2], worst = 0;
	struct rng r;

	rng_init(&r, 4, 0);
	for (int turn = 0; turn < 6; turn++) {
		struct front *f;
		double sum = 0, got;

		random_points(p, 5, 2, &r);
		f = front_new(p, 5, 2, ref);
		for (int k = 0; k < 2; k++) {
			mean[k] = 0.7 * rng_uniform(&r);
			sd[k] = 0.05 + 0.3 * rng_uniform(&r);
		}
		for (int a = 0; a < Q; a++)
			for (int b = 0; b < Q; b++) {
				double y[2] = {
					mean[0] + sd[0] * rng_normal_quantile((a + 0.5) / Q),
					mean[1] + sd[1] * rng_normal_quantile((b + 0.5) / Q)};
				double area = 0, lo = y[0];

				/* From left to right under the stairs. */
				while (lo < 1 && y[1] < 1) {
					double hi = 1, top = 1;

					for (int i = 0; i < 5; i++) {
						if (p[2 * i] <= lo)
							top = fmin(top, p[2 * i + 1]);
						else
							hi = fmin(hi, p[2 * i]);
					}
					area += (hi - lo) * fmax(0, top - y[1]);
					lo = hi;
				}
				sum += area / Q / Q;
			}
		got = exp(front_value(f, mean, sd, NULL, NULL));
		worst = fmax(worst, fabs(got - sum) / (sum + 0.01));
		front_free(f);
	}
	is_near(worst, 0, 2e-3, "the expected hypervolume agrees with quadrature");
}

static void far_away(void)
{
	double p[4] = {0.2, 0.6, 0.6, 0.2}, ref[2] = {1, 1}, mean[2] = {30, 0.1},
	       sd[2] = {0.3, 0.1}, dm[2], ds[2];
	struct front *f = front_new(p, 2, 2, ref);
	double v = front_value(f, mean, sd, dm, ds), up;

	ok(isfinite(v) && v < -4000, "where doubles underflow its logarithm does not");
	mean[0] -= 1e-4;
	up = front_value(f, mean, sd, NULL, NULL);
	is_near((v - up) / 1e-4 / dm[0], 1, 1e-3, "and still has a slope");
	front_free(f);
	f = front_new(p, 0, 2, ref);
	mean[0] = 0.5;
	ok(front_boxes(f) == 1 && isfinite(front_value(f, mean, sd, dm, ds)),
	   "without outcomes all up to the reference is to be gained");
	front_free(f);
}

static void many(void)
{
	double *p = malloc(500 * 4 * sizeof(*p)), ref[4] = {2, 2, 2, 2},
	       mean[4] = {0.5, 0.5, 0.5, 0.5}, sd[4] = {0.1, 0.1, 0.1, 0.1};
	struct front *f;
	struct rng r;

	rng_init(&r, 9, 0);
	for (int i = 0; i < 500; i++) { /* on a sphere: none dominates another */
		double sum = 0;

		for (int k = 0; k < 4; k++) {
			p[4 * i + k] = fabs(rng_normal(&r));
			sum += p[4 * i + k] * p[4 * i + k];
		}
		for (int k = 0; k < 4; k++)
			p[4 * i + k] /= sqrt(sum);
	}
	f = front_new(p, 500, 4, ref);
	ok(front_boxes(f) < 3000 && isfinite(front_value(f, mean, sd, NULL, NULL)),
	   "five hundred outcomes of four objectives are thinned out to %zu boxes",
	   front_boxes(f));
	front_free(f);
	free(p);
}

static void log_phi(void)
{
	double worst = 0, slopes = 0, slope, other;

	for (double z = -40; z < 3; z += 0.3) {
		/* Phi(z) = phi(z) integral over t > 0 of e^(zt - t^2/2). */
		double end = z < -1 ? -45 / z : z + 12, sum = 0, h = 1e-5 * (1 + fabs(z));
		double top = z > 0 ? z * z / 2 : 0;
		int n = 20000;

		for (int i = 0; i <= n; i++) {
			double t = end * i / n;

			sum += exp(z * t - t * t / 2 - top) * (i == 0 || i == n ? 1
							       : i % 2          ? 4
										: 2);
		}
		worst = fmax(worst, fabs(acq_log_phi(z, &slope) -
					 (top - z * z / 2 - 0.5 * log(2 * M_PI) +
					  log(sum * end / n / 3))));
		slopes = fmax(slopes,
			      fabs((acq_log_phi(z + h, &other) - acq_log_phi(z - h, &other)) /
					   (2 * h) / slope -
				   1));
	}
	is_near(worst, 0, 1e-9, "ln Phi agrees with quadrature down to -40");
	is_near(slopes, 0, 1e-6, "and its slope with differences");
}

/* ---- processes ---- */

struct world {
	double x[N * (D + 1)];
	struct gp *gp[5];
	double bound[1], rest;
	struct front *front[DRAWN];
};

static double quantity(const double *x, int q)
{
	double a = x[0] - 0.2 * q, b = x[1] - 0.5, c = x[2] - 0.8 + 0.1 * q;

	return a * a + (1 + q) * b * b + c * c / (1 + q) + 0.3 * sin(3 * x[0] * q);
}

/* d coordinates, one more than the space's where d is 4. */
static void world_init(struct world *w, size_t d, bool pending)
{
	const bool category[D + 1] = {false};
	double xp[2 * (D + 1)] = {0}, y[N], hyper[D + 3];
	struct err e = {0};

	w->rest = 0.9;
	for (uint32_t i = 0; i < N; i++)
		sobol_scrambled(i, 5, d, w->x + i * d);
	for (uint32_t i = 0; i < 2; i++)
		sobol_scrambled(N + i, 5, d, xp + i * d);
	for (int q = 0; q < 5; q++) {
		for (int i = 0; i < N; i++)
			y[i] = quantity(w->x + (size_t)i * d, q);
		gp_learn(w->x, y, N, d, category, hyper, &e);
		w->gp[q] = gp_new(w->x, y, N, d, category, hyper, &e);
		if (pending && q < 4)
			gp_fantasise(w->gp[q], xp, 2, DRAWN, (uint64_t)q, &e);
	}
	w->bound[0] = gp_bend(w->gp[3], 0.5);
	for (int s = 0; s < DRAWN; s++)
		w->front[s] = NULL;
}

static void world_fronts(struct world *w, size_t K)
{
	double p[N * 3], ref[3] = {3, 3, 3};

	for (size_t s = 0; s < gp_means(w->gp[0]); s++) {
		for (size_t i = 0; i < N; i++)
			for (size_t k = 0; k < K; k++)
				p[i * K + k] = gp_score(w->gp[k], i) - 0.1 * (double)s;
		w->front[s] = front_new(p, N, K, ref);
	}
}

static void world_release(struct world *w)
{
	for (int q = 0; q < 5; q++)
		gp_free(w->gp[q]);
	for (int s = 0; s < DRAWN; s++)
		front_free(w->front[s]);
}

static double slopes_off(struct goals_worth *w)
{
	const struct acq_worth *a = goals_worth_of(w);
	double worst = 0, p[D], g[D], up, down, value;

	for (uint32_t i = 0; i < 20; i++) {
		sobol_scrambled(i, 8, D, p);
		value = a->slope(a->ctx, p, g);
		a->values(a->ctx, p, 1, &up);
		worst = fmax(worst, fabs(up - value));
		for (int j = 0; j < D; j++) {
			double at = p[j], h = 1e-6;

			p[j] = at + h;
			a->values(a->ctx, p, 1, &up);
			p[j] = at - h;
			a->values(a->ctx, p, 1, &down);
			p[j] = at;
			worst = fmax(worst,
				     fabs((up - down) / (2 * h) - g[j]) / (1 + fabs(g[j])));
		}
	}
	return worst;
}

static void gradients(void)
{
	static const struct {
		const char *what;
		size_t d, K, C;
		bool pending, cost, improves;
	} cases[] = {
		{"a constraint", D, 1, 1, false, false, true},
		{"a constraint, trials pending", D, 1, 1, true, false, true},
		{"a constraint that nothing keeps, at a cost", D, 1, 1, true, true, false},
		{"a cost and a sample size", D + 1, 1, 0, false, true, true},
		{"two objectives", D, 2, 0, false, false, true},
		{"two, trials pending, and a constraint", D, 2, 1, true, false, true},
		{"three objectives and a sample size", D + 1, 3, 0, true, false, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct world w;
		struct gp *gp[4];
		struct goals_worth *worth;
		struct err e = {0};

		world_init(&w, cases[i].d, cases[i].pending);
		if (cases[i].K > 1)
			world_fronts(&w, cases[i].K);
		for (size_t k = 0; k < cases[i].K; k++)
			gp[k] = w.gp[k];
		gp[cases[i].K] = w.gp[3];
		worth = goals_worth_new(
			&(struct acq_goals){.d = D,
					    .n_rest = cases[i].d - D,
					    .rest = &w.rest,
					    .gp = gp,
					    .objectives = cases[i].K,
					    .constraints = cases[i].C,
					    .bound = w.bound,
					    .cost = cases[i].cost ? w.gp[4] : NULL,
					    .front = w.front,
					    .improves = cases[i].improves},
			&e);
		is_near(slopes_off(worth), 0, 2e-5, cases[i].what);
		goals_worth_free(worth);
		world_release(&w);
	}
}

/* The product of improvement and feasibility, draw by draw, over the cost. */
static void by_hand(void)
{
	struct world w;
	struct gp *gp[2];
	struct goals_worth *worth;
	struct err e = {0};
	double p[D] = {0.3, 0.4, 0.6}, m[DRAWN], c[DRAWN], cost, sd, csd, costsd, sum = 0,
	       feasible = 0;

	world_init(&w, D, true);
	gp[0] = w.gp[0];
	gp[1] = w.gp[3];
	worth = goals_worth_new(&(struct acq_goals){.d = D,
						    .gp = gp,
						    .objectives = 1,
						    .constraints = 1,
						    .bound = w.bound,
						    .cost = w.gp[4],
						    .improves = true},
				&e);
	gp_predict(gp[0], p, 1, m, &sd);
	gp_predict(gp[1], p, 1, c, &csd);
	gp_predict(w.gp[4], p, 1, &cost, &costsd);
	gp_metric(w.gp[4], cost, costsd, &cost, &costsd);
	for (int s = 0; s < DRAWN; s++) {
		double z = (gp_best(gp[0], (size_t)s) - m[s]) / sd,
		       f = 0.5 * erfc((c[s] - w.bound[0]) / csd * M_SQRT1_2);

		sum += sd * f / DRAWN *
		       (exp(-z * z / 2) / sqrt(2 * M_PI) + z * 0.5 * erfc(-z * M_SQRT1_2));
		feasible += f / DRAWN;
	}
	is_near(goals_worth_at(worth, p), log(sum) - cost, 1e-9,
		"improvement times feasibility over cost, draw by draw");
	is_near(goals_worth_feasible(worth), feasible, 1e-12, "feasibility is the draws' mean");
	goals_worth_free(worth);
	world_release(&w);
}

int main(void)
{
	certain();
	uncertain();
	far_away();
	many();
	log_phi();
	gradients();
	by_hand();
	return tap_end();
}
