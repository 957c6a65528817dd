/* acq: expected improvement against quadrature, gradients, the search against all
 * settings of small spaces. */
#include "acq/acq.h"

#include <stdlib.h>

#include "acq/walk.h"
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

/*
 * ln h(z) by Simpson's rule: h(z) = phi(z) integral over t > 0 of t e^(zt - t^2/2),
 * which falls off within a few 1/|z| for negative z.
 */
static double quadrature(double z)
{
	double end = z < -1 ? -45 / z : z + 12, sum = 0, top = z > 0 ? z * z / 2 : 0;
	int n = 200000;

	for (int i = 0; i <= n; i++) {
		double t = end * i / n, f = t * exp(z * t - t * t / 2 - top);

		sum += f * (i == 0 || i == n ? 1 : i % 2 ? 4 : 2);
	}
	return top - z * z / 2 - 0.5 * log(2 * M_PI) + log(sum * end / n / 3);
}

static void log_improvement(void)
{
	double worst = 0, slopes = 0, slope;

	for (double z = -40; z <= 10; z += 0.37)
		worst = fmax(worst, fabs(acq_log_h(z, NULL) - quadrature(z)));
	/* A value near -800 has an error of 800 * 1e-16 by itself. */
	is_near(worst, 0, 1e-11, "ln h agrees with quadrature from -40 to 10");
	/* 60 digits: mpmath 1.3. */
	is_near(acq_log_h(-40, NULL), -808.29856835661996, 1e-12, "ln h(-40)");
	is_near(acq_log_h(-6, NULL), -22.578879392169797, 1e-14, "ln h(-6)");
	is_near(acq_log_h(-1000, NULL), -500014.73445209115845, 1e-9, "ln h(-1000)");
	is_near(acq_log_h(-1e8, NULL), -5000000000000037.7603, 1, "ln h(-1e8)");
	ok(acq_log_h(-6.0000001, NULL) < acq_log_h(-6, NULL) &&
		   acq_log_h(-6, NULL) < acq_log_h(-5.9999999, NULL) &&
		   acq_log_h(-1, NULL) < acq_log_h(-0.9999999, NULL),
	   "its pieces join without a step down");
	for (double z = -60; z <= 8; z += 0.61) {
		double h = 1e-6 * (1 + fabs(z));

		acq_log_h(z, &slope);
		slopes = fmax(slopes, fabs((acq_log_h(z + h, NULL) - acq_log_h(z - h, NULL)) /
						   (2 * h) / slope -
					   1));
	}
	is_near(slopes, 0, 1e-7, "its slope agrees with differences");
}

struct world {
	struct space *space;
	struct gp *gp;
	double *x;
	size_t n, d;
	int asked;
	double forbidden; /* x[0] below it must not be proposed */
};

static double score(const double *x, size_t d)
{
	double y = 0;

	for (size_t j = 0; j < d; j++)
		if (!isnan(x[j]))
			y += (x[j] - 0.37) * (x[j] - 0.37) * (double)(j + 1);
	return y;
}

/* n quasi-random settings of the space with their scores, the best first. */
static void world_init(struct world *w, const char *const *args, size_t n_args, size_t n)
{
	struct err e = {0};
	double u[16], *y = calloc(n, sizeof(*y));
	bool category[16];

	w->space = space_new(args, n_args, NULL, &e);
	w->d = space_dims(w->space);
	w->n = n;
	w->x = calloc(n * w->d, sizeof(double));
	w->forbidden = -1;
	w->asked = 0;
	for (size_t j = 0; j < w->d; j++)
		category[j] = space_dim(w->space, j)->kind == SPACE_CATEGORY;
	for (size_t i = 0; i < n; i++) {
		double *x = w->x + i * w->d, t[16];

		sobol_scrambled((uint32_t)i, 3, w->d, u);
		space_place(w->space, u, x);
		y[i] = score(x, w->d);
		for (size_t k = i; k > 0 && y[k] < y[k - 1]; k--) {
			double v = y[k];

			y[k] = y[k - 1];
			y[k - 1] = v;
			memcpy(t, w->x + k * w->d, w->d * sizeof(*t));
			memcpy(w->x + k * w->d, w->x + (k - 1) * w->d, w->d * sizeof(*t));
			memcpy(w->x + (k - 1) * w->d, t, w->d * sizeof(*t));
		}
	}
	w->gp = learnt(w->x, y, n, w->d, category, &e);
	free(y);
}

static void world_release(struct world *w)
{
	gp_free(w->gp);
	free(w->x);
	space_free(w->space);
}

static bool usable(void *ctx, const double *x, struct err *e)
{
	struct world *w = ctx;

	(void)e;
	w->asked++;
	for (size_t i = 0; i < w->n; i++)
		if (!memcmp(w->x + i * w->d, x, w->d * sizeof(*x)))
			return false;
	return !(x[0] < w->forbidden);
}

static struct acq_task task_of(struct world *w)
{
	return (struct acq_task){.space = w->space,
				 .gp = w->gp,
				 .tried = w->x,
				 .n_tried = w->n,
				 .usable = usable,
				 .ctx = w,
				 .seed = 11};
}

static double worth(struct gp *gp, const double *x)
{
	double mean[64], sd;

	gp_predict(gp, x, 1, mean, &sd);
	return acq_value(gp, mean, sd, NULL, NULL);
}

static void value_gradient(void)
{
	const char *args[] = {"a=0.0..1.0", "b=0.0..1.0", "c=0.0..1.0"};
	struct world w;
	struct err e = {0};
	double pending[6] = {0.2, 0.4, 0.6, 0.5, 0.3, 0.9}, p[3], g[3], mean[64], wmean[64], sd,
	       wsd, worst = 0;

	world_init(&w, args, 3, 12);
	for (int with = 0; with < 2; with++) {
		if (with)
			gp_fantasise(w.gp, pending, 2, 64, 5, &e);
		for (uint32_t i = 0; i < 30; i++) {
			sobol_scrambled(i, 8, 3, p);
			gp_at(w.gp, p, mean, &sd);
			acq_value(w.gp, mean, sd, wmean, &wsd);
			gp_gradient(w.gp, wmean, wsd, g);
			for (int j = 0; j < 3; j++) {
				double at = p[j], up, down, h = 1e-6;

				p[j] = at + h;
				up = worth(w.gp, p);
				p[j] = at - h;
				down = worth(w.gp, p);
				p[j] = at;
				worst = fmax(worst, fabs((up - down) / (2 * h) - g[j]) /
							    (1 + fabs(g[j])));
			}
		}
		is_near(worst, 0, 1e-5,
			with ? "its gradient agrees with differences, trials pending"
			     : "the gradient of the worth agrees with differences");
	}
	/* Improvement averaged over the draws, by hand. */
	gp_predict(w.gp, p, 1, mean, &sd);
	worst = 0;
	for (size_t s = 0; s < 64; s++) {
		double z = (gp_best(w.gp, s) - mean[s]) / sd;

		worst += sd / 64 *
			 (exp(-z * z / 2) / sqrt(2 * M_PI) + z * 0.5 * erfc(-z * M_SQRT1_2));
	}
	is_near(acq_value(w.gp, mean, sd, NULL, NULL), log(worst), 1e-9,
		"it is the mean of the improvements over the draws");
	world_release(&w);
}

/* Against a dense scan of two real dimensions. */
static void real_maximum(void)
{
	const char *args[] = {"a=0.0..1.0", "b=0.0..1.0"};
	struct world w;
	struct err e = {0};
	struct acq_task task;
	double x[2], again[2], most = -HUGE_VAL;

	world_init(&w, args, 2, 10);
	task = task_of(&w);
	ok(acq_maximise(&task, x, &e), "a setting is found");
	for (int i = 0; i <= 200; i++)
		for (int k = 0; k <= 200; k++) {
			double p[2] = {i / 200.0, k / 200.0};

			most = fmax(most, worth(w.gp, p));
		}
	ok(worth(w.gp, x) > most - 1e-3, "no point of a fine grid is worth more");
	acq_maximise(&task, again, &e);
	ok(!memcmp(x, again, sizeof(x)), "the same task gives the same setting");

	task.centre = w.x;
	task.side = 0.1;
	ok(acq_maximise(&task, x, &e) && fabs(x[0] - w.x[0]) <= 0.050001 &&
		   fabs(x[1] - w.x[1]) <= 0.050001,
	   "a box is kept to");
	task.centre = NULL;
	w.forbidden = 0.6;
	ok(acq_maximise(&task, x, &e) && x[0] >= 0.6, "so is what may be proposed");
	w.forbidden = 2;
	ok(!acq_maximise(&task, x, &e) && e.kind == ERR_EXHAUSTED,
	   "where nothing may be proposed, that is said");
	world_release(&w);
}

/* The best unused setting of all, by going through them. */
static double best_left(struct world *w, double *count)
{
	double x[16], most = -HUGE_VAL;

	*count = 0;
	walk_first(w->space, x);
	do {
		++*count;
		if (usable(w, x, &(struct err){0}))
			most = fmax(most, worth(w->gp, x));
	} while (walk_next(w->space, x));
	return most;
}

static void discrete_maximum(void)
{
	const char *small[] = {"a=1..6", "b=x,y,z", "c=0..1:step=0.25?b=y"};
	const char *large[] = {"a=1..40", "b=x,y,z", "c=0..9", "d=1,2,4,8,16?b=y",
			       "e=true,false"};
	struct world w;
	struct err e = {0};
	struct acq_task task;
	double x[16], count, most;

	world_init(&w, small, 3, 8);
	task = task_of(&w);
	most = best_left(&w, &count);
	ok(count == space_size(w.space) && count == 42, "a walk meets every setting once");
	ok(acq_maximise(&task, x, &e) && fabs(worth(w.gp, x) - most) < 1e-12,
	   "the best setting of a small space is found");
	world_release(&w);

	world_init(&w, large, 5, 25);
	task = task_of(&w);
	most = best_left(&w, &count);
	ok(count == 40 * 10 * 2 * (2 + 5) && count == space_size(w.space),
	   "so does one through a larger space");
	ok(acq_maximise(&task, x, &e) && worth(w.gp, x) > most - 1e-9,
	   "the best setting of a larger one is found, a parent with its children");
	ok(usable(&w, x, &e), "which is a snapped one");
	world_release(&w);
}

/* All settings of a space, one after the other. */
static void any_setting(void)
{
	const char *args[] = {"a=1..5", "b=x,y", "c=0..3?b=y"};
	struct world w;
	struct err e = {0};
	double x[3];
	size_t n = 0;

	world_init(&w, args, 3, 1);
	w.n = 0;
	free(w.x);
	w.x = calloc(100 * 3, sizeof(double));
	while (n < 100 && acq_any(w.space, 1, (uint32_t)n, usable, &w, x, &e)) {
		memcpy(w.x + 3 * n, x, sizeof(x));
		w.n = ++n;
	}
	ok(n == 25 && e.kind == ERR_EXHAUSTED, "every setting comes once, then it is used up");
	world_release(&w);
}

int main(void)
{
	log_improvement();
	value_gradient();
	real_maximum();
	discrete_maximum();
	any_setting();
	return tap_end();
}
