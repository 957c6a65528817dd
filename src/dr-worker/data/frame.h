/*
 * frame: a table in memory, column by column.
 *
 * A column is kept as a dictionary: its distinct values in the order of their first
 * appearance, and for each row the number of its value (FRAME_NA where the value is
 * missing).  Typing, statistics and encoders look at each distinct value once.
 * Memory: 4 bytes a cell and every distinct value once.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"

#define FRAME_NA UINT32_MAX
#define FRAME_CELLS_MAX ((size_t)250 * 1000 * 1000)

enum column_type {
	COLUMN_NUMERIC,
	COLUMN_PERCENTAGE,
	COLUMN_CURRENCY,
	COLUMN_DATE, /* its number is days since 1970-01-01 */
	COLUMN_BOOLEAN,
	COLUMN_CATEGORICAL,
	COLUMN_TEXT,
};

struct column {
	char *name;
	enum column_type type;
	size_t n_values; /* distinct values, without the missing one */
	size_t *offset;  /* n_values + 1; value v is bytes[offset[v]], NUL-terminated */
	char *bytes;
	double *number; /* n_values; of a column that column_is_number, else NULL */
	uint32_t *code; /* of each row */
	size_t n_missing;
	bool low_information; /* constant, a key of the rows, or a copy of another column */
};

struct frame {
	size_t rows, cols;
	struct column *column;
};

/* Read a CSV file: column names from its first record, types inferred (types.h).
 * ERR_REFUSED: see csv.h; and no rows, names that occur twice, a row
 * with another number of fields than the header. */
bool frame_read(struct frame *f, const char *path, struct err *e);
/* The same; ERR_REFUSED too where there is one column only: nothing to learn from. */
bool frame_read_table(struct frame *f, const char *path, struct err *e);
void frame_release(struct frame *f);

/* Keep the rows for which keep[row] is true, in their order; values stay. */
void frame_filter(struct frame *f, const bool *keep);

/* The column of that name, or NULL. */
const struct column *frame_find(const struct frame *f, const char *name);

/* Text of a value and its length. */
const char *column_value(const struct column *c, size_t v);
size_t column_value_len(const struct column *c, size_t v);

/* Number in a row: NAN where it is missing. */
double column_number(const struct column *c, size_t row);
bool column_is_number(const struct column *c);
/* The kind of preprocessing: categorical, boolean. */
bool column_is_category(const struct column *c);

/* As DataRobot calls the type: "Numeric", "Text", ... */
const char *column_type_name(enum column_type t);

#endif
