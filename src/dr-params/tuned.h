/*
 * tuned: what models differ by.
 */
#ifndef TUNED_H
#define TUNED_H

#include "several.h"

/*
 * Set `params` of each model's record: the values that it uses of the parameters that
 * are not the same in all models, in the order of the first model's parameters, then of
 * what only later ones have.  A parameter is `max_depth`, or `Task/max_depth` where
 * several tasks have one of that name (`Task/max_depth#2` for the second in a task);
 * a model that lacks it has null.  Models without parameters (gone) are left out.
 * False: out of memory.
 */
bool tuned_set(struct several *s, struct err *e);

#endif
