#include "tasks/matrix.h"

#include <stdlib.h>

#define GATHER_ROWS 64

float *matrix_add(struct matrix *m, struct err *e)
{
	if (m->cols == m->cap) {
		size_t cap = m->cap ? 2 * m->cap : 32;
		float *x;

		if (m->rows && cap > MATRIX_CELLS_MAX / m->rows) {
			err_set(e, ERR_REFUSED,
				"the table is too large to train on: %zu rows, "
				"more than %zu columns once encoded",
				m->rows, m->cols);
			return NULL;
		}
		if (!(x = realloc(m->x, cap * m->rows * sizeof *x))) {
			err_nomem(e);
			return NULL;
		}
		m->x = x;
		m->cap = cap;
	}
	return m->x + m->cols++ * m->rows;
}

void matrix_release(struct matrix *m)
{
	free(m->x);
	*m = (struct matrix){0};
}

float *matrix_gather(const struct matrix *m, const uint32_t *row, size_t n, struct err *e)
{
	float *out = malloc((n && m->cols ? n * m->cols : 1) * sizeof *out);

	if (!out) {
		err_nomem(e);
		return NULL;
	}
	/* A few rows at a time, so that what is written stays in the processor's cache. */
	for (size_t first = 0; first < n; first += GATHER_ROWS) {
		size_t end = n - first < GATHER_ROWS ? n : first + GATHER_ROWS;

		for (size_t j = 0; j < m->cols; j++) {
			const float *from = m->x + j * m->rows;

			for (size_t i = first; i < end; i++)
				out[i * m->cols + j] = from[row[i]];
		}
	}
	return out;
}
