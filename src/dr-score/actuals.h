/*
 * actuals: what really was, row by row: one column of the table that the project was made
 * from.  The service's predictions say which row they are about and not what it held.
 */
#ifndef ACTUALS_H
#define ACTUALS_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"
#include "json/json.h"

struct actuals;

/*
 * Read the column of a CSV file (csv/csv.h) into memory: its values alone.  Rows are
 * counted from 0 behind the header, as the service counts them.
 * NULL: ERR_INPUT `FILE: WHY`, where there is no such column among others; ERR_SYSTEM.
 */
struct actuals *actuals_read(const char *path, const char *column, struct err *e);
void actuals_free(struct actuals *a);

/*
 * Append the value of a row as JSON: a number where its text is one, null where it is
 * empty, else a string.  ERR_INPUT where the file has no such row.
 */
bool actuals_put(const struct actuals *a, size_t row, struct json_text *to, struct err *e);

#endif
