/*
 * learner: what every learner is given and gives back.
 */
#ifndef LEARNER_H
#define LEARNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"
#include "tasks/matrix.h"
#include "tasks/param.h"
#include "tasks/sparse.h"

struct learner_input {
	const struct matrix *x;
	const struct sparse *sparse; /* columns beside x */
	const double *y;             /* all rows; the class, from 0, or a number */
	bool regression;
	size_t classes;        /* 2 or more; 0 for regression */
	const uint32_t *train; /* rows to learn from, rising */
	size_t n_train;
	const uint8_t *level; /* class of each row, or NULL: what inner splits stratify by */
	const float *margin;  /* all rows: what an earlier model says, to start from; or NULL */
	struct params params;
	uint64_t seed;
	const uint32_t *apply; /* rows to predict */
	size_t n_apply;
	double *p; /* out, n_apply: probability of 1, or the predicted number; of more than
		      two classes n_apply x classes: the probability of each */
	long iterations; /* out: rounds used, or -1 where the learner has none */
};

typedef bool learner_fn(struct learner_input *in, struct err *e);

#endif
