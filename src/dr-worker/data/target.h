/*
 * target: what kind of question a column asks, and its answers as numbers.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "data/frame.h"
#include "err/err.h"

#define TARGET_ROWS_MIN 10  /* of each class */
#define TARGET_TABLE_MIN 20 /* with a target, of the table */
#define TARGET_CLASSES_MAX 100

struct target {
	size_t n_classes;      /* 0: a number */
	double *y;             /* of each row; binary: 1 for the positive class, else 0; of more
				  classes: the place of its class in `classes`, from 0 */
	cJSON *positive_class; /* number or string; null unless there are two classes */
	cJSON *classes;        /* array of all, in rising order; empty for regression */
};

/* What the target is to be taken for. */
enum target_kind { TARGET_ANY, TARGET_BINARY, TARGET_REGRESSION, TARGET_MULTICLASS };

/*
 * A column of two distinct values (letters compared without case) is binary; one of
 * more numbers is regression unless `kind` is multiclass; one of 3 to TARGET_CLASSES_MAX
 * others is multiclass.  The positive class is `positive` where it is not NULL, else
 * the larger number, or that of yes, true, y, t, or the last in the alphabet.
 * No row may be missing.  ERR_REFUSED: one class, too many that are not numbers, not what
 * `kind` says, `positive` is none of them, a class of fewer than TARGET_ROWS_MIN rows.
 */
bool target_read(struct target *t, const struct column *c, size_t rows, enum target_kind kind,
		 const cJSON *positive, struct err *e);
/*
 * What the column would be as a target, as target_read decides where nothing is asked for.
 * Rows without a value count as left out.  False: it cannot be one, *kind is TARGET_ANY; or
 * there was no memory, and it is not.
 */
bool target_could_be(const struct column *c, size_t rows, enum target_kind *kind);
void target_release(struct target *t);

#endif
