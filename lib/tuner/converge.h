/* converge: is there still something to gain? (inside tuner) */
#ifndef TUNER_CONVERGE_H
#define TUNER_CONVERGE_H

#include <stdbool.h>

#include "tuner/trials.h"

/* Median noise of the trials by their folds, or NAN where none has any, into *noise.
 * False: out of memory. */
bool converge_noise(const struct trials *t, double *noise);

/* Have the last `rows` proposals that were expected to improve, the next one with
 * `expected` among them, all been expected to improve by less than noise?  False also where
 * there were fewer.  O(n rows). */
bool converge_reached(const struct trials *t, size_t rows, double expected, double noise);

#endif
