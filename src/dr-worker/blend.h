/*
 * blend: a model that says the mean of what a few others say.
 *
 * Its members are trained on the same rows, so that a row which one of them has not seen
 * none of them has.  Used by training.c only.
 */
#ifndef BLEND_H
#define BLEND_H

#include "training.h"

#define BLEND_MEMBERS_MAX 10

/* From the request's list of members: their blueprints, values and columns, and the graph
 * of the whole.  ERR_INPUT and ERR_REFUSED as for a model alone. */
bool blend_open(struct training *t, struct err *e);
bool blend_start(struct training *t, struct err *e);
void blend_close(struct training *t);

/* As training.c's train, for all members. */
bool blend_train(struct training *t, size_t n, size_t n_apply, struct err *e);

#endif
