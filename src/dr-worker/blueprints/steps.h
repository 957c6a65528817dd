/*
 * steps: what each node of a blueprint before the learner does.  Used by the pipeline only.
 */
#ifndef STEPS_H
#define STEPS_H

#include "blueprints/pipeline.h"
#include "tasks/block.h"

/* What a step is fitted with. */
struct step {
	size_t node; /* its position in the blueprint */
	struct params params;
	const uint32_t *train;
	size_t n;
	struct block *in;  /* what the nodes before it made; the step may change it */
	struct block *out; /* empty, for what it makes */
};

/* Fit to the training rows, and apply to all rows. */
bool steps_run(struct pipeline *l, const struct step *s, struct err *e);

#endif
