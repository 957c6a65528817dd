/*
 * matrix: what tasks make of columns and learners learn from.
 *
 * One float a cell, column after column, for all rows of the table: tasks are fitted on
 * the training rows and applied to all.  x[j * rows + i] is column j of row i.
 */
#ifndef MATRIX_H
#define MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"

#define MATRIX_CELLS_MAX ((size_t)500 * 1000 * 1000)

struct matrix {
	size_t rows, cols, cap;
	float *x;
};

/* One column more: a pointer to its rows, valid until the next call.  NULL: out of
 * memory, or ERR_REFUSED beyond MATRIX_CELLS_MAX. */
float *matrix_add(struct matrix *m, struct err *e);
void matrix_release(struct matrix *m);

/* The given rows, row after row, as libraries want them; the caller's. */
float *matrix_gather(const struct matrix *m, const uint32_t *row, size_t n, struct err *e);

#endif
