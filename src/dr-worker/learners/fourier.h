/*
 * fourier: a linear model of random Fourier features: a radial kernel, approximated.
 *
 * z_k(x) = sqrt(2 / D) cos(w_k x + b_k), w_k normal with variance 2 gamma, b_k uniform on
 * [0, 2 pi): the mean of z(x) z(x') is exp(-gamma |x - x'|^2).  On D such features
 * newton.h fits a logistic or a ridge regression.  gamma `auto` is one over twice
 * the number of columns, half of what libsvm has: standardised columns here have a variance
 * above 1, as their spread is measured where most rows are.  C `auto` is the best of some, on
 * FOURIER_INNER_SHARE of the training rows predicted from the others.
 *
 * Method: Rahimi & Recht, "Random Features for Large-Scale Kernel Machines", NIPS 2007.
 */
#ifndef FOURIER_H
#define FOURIER_H

#include "learners/learner.h"
#include "tasks/task.h"

#define FOURIER_INNER_SHARE 0.15

extern const struct task fourier_classifier, fourier_regressor;

/* ERR_REFUSED: too few rows to choose C by some, or too many times n_components. */
learner_fn fourier_fit;

#endif
