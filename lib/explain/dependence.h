/*
 * dependence: how the score depends on one parameter, as a process sees it.
 *
 * Partial dependence (Friedman, "Greedy function approximation", 2001, section 8.2): the
 * prediction with the parameter at a value, averaged over the others.  The average is
 * over DEPENDENCE_POINTS scrambled Sobol points of the whole space, not over the trials,
 * which gather where it is good (Moosbauer et al., "Explaining hyperparameter optimization
 * via partial dependence plots", 2021).  Its uncertainty is that of the average itself, so
 * it is less than that of a single prediction.
 *
 * Where the parameter is there only under a condition, the condition is made true.
 */
#ifndef DEPENDENCE_H
#define DEPENDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"
#include "gp/gp.h"
#include "space/space.h"

#define DEPENDENCE_POINTS 128
#define DEPENDENCE_GRID 21

/* Number of values to look at: all of a category and of up to DEPENDENCE_GRID numbers,
 * else so many, evenly spaced in the coordinate, both ends among them. */
size_t dependence_grid(const struct space_dim *d);

/* Coordinate of the i-th of them. */
double dependence_coordinate(const struct space_dim *d, size_t i);

/* Average of the process with dimension j at coordinate x: mean and sd, warped.  Takes
 * no account of fantasies.  See gp_average for the cost.  False: out of memory. */
bool dependence_at(struct gp *gp, const struct space *s, size_t j, double x, double *mean,
		   double *sd, struct err *e);

#endif
