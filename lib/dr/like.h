/*
 * dr/like: models that differ by their parameters only, as far as the leaderboard
 * tells.
 */
#ifndef DR_LIKE_H
#define DR_LIKE_H

#include "dr/dr.h"

/*
 * Whether two wire models are alike: the same model type, sample size, feature list and
 * set of processes.  In names what stands between the first `(` and the last `)` does
 * not count, nor does the number of spaces: servers put parameters there.
 */
bool dr_model_alike(const cJSON *a, const cJSON *b);

/* A model of a project and those like it: wire models, the one itself first, the others
 * in the server's order.  Two requests. */
cJSON *dr_models_like(struct dr *dr, const char *project, const char *id, struct err *e);

#endif
