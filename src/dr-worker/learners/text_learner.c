#include "learners/text_learner.h"

#include <math.h>

#include "learners/one_rest.h"

bool text_learner_fit(struct learner_input *in, struct err *e)
{
	size_t outputs = in->classes > 2 ? in->classes : 1;

	in->iterations = -1;
	if (!in->x->cols)
		return err_set(e, ERR_REFUSED,
			       "none of the features can be used by this model");
	for (size_t j = 0; j < outputs; j++)
		for (size_t i = 0; i < in->n_apply; i++) {
			double eta = (double)in->x->x[j * in->x->rows + in->apply[i]];

			in->p[i * outputs + j] = in->regression ? eta : 1 / (1 + exp(-eta));
		}
	if (outputs > 1)
		one_rest_scale(in->p, in->n_apply, outputs);
	return true;
}
