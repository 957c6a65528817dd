#include "tasks/cells.h"

#include <stdlib.h>

static void count(struct cells *c, const struct block *b)
{
	for (size_t j = 0; j < b->x.cols; j++)
		for (size_t row = 0; row < c->rows; row++)
			c->start[row + 1] += b->x.x[j * c->rows + row] != 0;
	for (size_t k = 0; k < b->sparse.start[b->sparse.cols]; k++)
		c->start[b->sparse.row[k] + 1]++;
	for (size_t row = 0; row < c->rows; row++)
		c->start[row + 1] += c->start[row];
}

static void put(struct cells *c, size_t *at, size_t row, size_t col, float x)
{
	c->col[at[row]] = (uint32_t)col;
	c->x[at[row]++] = x;
}

bool cells_make(struct cells *c, const struct block *b, struct err *e)
{
	const struct sparse *s = &b->sparse;
	size_t *at = NULL, n;
	bool ok = false;

	*c = (struct cells){.rows = s->rows, .cols = b->x.cols + s->cols};
	if (!(c->start = calloc(c->rows + 1, sizeof *c->start)))
		return err_nomem(e);
	count(c, b);
	n = c->start[c->rows] + 1;
	c->col = malloc(n * sizeof *c->col);
	c->x = malloc(n * sizeof *c->x);
	if (!c->col || !c->x || !(at = malloc((c->rows + 1) * sizeof *at)))
		goto out;
	for (size_t row = 0; row < c->rows; row++)
		at[row] = c->start[row];
	for (size_t j = 0; j < b->x.cols; j++)
		for (size_t row = 0; row < c->rows; row++)
			if (b->x.x[j * c->rows + row] != 0)
				put(c, at, row, j, b->x.x[j * c->rows + row]);
	for (size_t j = 0; j < s->cols; j++)
		for (size_t k = s->start[j]; k < s->start[j + 1]; k++)
			put(c, at, s->row[k], b->x.cols + j, s->x[k]);
	ok = true;
out:
	free(at);
	if (!ok) {
		cells_release(c);
		return err_nomem(e);
	}
	return true;
}

void cells_release(struct cells *c)
{
	free(c->x);
	free(c->col);
	free(c->start);
	*c = (struct cells){0};
}
