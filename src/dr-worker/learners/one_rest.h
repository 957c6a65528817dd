/*
 * one_rest: several classes by a learner of two: each against the rest.
 *
 * What the learner says of each class is scaled so that it sums to one.  A class without
 * training rows has probability 0.  Costs as many fits as there are classes.
 */
#ifndef ONE_REST_H
#define ONE_REST_H

#include "learners/learner.h"

/* in->classes is above 2; `binary` is called with 2 of them.  Fails as it does. */
bool one_rest_fit(struct learner_input *in, learner_fn *binary, struct err *e);

/* Scale n rows of probabilities so that each sums to one. */
void one_rest_scale(double *p, size_t n, size_t classes);

#endif
