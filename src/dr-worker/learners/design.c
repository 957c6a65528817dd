#include "learners/design.h"

#include <stdlib.h>

bool design_check(const struct learner_input *in, struct err *e)
{
	return in->x->cols || in->sparse->cols ||
	       err_set(e, ERR_REFUSED, "none of the features can be used by this model");
}

bool design_sparse(const struct learner_input *in, struct sparse *to, struct err *e)
{
	if (!sparse_init(to, in->x->rows, e))
		return false;
	for (size_t j = 0; j < in->sparse->cols; j++) {
		for (size_t k = in->sparse->start[j]; k < in->sparse->start[j + 1]; k++)
			if (!sparse_put(to, in->sparse->row[k], (double)in->sparse->x[k], e))
				return false;
		if (!sparse_end_column(to, e))
			return false;
	}
	for (size_t j = 0; j < in->x->cols; j++) {
		const float *x = in->x->x + j * in->x->rows;

		for (size_t row = 0; row < in->x->rows; row++)
			if (x[row] != 0 && !sparse_put(to, row, (double)x[row], e))
				return false;
		if (!sparse_end_column(to, e))
			return false;
	}
	return true;
}

/* Where each row of the table stands among those wanted; SIZE_MAX: nowhere. */
static size_t *find_places(size_t rows, const uint32_t *row, size_t n)
{
	size_t *place = malloc((rows + 1) * sizeof *place);

	for (size_t i = 0; place && i < rows; i++)
		place[i] = SIZE_MAX;
	for (size_t i = 0; place && i < n; i++)
		place[row[i]] = i;
	return place;
}

float *design_dense(const struct learner_input *in, const uint32_t *row, size_t n,
		    struct err *e)
{
	size_t cols = in->sparse->cols + in->x->cols, *place;
	float *out;

	if (n && cols > DESIGN_CELLS_MAX / n) {
		err_set(e, ERR_REFUSED,
			"the table is too large for this model: %zu rows, %zu columns once "
			"encoded",
			n, cols);
		return NULL;
	}
	place = find_places(in->x->rows, row, n);
	out = calloc(n * cols + 1, sizeof *out);
	if (!place || !out) {
		free(place);
		free(out);
		err_nomem(e);
		return NULL;
	}
	for (size_t j = 0; j < in->sparse->cols; j++)
		for (size_t k = in->sparse->start[j]; k < in->sparse->start[j + 1]; k++)
			if (place[in->sparse->row[k]] != SIZE_MAX)
				out[place[in->sparse->row[k]] * cols + j] = in->sparse->x[k];
	for (size_t j = 0; j < in->x->cols; j++)
		for (size_t i = 0; i < n; i++)
			out[i * cols + in->sparse->cols + j] =
				in->x->x[j * in->x->rows + row[i]];
	free(place);
	return out;
}
