/*
 * block: what one step of a blueprint hands to the next: columns for all rows of the
 * table, dense ones and sparse ones.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include "tasks/matrix.h"
#include "tasks/sparse.h"

struct block {
	struct matrix x;      /* numbers, and whatever has one column */
	struct sparse sparse; /* categories and words with a column each */
};

/* No columns yet. ERR_SYSTEM only. */
bool block_init(struct block *b, size_t rows, struct err *e);
void block_release(struct block *b);

/* The columns of `from`, which stays as it is, behind those of `to`. */
bool block_append(struct block *to, const struct block *from, struct err *e);

/* `to` becomes what `from` was; `from` is left as after block_release. */
void block_move(struct block *to, struct block *from);

#endif
