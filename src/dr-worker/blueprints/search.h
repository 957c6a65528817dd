/*
 * search: the choice among values inside the model.
 *
 * Where a setting has several candidates, models are trained on 85 % of the training
 * rows and compared by the project's metric on the other 15 %, and the best setting
 * is put in use.  Up to SEARCH_POINTS combinations are all tried.  Of more, a pattern
 * search tries as many: from the defaults (or the middle, where a default is no candidate)
 * it steps along each parameter in turn, in the order of its values, a quarter of the list
 * at first, and halves its steps when none of them is better (Hooke & Jeeves, "Direct
 * Search Solution of Numerical and Statistical Problems", JACM 8, 1961).
 */
#ifndef SEARCH_H
#define SEARCH_H

#include "blueprints/pipeline.h"

#define SEARCH_POINTS 64
#define SEARCH_INNER_SHARE 0.15

/*
 * Choose for the n training rows; does nothing where every setting has one candidate.
 * settings must be those that the pipeline was made with.  The pipeline has to be encoded
 * anew afterwards.  Fails as the pipeline does.
 */
bool search_run(struct pipeline *line, struct settings *settings, const uint32_t *train,
		size_t n, struct err *e);

#endif
