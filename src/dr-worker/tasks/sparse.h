/*
 * sparse: a matrix most of whose cells are zero, by columns.
 */
#ifndef SPARSE_H
#define SPARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"

#define SPARSE_CELLS_MAX ((size_t)500 * 1000 * 1000)

struct sparse {
	size_t rows, cols;
	size_t *start; /* cols + 1: where the cells of each column start */
	uint32_t *row;
	float *x;
	size_t start_cap, row_cap, x_cap; /* of one that grows */
};

/* A matrix that grows: no columns yet, and an open one that takes cells. */
bool sparse_init(struct sparse *s, size_t rows, struct err *e);
/* Add a cell to the open column; ERR_REFUSED beyond SPARSE_CELLS_MAX. */
bool sparse_put(struct sparse *s, size_t row, double x, struct err *e);
/* Close the open column and open the next. */
bool sparse_end_column(struct sparse *s, struct err *e);

void sparse_release(struct sparse *s);

#endif
