/*
 * minimise: L-BFGS of NLopt (Luksan's, with active bounds).  README.md of this
 * folder says why this one.
 */
#include "gp/minimise.h"

#include <math.h>
#include <nlopt.h>
#include <stdlib.h>
#include <string.h>

/* Where the function has no value NLopt's line search wants a number all the same,
 * one that is worse than any other. */
#define NOWHERE 1e30

struct job {
	minimise_fn *fn;
	void *ctx;
	double *g;    /* n: a gradient that was not asked for */
	double *best; /* n: borrowed */
	double value;
};

static double call(unsigned n, const double *x, double *g, void *data)
{
	struct job *job = data;
	double *into = g ? g : job->g, f = job->fn(job->ctx, x, into);

	for (unsigned i = 0; i < n; i++)
		if (!isfinite(into[i]))
			f = HUGE_VAL;
	if (!isfinite(f)) {
		memset(into, 0, n * sizeof(*into));
		return NOWHERE;
	}
	if (f < job->value) {
		job->value = f;
		memcpy(job->best, x, n * sizeof(*x));
	}
	return f;
}

bool minimise(size_t n, double *x, const double *lo, const double *hi, minimise_fn *fn,
	      void *ctx, int calls, double ftol, double *value, struct err *e)
{
	struct job job = {.fn = fn, .ctx = ctx, .best = x, .value = HUGE_VAL};
	nlopt_opt opt = nlopt_create(NLOPT_LD_LBFGS, (unsigned)n);
	double *at = malloc(n * sizeof(*at)), f;
	bool good = false;

	job.g = malloc(n * sizeof(*job.g));
	if (!opt || !at || !job.g)
		goto out;
	for (size_t i = 0; i < n; i++)
		at[i] = x[i] = fmin(hi[i], fmax(lo[i], x[i]));
	if (nlopt_set_min_objective(opt, call, &job) < 0 ||
	    nlopt_set_lower_bounds(opt, lo) < 0 || nlopt_set_upper_bounds(opt, hi) < 0 ||
	    nlopt_set_maxeval(opt, calls) < 0 || nlopt_set_ftol_rel(opt, ftol) < 0 ||
	    nlopt_set_ftol_abs(opt, 1e-12) < 0 || nlopt_set_vector_storage(opt, 8) < 0)
		goto out;
	/* Other failures mean that the line search found nothing lower: then the
	 * lowest point met stands. */
	good = nlopt_optimize(opt, at, &f) != NLOPT_OUT_OF_MEMORY;
	*value = job.value;
out:
	free(job.g);
	free(at);
	nlopt_destroy(opt);
	return good || err_nomem(e);
}
