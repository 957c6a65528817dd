#include "learners/one_rest.h"

#include <stdlib.h>

void one_rest_scale(double *p, size_t n, size_t classes)
{
	for (size_t i = 0; i < n; i++, p += classes) {
		double sum = 0;

		for (size_t k = 0; k < classes; k++)
			sum += p[k];
		for (size_t k = 0; k < classes; k++)
			p[k] = sum > 0 ? p[k] / sum : 1 / (double)classes;
	}
}

/* y: is a row of class k?  Returns how many training rows are. */
static size_t mark(const struct learner_input *in, size_t k, double *y)
{
	size_t n = 0;

	for (size_t row = 0; row < in->x->rows; row++)
		y[row] = in->y[row] == (double)k;
	for (size_t i = 0; i < in->n_train; i++)
		n += y[in->train[i]] > 0;
	return n;
}

bool one_rest_fit(struct learner_input *in, learner_fn *binary, struct err *e)
{
	double *y = malloc((in->x->rows + 1) * sizeof *y);
	double *p = malloc((in->n_apply + 1) * sizeof *p);
	bool ok = (y && p) || err_nomem(e);

	in->iterations = -1;
	for (size_t k = 0; ok && k < in->classes; k++) {
		struct learner_input one = *in;
		size_t n = mark(in, k, y);

		one.y = y;
		one.classes = 2;
		one.p = p;
		if (n && n < in->n_train)
			ok = binary(&one, e);
		for (size_t i = 0; ok && i < in->n_apply; i++)
			in->p[i * in->classes + k] = !n ? 0 : n < in->n_train ? p[i] : 1;
	}
	if (ok)
		one_rest_scale(in->p, in->n_apply, in->classes);
	free(p);
	free(y);
	return ok;
}
