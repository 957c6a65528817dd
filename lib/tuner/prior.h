/*
 * prior: earlier logs, whose trials are observations of related tasks (inside tuner).
 *
 * Each log is a task with a coordinate of its own: 0 for the trials of this run, 1 for its
 * trials, so that it has a length scale: a log that is like this run gets a long one,
 * and what it knows holds here; one that is not gets a short one, and what it knows does
 * not matter (Swersky, Snoek & Adams, "Multi-task Bayesian optimization", 2013, with the
 * tasks' covariance in the kernel's one distance).
 *
 * Scores of another task have another mean and scale.  They are warped within their log, to
 * w, and enter as a + b w.  With m_i what a process of the log alone predicts for the
 * n trials of this run,
 *
 *   b^2 = (sum (y_i - ybar)^2 + s0^2) / (sum (m_i - mbar)^2 + 1),   a = ybar - b mbar
 *
 * the ratio of deviations, which any sign of the correlation leaves positive, drawn to
 * s0: the log's own unit where its metric is that of this run, else the deviation of y.
 * Scores far above the median count only as three times as far from it as the best.
 */
#ifndef TUNER_PRIOR_H
#define TUNER_PRIOR_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"
#include "gp/gp.h"
#include "trial/log.h"
#include "tuner/trials.h"

#define PRIOR_MOST 200 /* trials of all earlier logs that the process sees */

struct prior {
	char *name;
	struct trials trials;
	const struct known **rows; /* n with scores, the best first */
	double *x, *y, *warped;    /* theirs: n by d, and n each */
	size_t n;
	struct gp *gp; /* of this log alone */
};

struct priors {
	size_t n, d;
	struct prior *at;
	const bool *category; /* d, borrowed */
	bool ready;
};

void priors_release(struct priors *p);

/*
 * Learn the trials of a log.  *scores: how many have one; with fewer than three it is left
 * out.  ERR_INPUT as tuner_tell, but that its metric may be another.
 */
bool priors_add(struct priors *p, const struct space *space, const char *name,
		const struct trial_log *log, size_t *scores, struct err *e);

/*
 * Put the trials of the logs behind the n of this run, x (n by d) and y (n; less is better,
 * NAN failed), which become m by (d + p->n) and m.  metric: of this run, or NULL.  The
 * first call makes the logs' processes.  False: out of memory.
 */
bool priors_extend(struct priors *p, const char *metric, double **x, double **y, size_t n,
		   size_t *m, struct err *e);

#endif
