/* view: what a tuner knows and believes, to be looked at (inside tuner). */
#ifndef TUNER_VIEW_H
#define TUNER_VIEW_H

#include "gp/gp.h"
#include "tuner/prior.h"
#include "tuner/trials.h"
#include "tuner/tuner.h"

struct tuner_view {
	const struct space *space;
	const struct trials *trials;
	struct gp *gp;             /* without pending trials; NULL: fewer than three scores */
	const struct known **rows; /* what the process has seen, point by point */
	size_t n;
	const struct priors *priors; /* their coordinates stand behind those of the space */
};

/* rows is the caller's (free), all else borrowed until the tuner is told or asked.
 * False: out of memory. */
bool tuner_look(struct tuner *t, struct tuner_view *v, struct err *e);

/*
 * The setting with the greatest expected improvement in the whole space, pending trials
 * taken into account, into x, and ln of that improvement, warped.  The process must be
 * there.  ERR_EXHAUSTED, ERR_INPUT, ERR_SYSTEM as tuner_ask.
 */
bool tuner_seek(struct tuner *t, double *x, double *acquisition, struct err *e);

/* Of the process without pending trials: how much of the metric one warped unit is
 * below the best score, and the deviation of a repeated score at the best. */
double tuner_unit(const struct gp *gp);
double tuner_noise(const struct gp *gp);

#endif
