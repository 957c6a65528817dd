/*
 * cells: a block turned round: the non-zero cells of each row.
 */
#ifndef CELLS_H
#define CELLS_H

#include "tasks/block.h"

struct cells {
	size_t rows, cols; /* dense columns first, then sparse ones */
	size_t *start;     /* rows + 1: where the cells of each row start */
	uint32_t *col;     /* rising within a row */
	float *x;
};

/* ERR_SYSTEM only. */
bool cells_make(struct cells *c, const struct block *b, struct err *e);
void cells_release(struct cells *c);

#endif
