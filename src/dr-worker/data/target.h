/*
 * target: what kind of question a column asks, and its answers as numbers.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "data/frame.h"
#include "err/err.h"

struct target {
	bool regression;
	double *y;             /* of each row; binary: 1 for the positive class, else 0 */
	const char *label[2];  /* binary: negative and positive class as first spelled */
	cJSON *positive_class; /* number or string; null for regression */
	cJSON *classes;        /* array of both, in rising order; empty for regression */
};

/*
 * A column of two distinct values (letters compared without case) is binary; one of
 * more numbers is regression.  The positive class is `positive` where it is not NULL, else
 * the larger number, or that of yes, true, y, t, or the last in the alphabet.
 * No row may be missing.  ERR_REFUSED: one class, more than two that are not numbers,
 * `positive` is none of them, a class of fewer than TARGET_ROWS_MIN rows.
 */
#define TARGET_ROWS_MIN 10
bool target_read(struct target *t, const struct column *c, size_t rows, const cJSON *positive,
		 struct err *e);
void target_release(struct target *t);

#endif
