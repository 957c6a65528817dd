/*
 * acq: which setting to try next.
 *
 * The worth of a setting is the logarithm of its expected improvement (Mockus 1975;
 * in logarithms: Ament et al., "Unexpected improvements to expected improvement",
 * 2023) over the best warped score, under a process of lib/gp.  With trials pending
 * the process holds many equally likely sets of their scores, and the improvement is
 * averaged over them, each with its own best (Snoek, Larochelle & Adams, "Practical
 * Bayesian optimization", 2012, section 3.2).
 *
 * Settings are coordinates as lib/space defines them.
 */
#ifndef ACQ_H
#define ACQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"
#include "gp/gp.h"
#include "space/space.h"

/*
 * ln h(z), h(z) = phi(z) + z Phi(z), and where slope is not NULL its derivative
 * Phi(z) / h(z).  Relative error of h below 1e-12 for all z, also where h underflows.
 */
double acq_log_h(double z, double *slope);

/* ln Phi(z) and its derivative phi(z) / Phi(z), as exact. */
double acq_log_phi(double z, double *slope);

/* ln expected improvement from a prediction with gp_means(gp) means; where wmean and
 * wsd are not NULL, its derivatives by the means and by sd. */
double acq_value(const struct gp *gp, const double *mean, double sd, double *wmean,
		 double *wsd);

/*
 * May x, a snapped setting, be proposed?  False with e set stops the search; e is
 * clear when it is called.
 */
typedef bool acq_usable_fn(void *ctx, const double *x, struct err *e);

/*
 * Another worth than acq_value's: of m settings, settled, rows of space_dims
 * coordinates; and that of one with its gradient by those coordinates (0 where they are
 * no real numbers).
 */
struct acq_worth {
	void (*values)(void *ctx, const double *x, size_t m, double *value);
	double (*slope)(void *ctx, const double *x, double *grad);
	void *ctx;
	double dearer; /* processes that it asks for one value */
};

struct acq_task {
	const struct space *space;
	struct gp *gp; /* its first space_dims coordinates are those of the space */
	const struct acq_worth *worth; /* NULL: acq_value of gp */
	const double *tried;           /* settings with a score, n_tried rows, the best first */
	size_t n_tried;
	size_t best;          /* of these, how many to look around; 0: five */
	const double *centre; /* of the box to stay in; NULL: the whole space */
	double side;          /* of the box, in coordinates */
	acq_usable_fn *usable;
	void *ctx;
	uint64_t seed;
};

/*
 * The usable setting of the greatest worth that is found, into x (space_dims), snapped.
 * ERR_EXHAUSTED: there is none.  Candidates all over and around the best settings
 * are predicted, the best of them improved by L-BFGS in the real coordinates and by
 * going through the values of the others, a parent with its children.  Depends on
 * nothing but the task.  The work is bounded: some seconds at most, however many
 * dimensions and values there are.
 */
bool acq_maximise(const struct acq_task *task, double *x, struct err *e);

/*
 * Some usable setting: scrambled Sobol point `index`, one of the 4095 after it if that
 * is not usable, and at last whatever of a finite space is left.  ERR_EXHAUSTED: `the
 * space is used up`, or nothing among those points and the first ACQ_WALK_MAX settings
 * in order (fewer above three dimensions, as they take longer).
 */
#define ACQ_WALK_MAX 1000000
bool acq_any(const struct space *s, uint64_t seed, uint32_t index, acq_usable_fn *usable,
	     void *ctx, double *x, struct err *e);

#endif
