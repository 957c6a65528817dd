/*
 * preds: the predictions of a model, in a file that one program writes and another reads.
 *
 * The file holds records of one size in the order they were put, so that any part of it is
 * read without the rest: per row its number in the table, the part of the partition it
 * belongs to, and `width` numbers (the probability of the positive class, or the predicted
 * number).  4 + 4 + 8 * width bytes a row.  It is private to one version on one machine
 * (native byte order) and says so in its first bytes; what is read is checked.
 */
#ifndef PREDS_H
#define PREDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"

#define PREDS_HOLDOUT UINT32_MAX
#define PREDS_NO_PART (UINT32_MAX - 1)
#define PREDS_WIDTH_MAX 1024

struct preds_row {
	uint32_t row;
	uint32_t part; /* a fold from 0, PREDS_HOLDOUT, or PREDS_NO_PART */
};

struct preds_writer;

/* Start PATH.tmp.  NULL: ERR_SYSTEM. */
struct preds_writer *preds_create(const char *path, size_t width, struct err *e);
bool preds_put(struct preds_writer *w, struct preds_row row, const double *value,
	       struct err *e);
/* The file is whole: it gets its name. */
bool preds_finish(struct preds_writer *w, struct err *e);
/* Frees it, and deletes what has not been finished. */
void preds_drop(struct preds_writer *w);

struct preds;

/* NULL: ERR_INPUT where it is no such file or a damaged one, ERR_SYSTEM. */
struct preds *preds_open(const char *path, struct err *e);
size_t preds_rows(const struct preds *p);
size_t preds_width(const struct preds *p);
/* Go to the i-th row (from 0). */
bool preds_seek(struct preds *p, size_t i, struct err *e);
/* The next row; value has room for the width.  False at the end too, as ERR_INPUT. */
bool preds_next(struct preds *p, struct preds_row *row, double *value, struct err *e);
void preds_close(struct preds *p);

#endif
