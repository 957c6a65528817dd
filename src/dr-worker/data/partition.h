/*
 * partition: which rows are held out and which fold the others belong to.
 *
 * As DataRobot does by default: 20 % of the rows are the holdout, the other 80 % are
 * five folds of 16 %.  Stratified, every class has its share in the holdout and in
 * each fold, to within one row.  The same rows and seed give the same partition.
 */
#ifndef PARTITION_H
#define PARTITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"

#define PARTITION_HOLDOUT UINT8_MAX
#define PARTITION_NO_FOLD (UINT8_MAX - 1)
#define PARTITION_REPS_MAX 50

struct partition {
	size_t rows;
	unsigned reps;   /* number of folds */
	bool tvh;        /* fold 0 is scored, the others (one) are only trained on */
	uint8_t *fold;   /* of each row: 0 to reps - 1, or PARTITION_HOLDOUT */
	uint32_t *order; /* all rows, class by class, at random within a class */
};

/* level (rows) is the class of each row, or NULL where nothing is stratified. */
bool partition_make(struct partition *p, size_t rows, const uint8_t *level, unsigned reps,
		    double holdout_pct, uint64_t seed, struct err *e);

/*
 * The same in steps, for other schemes (scheme.h): partition_start makes the order, with all
 * rows in fold 0; then the rows are shared out.
 */
bool partition_start(struct partition *p, size_t rows, const uint8_t *level, unsigned reps,
		     uint64_t seed, struct err *e);
/* By chance, in even folds; where p->tvh is set, fold 0 has validation_pct of the rows. */
void partition_share(struct partition *p, double holdout_pct, double validation_pct);
/*
 * Rows of one group (group[row] below `values`, or UINT32_MAX: missing values are one too) all
 * into one of `parts` parts: the folds and, where there is one more, the holdout.  The
 * largest groups first, each to the part that lacks most of its share (in percent); no part
 * stays empty where there are enough groups.  *groups: how many there are.
 */
bool partition_groups(struct partition *p, const uint32_t *group, size_t values,
		      const double *share, size_t parts, uint64_t seed, size_t *groups,
		      struct err *e);
void partition_release(struct partition *p);

/* Number of folds that are scored. */
unsigned partition_folds(const struct partition *p);

/* Number of rows of a fold, or of PARTITION_HOLDOUT. */
size_t partition_size(const struct partition *p, unsigned fold);

/*
 * Rows to train on: `want` of those outside the fold `without` (PARTITION_NO_FOLD: of all
 * folds) and the holdout, and `want_holdout` of the holdout, each evenly from
 * p->order, so that a sample is stratified as its source is.  More than there are
 * means all.  out has room for p->rows; returns how many, in rising order.
 */
size_t partition_training(const struct partition *p, unsigned without, size_t want,
			  size_t want_holdout, uint32_t *out);

/* Rows of a fold, or of PARTITION_HOLDOUT, in rising order. */
size_t partition_rows(const struct partition *p, unsigned fold, uint32_t *out);

#endif
