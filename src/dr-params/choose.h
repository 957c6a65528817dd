/*
 * choose: the models that the user names, as scored model records.
 */
#ifndef CHOOSE_H
#define CHOOSE_H

#include "dr/dr.h"
#include "several.h"

/*
 * Add the model `like` of a project, then those that differ from it by their parameters
 * only, best first by the project's metric on the partition.  ERR_REFUSED where the
 * server does not know the model, or the partition is a locked holdout.
 */
bool choose_like(struct dr *dr, const char *project, const char *like, const char *partition,
		 struct several *s, struct err *e);

/* Add these n models, in this order. */
bool choose_named(struct dr *dr, const char *project, const char *const *ids, size_t n,
		  const char *partition, struct several *s, struct err *e);

#endif
