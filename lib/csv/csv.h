/*
 * csv: records of a comma-separated file, one after the other, in constant memory.
 *
 * RFC 4180, and what real files add to it: a byte-order mark, lines that end in
 * LF, CRLF or CR, empty lines (passed over), semicolon, tab or bar instead of the
 * comma (whichever the first line has most of), and bytes that are not UTF-8, which
 * are taken for Windows-1252, field by field.  Fields come out as UTF-8 without
 * white space around them.
 *
 * Errors: ERR_REFUSED where the file is not what it should be, with the number of
 * the line; ERR_SYSTEM where reading fails.
 */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"

#define CSV_COLUMNS_MAX 10000
#define CSV_FIELD_MAX ((size_t)1 << 20)   /* bytes of one field */
#define CSV_RECORD_MAX ((size_t)16 << 20) /* bytes of one record */

struct csv;

struct csv_field {
	const char *s; /* not NUL-terminated; borrowed until the next record */
	size_t len;
};

enum csv_result { CSV_RECORD, CSV_END, CSV_ERROR };

/* Open a regular file.  NULL: ERR_REFUSED where it cannot be read as text. */
struct csv *csv_open(const char *path, struct err *e);
void csv_free(struct csv *c);

/* Next record: *field points to *n fields. */
enum csv_result csv_next(struct csv *c, const struct csv_field **field, size_t *n,
			 struct err *e);

/* Line on which the last record started, from 1. */
size_t csv_line(const struct csv *c);

#endif
