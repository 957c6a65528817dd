/*
 * fit: the parameters of a Gaussian process at their posterior mode (inside gp).
 *
 * Parameters p (d + 2): ln th_1 ... ln th_d, ln s2, h.  See gp.h for the model.
 */
#ifndef FIT_H
#define FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"

struct fit;

/* Points x (n by d) and warped scores y (n), scores and categories borrowed until fit_free. */
struct fit *fit_new(const double *x, const double *y, size_t n, size_t d, const bool *category,
		    struct err *e);
void fit_free(struct fit *f);

/* Minus the log posterior at p, up to a constant, and its gradient g (d + 2).
 * HUGE_VAL where the covariance cannot be factored. O(n^3 + n^2 d). */
double fit_value(struct fit *f, const double *p, double *g);

/* The mode, into p. False: out of memory. */
bool fit_mode(struct fit *f, double *p, struct err *e);

/* Noise variance for h. */
double fit_noise(double h);

#endif
