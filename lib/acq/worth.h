/*
 * acq_goals: what a setting is worth under several processes.
 *
 *   ln [ mean over the draws of  I  prod_c Phi((bound_c - mean_c) / sd_c) ]  -  ln cost
 *
 * I is the expected improvement over the best (one objective; Gardner et al., "Bayesian
 * optimization with inequality constraints", 2014, for the product), that of the
 * hypervolume (several: front.h), or 1 where nothing keeps the constraints yet: then the
 * probability of keeping them is all that is wanted.  Cost: expected improvement per
 * second, or whatever cost counts (Snoek, Larochelle & Adams 2012, section 3.2).
 *
 * The processes are taken to be independent given their points.  All hold the same points
 * and pending ones, but that of the cost, which may have other points and no pending
 * ones.  They may have more coordinates than the space: `rest` stands in these.
 */
#ifndef ACQ_WORTH_H
#define ACQ_WORTH_H

#include <stdbool.h>
#include <stddef.h>

#include "acq/acq.h"
#include "acq/front.h"

struct acq_goals {
	size_t d, n_rest;
	const double *rest;             /* n_rest, borrowed */
	struct gp *const *gp;           /* objectives, then constraints; borrowed */
	size_t objectives, constraints; /* at most FRONT_MOST objectives */
	const double *bound;            /* constraints, warped; borrowed */
	struct gp *cost;                /* of ln cost, or NULL */
	struct front *const *front;     /* gp_means, borrowed; NULL with one objective */
	bool improves;                  /* false: I is 1 */
};

struct goals_worth;

/* The result is the caller's.  g is copied, what it points to is not.  NULL: out of memory. */
struct goals_worth *goals_worth_new(const struct acq_goals *g, struct err *e);
void goals_worth_free(struct goals_worth *w);

/* For acq_task; borrowed. */
const struct acq_worth *goals_worth_of(const struct goals_worth *w);

/* The worth of setting x (d); and then, of the same, what is predicted in process i, mean
 * and sd over the draws together, warped, and the probability that all constraints are kept. */
double goals_worth_at(struct goals_worth *w, const double *x);
void goals_worth_predicted(const struct goals_worth *w, size_t i, double *mean, double *sd);
void goals_worth_cost(const struct goals_worth *w, double *mean, double *sd); /* ln cost */
double goals_worth_feasible(const struct goals_worth *w);

#endif
