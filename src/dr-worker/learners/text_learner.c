#include "learners/text_learner.h"

#include <math.h>

bool text_learner_fit(struct learner_input *in, struct err *e)
{
	in->iterations = -1;
	if (!in->x->cols)
		return err_set(e, ERR_REFUSED,
			       "none of the features can be used by this model");
	for (size_t i = 0; i < in->n_apply; i++) {
		double eta = (double)in->x->x[in->apply[i]];

		in->p[i] = in->regression ? eta : 1 / (1 + exp(-eta));
	}
	return true;
}
