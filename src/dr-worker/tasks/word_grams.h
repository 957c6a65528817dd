/*
 * word_grams: the terms that are worth keeping, weighted: tf-idf and its relatives.
 *
 * Terms are chosen by the training rows: in at least min_df of them and at most max_df
 * (up to 1: a share of the rows, for min_df below 1; else a number of rows), at least
 * min_tc times in all, the max_features most frequent ones.  A cell is the count in
 * the document, or 1 (binary), or 1 + ln(count) (sublinear_tf), times
 * ln(n / df) + 1, or ln((1 + n) / (1 + df)) + 1 (smooth_idf), where use_idf is on; then
 * each document is scaled to length 1 (norm).
 *
 * Source: Salton & Buckley, "Term-weighting approaches in automatic text retrieval",
 * Information Processing & Management 24, 1988, in the variants of scikit-learn.
 */
#ifndef WORD_GRAMS_H
#define WORD_GRAMS_H

#include "tasks/corpus.h"
#include "tasks/sparse.h"
#include "tasks/task.h"

extern const struct task word_grams_task; /* the matrix as a step of its own */

/* rows_of (corpus.docs) says how many training rows have each document.  A row of the
 * result is a document, a column a term that was kept; there may be none. */
bool word_grams_make(struct sparse *x, const struct corpus *c, const double *rows_of,
		     const struct params *params, struct err *e);

/* The matrix by rows of the table instead of documents, its columns added to `to`. */
bool word_grams_encode(const struct corpus *c, const struct column *column,
		       const uint32_t *train, size_t n, const struct params *params,
		       struct sparse *to, struct err *e);

#endif
