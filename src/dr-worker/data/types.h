/*
 * types: what the columns of a table are, inferred from their distinct values.
 *
 * In this order, the first that all values of a column fit:
 *   Numeric      1, -2.5, 1e3, 1,234,567.8
 *   Percentage   the same, with a percent sign behind at least one of them
 *   Currency     the same, with $, EUR or GBP or YEN sign in front of at least one
 *   Date         one format for the whole column, with a time of day or without:
 *                2024-05-31, 2024/05/31, 05/31/2024, 31/05/2024, 31.05.2024,
 *                05/31/24, 31-May-2024, May-24, May-2024
 *   Boolean      at most two values out of true/false, yes/no, t/f, y/n
 *   Text         many distinct values of several words
 *   Categorical  all else
 */
#ifndef TYPES_H
#define TYPES_H

#include <stdbool.h>
#include <stddef.h>

#include "data/frame.h"

/* Is this how a missing value is written: empty, NA, n/a, null, None, NaN, ?, ., inf? */
bool types_missing(const char *s, size_t len);

/* Set type, number and low_information of every column. ERR_SYSTEM only. */
bool types_infer(struct frame *f, struct err *e);

/*
 * Set the numbers of the values from `from` on of a column of numbers or dates whose values
 * before that were inferred.  ERR_REFUSED: one is not written as those are.
 */
bool types_extend(struct column *c, size_t from, struct err *e);

/* How the dates of a column are written, as strftime(3) has it, judged by its first value
 * as to the time of day; "" for a column of other things. */
#define TYPES_FORMAT_MAX 32
void types_date_format(const struct column *c, char out[TYPES_FORMAT_MAX]);

/* A number as above, without its sign of percent or currency, whose type it sets. */
bool types_number(const char *s, size_t len, double *v, enum column_type *type);

#endif
