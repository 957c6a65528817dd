#include "tasks/block.h"

#include <string.h>

bool block_init(struct block *b, size_t rows, struct err *e)
{
	*b = (struct block){.x.rows = rows};
	return sparse_init(&b->sparse, rows, e);
}

void block_release(struct block *b)
{
	matrix_release(&b->x);
	sparse_release(&b->sparse);
}

bool block_append(struct block *to, const struct block *from, struct err *e)
{
	const struct sparse *s = &from->sparse;

	for (size_t j = 0; j < from->x.cols; j++) {
		float *x = matrix_add(&to->x, e);

		if (!x)
			return false;
		memcpy(x, from->x.x + j * from->x.rows, from->x.rows * sizeof *x);
	}
	for (size_t j = 0; j < s->cols; j++) {
		for (size_t k = s->start[j]; k < s->start[j + 1]; k++)
			if (!sparse_put(&to->sparse, s->row[k], (double)s->x[k], e))
				return false;
		if (!sparse_end_column(&to->sparse, e))
			return false;
	}
	return true;
}

void block_move(struct block *to, struct block *from)
{
	block_release(to);
	*to = *from;
	*from = (struct block){0};
}
