/* explain: known functions: what matters, and where the least score is. */
#include <stdlib.h>

#include "explain/dependence.h"
#include "explain/importance.h"
#include "rng/rng.h"
#include "rng/sobol.h"
#include "tap.h"

enum { N = 200, D = 6 };

/* b does not matter; f is there only with d=y. */
static const char *const args[] = {"a=0.0..1.0", "b=1e-4..1.0:log", "c=1..20",
				   "d=x,y,z",    "f=0.0..1.0?d=y",  "e=2,4,8"};

static struct space *space_of(const char *const *a, size_t n)
{
	struct err e = {0};

	return space_new(a, n, NULL, &e);
}

static size_t dim(const struct space *s, const char *name)
{
	for (size_t j = 0; j < space_dims(s); j++)
		if (!strcmp(space_dim(s, j)->name, name))
			return j;
	return 0;
}

/* n settings spread over the space. */
static void spread(const struct space *s, size_t n, double *x)
{
	double u[16];

	for (size_t i = 0; i < n; i++) {
		sobol_scrambled((uint32_t)i, 7, space_dims(s), u);
		space_place(s, u, x + i * space_dims(s));
	}
}

static double score(const struct space *s, const double *x)
{
	double a = x[dim(s, "a")], c = x[dim(s, "c")], d = x[dim(s, "d")], f = x[dim(s, "f")];

	return 4 * (a - 0.3) * (a - 0.3) + (c - 0.6) * (c - 0.6) + 0.2 * (d == 2) +
	       (isnan(f) ? 0.3 : 2 * (f - 0.7) * (f - 0.7)) + 0.05 * x[dim(s, "e")];
}

static void shares(void)
{
	struct space *s = space_of(args, D);
	double x[N * D], y[N], share[D], q, sum = 0;
	struct err e = {0};
	bool least = true, zero = true;

	spread(s, N, x);
	for (size_t i = 0; i < N; i++)
		y[i] = score(s, x + i * D);
	ok(importance_shares(s, x, y, N, share, &q, &e), "importance is told");
	for (size_t j = 0; j < D; j++) {
		sum += share[j];
		least = least && share[j] >= share[dim(s, "b")];
	}
	is_near(sum, 1, 1e-12, "shares add up to 1");
	is_near(q, 0.1, 0, "of 200 trials 20 are good");
	ok(least, "what does not matter has the least importance");
	ok(share[dim(s, "a")] > share[dim(s, "c")], "what matters more has more");
	ok(share[dim(s, "f")] > 2 * share[dim(s, "b")], "a conditional parameter has its own");
	for (size_t i = 0; i < N; i++)
		y[i] = 0.5;
	importance_shares(s, x, y, N, share, &q, &e);
	for (size_t j = 0; j < D; j++)
		zero = zero && share[j] == 0;
	ok(zero && q == 0, "equal scores tell nothing");
	for (size_t i = 0; i < N; i++)
		y[i] = i % 3 ? NAN : 1.0 * (double)i;
	ok(importance_shares(s, x, y, N, share, &q, &e) && isfinite(share[0]),
	   "failed trials do no harm");
	for (size_t n = 0; n < 5; n++)
		zero = zero && importance_shares(s, x, y, n, share, &q, &e) && share[0] >= 0;
	ok(zero, "nor do few");
	space_free(s);
}

/* Scores that only depend on whether d is y: all of it is d's, not its child's. */
static void parents(void)
{
	struct space *s = space_of(args, D);
	double x[N * D], y[N], share[D], q;
	struct rng r;
	struct err e = {0};

	rng_init(&r, 3, 0);
	spread(s, N, x);
	for (size_t i = 0; i < N; i++)
		y[i] = (x[i * D + dim(s, "d")] == 1 ? 0 : 1) + 0.01 * rng_uniform(&r);
	importance_shares(s, x, y, N, share, &q, &e);
	ok(share[dim(s, "d")] > 0.5, "that a parameter is there at all is its parent's part");
	ok(share[dim(s, "f")] < 0.2, "and not its own");
	space_free(s);
}

static size_t lowest(struct gp *gp, const struct space *s, size_t j)
{
	const struct space_dim *d = space_dim(s, j);
	double best = HUGE_VAL, mean, sd;
	size_t at = 0;
	struct err e = {0};

	for (size_t i = 0; i < dependence_grid(d); i++) {
		dependence_at(gp, s, j, dependence_coordinate(d, i), &mean, &sd, &e);
		if (mean < best) {
			best = mean;
			at = i;
		}
	}
	return at;
}

static void dependences(void)
{
	struct space *s = space_of(args, D);
	double x[N * D], y[N], hyper[D + 2], mean, sd, at;
	bool category[D];
	struct gp *gp = NULL;
	struct err e = {0};
	size_t j;

	spread(s, N, x);
	for (size_t i = 0; i < N; i++)
		y[i] = score(s, x + i * D);
	for (size_t i = 0; i < D; i++)
		category[i] = space_dim(s, i)->kind == SPACE_CATEGORY;
	ok(gp_learn(x, y, N, D, category, hyper, &e) &&
		   (gp = gp_new(x, y, N, D, category, hyper, &e)),
	   "a process learns the function");
	j = dim(s, "a");
	at = dependence_coordinate(space_dim(s, j), lowest(gp, s, j));
	is_near(at, 0.3, 0.051, "the least of a real parameter is the function's");
	j = dim(s, "c");
	at = space_dim_number(space_dim(s, j),
			      dependence_coordinate(space_dim(s, j), lowest(gp, s, j)));
	is_near(at, 12.5, 1.6, "so is that of an integer");
	j = dim(s, "f");
	at = dependence_coordinate(space_dim(s, j), lowest(gp, s, j));
	is_near(at, 0.7, 0.051, "and of a conditional one, whose condition is made true");
	ok(lowest(gp, s, dim(s, "e")) == 0, "and of listed numbers");
	ok(lowest(gp, s, dim(s, "d")) == 1, "and of words");
	ok(dependence_grid(space_dim(s, dim(s, "c"))) == 20 &&
		   dependence_grid(space_dim(s, dim(s, "a"))) == DEPENDENCE_GRID,
	   "few values are all looked at, of many a grid");
	dependence_at(gp, s, 0, 0.5, &mean, &sd, &e);
	ok(sd > 0 && sd < 0.2, "the average is known well");
	gp_free(gp);
	space_free(s);
}

int main(void)
{
	shares();
	parents();
	dependences();
	return tap_end();
}
