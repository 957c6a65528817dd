#include "tasks/sparse.h"

#include <stdlib.h>

#include "csv/grow.h"

bool sparse_init(struct sparse *s, size_t rows, struct err *e)
{
	*s = (struct sparse){.rows = rows};
	s->start = grow(NULL, &s->start_cap, 2, sizeof *s->start);
	if (!s->start)
		return err_nomem(e);
	s->start[0] = s->start[1] = 0;
	return true;
}

bool sparse_put(struct sparse *s, size_t row, double x, struct err *e)
{
	size_t n = s->start[s->cols + 1];
	void *p;

	if (n == SPARSE_CELLS_MAX)
		return err_set(e, ERR_REFUSED,
			       "the table is too large to train on: more than "
			       "%zu cells once encoded",
			       SPARSE_CELLS_MAX);
	if (!(p = grow(s->row, &s->row_cap, n + 1, sizeof *s->row)))
		return err_nomem(e);
	s->row = p;
	if (!(p = grow(s->x, &s->x_cap, n + 1, sizeof *s->x)))
		return err_nomem(e);
	s->x = p;
	s->row[n] = (uint32_t)row;
	s->x[n] = (float)x;
	s->start[s->cols + 1]++;
	return true;
}

bool sparse_end_column(struct sparse *s, struct err *e)
{
	size_t *start = grow(s->start, &s->start_cap, s->cols + 3, sizeof *start);

	if (!start)
		return err_nomem(e);
	s->start = start;
	s->cols++;
	start[s->cols + 1] = start[s->cols];
	return true;
}

void sparse_release(struct sparse *s)
{
	free(s->start);
	free(s->row);
	free(s->x);
	*s = (struct sparse){0};
}
