#include "learners/majority.h"

#include "learners/one_rest.h"

#define DESCRIPTION                                                                            \
	"Predicts the same for every row: the share of each class among the training "         \
	"rows, or the mean of the target. What a model is worth is what it gains over this "   \
	"one."

const struct task majority_task = {
	.name = "Majority Class Classifier",
	.title = "A constant",
	.description = DESCRIPTION,
};

const struct task mean_task = {
	.name = "Mean Response Regressor",
	.title = "A constant",
	.description = DESCRIPTION,
};

bool majority_fit(struct learner_input *in, struct err *e)
{
	double sum = 0;

	if (in->classes > 2)
		return one_rest_fit(in, majority_fit, e);
	for (size_t i = 0; i < in->n_train; i++)
		sum += in->y[in->train[i]];
	for (size_t i = 0; i < in->n_apply; i++)
		in->p[i] = sum / (double)in->n_train;
	in->iterations = -1;
	return true;
}
