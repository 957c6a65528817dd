/*
 * sparse: a matrix most of whose cells are zero, by columns.
 */
#ifndef SPARSE_H
#define SPARSE_H

#include <stddef.h>
#include <stdint.h>

struct sparse {
	size_t rows, cols;
	size_t *start; /* cols + 1: where the cells of each column start */
	uint32_t *row;
	float *x;
};

void sparse_release(struct sparse *s);

#endif
