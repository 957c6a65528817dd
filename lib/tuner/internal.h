/* What the files of lib/tuner share: the tuner itself. */
#ifndef TUNER_INTERNAL_H
#define TUNER_INTERNAL_H

#include "acq/acq.h"
#include "acq/front.h"
#include "acq/worth.h"
#include "gp/gp.h"
#include "tuner/goals.h"
#include "tuner/prior.h"
#include "tuner/trials.h"
#include "tuner/tuner.h"

#define DRAWS 64     /* sets of scores that pending trials may bring */
#define DRAWS_TWO 16 /* with two objectives; each set has a front of its own */
#define DRAWS_MORE 8

/* The process of one quantity, and what its parameters were learnt from. */
struct process {
	double *hyper;
	double *learnt_x, *learnt_y;
	size_t n_learnt, dx_learnt;
	double keep_learnt;
	struct gp *gp; /* NULL: to be made, or no trial has the quantity (a cost) */
};

struct tuner {
	struct tuner_options o;
	struct trials trials;
	size_t d, dx;         /* of the space; of the processes: one more for the sample size */
	struct priors priors; /* of the score: only where the first process is its */
	bool *category;       /* d + 1, at least d + priors.n */
	bool start_given;
	bool small; /* so few settings that a box would be no help */

	/* Of the score, or of each of the goals: goals_count. */
	struct process *process;
	size_t n_processes;

	/* What the processes know; gp NULL: to be made. */
	struct gp *gp;             /* that of the score or the first objective; borrowed */
	const struct known **rows; /* their points, but those of the cost */
	size_t n_rows;
	double *tried; /* settings with scores, the best first */
	size_t n_tried, n_best;
	bool incumbent; /* tried[0] is one that counts: of the sample size, constraints kept */

	/* Where the worth is another than that of gp alone. */
	struct goals_worth *worth;
	struct front **front; /* n_fronts */
	size_t n_fronts;
	double *bound;   /* of the constraints, warped */
	struct gp **gps; /* of objectives and constraints; borrowed */
	bool improves;   /* something keeps the constraints, so there is a best */
	double rest;     /* coordinate of the sample size proposed */
};

/* ---- model.c ---- */

/* Make the processes of all trials, where they are not made yet. */
bool model_fit(struct tuner *t, struct err *e);
void model_forget(struct tuner *t);

/* They get to know what is pending. */
bool model_pending(struct tuner *t, uint64_t seed, struct err *e);

/* The trials that the processes see, in their order: the first so many of order, which
 * holds all final ones in order. */
size_t model_choose(const struct trials *t, const struct known **order);

/* ---- wanted.c ---- */

/* Which final trials count: those of the sample size that is proposed. */
bool wanted_at(const struct tuner *t, const struct known *k);

/* The coordinate of a sample size of so many percent. */
double wanted_coordinate(double percent);

/* Are several processes, or one with the sample size, to be asked for the worth? */
bool wanted_several(const struct tuner *t);

/*
 * Up to which value of quantity q its process should keep the shape that the values have
 * (gp_data): of several objectives the worst on the front of m trials; of a cost, any.
 */
double wanted_shape(const struct tuner *t, const struct known *const *k, size_t m, size_t q);

/* The settings of t->rows with scores, the best first, into t->tried. */
bool wanted_order(struct tuner *t, struct err *e);

/* Make t->worth from the processes, pending trials and all. */
bool wanted_worth(struct tuner *t, struct err *e);
void wanted_release(struct tuner *t);

/* The worth of x (d), and whether that is the logarithm of an improvement. */
double wanted_value(struct tuner *t, const double *x);
bool wanted_in_units(const struct tuner *t);

/* Fields `acquisition` and `predicted` for x. */
bool wanted_predict(struct tuner *t, cJSON *rec, const double *x, struct err *e);

#endif
