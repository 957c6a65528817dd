#include "data/frame.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv/csv.h"
#include "data/dictionary.h"
#include "csv/grow.h"
#include "data/types.h"

#define NAME_MAX_BYTES 1000

/* What a column needs only while it is being read. */
struct builder {
	struct dictionary values;
	size_t code_cap;
};

static bool add_cell(struct column *c, struct builder *b, size_t row,
		     const struct csv_field *field, struct err *e)
{
	uint32_t *code = grow(c->code, &b->code_cap, row + 1, sizeof *code);

	if (!code)
		return err_nomem(e);
	c->code = code;
	if (types_missing(field->s, field->len)) {
		c->code[row] = FRAME_NA;
		c->n_missing++;
		return true;
	}
	c->code[row] = dictionary_add(&b->values, field->s, field->len);
	return c->code[row] != DICTIONARY_NONE || err_nomem(e);
}

/* The dictionary's arrays become the column's. */
static void take_values(struct column *c, struct dictionary *d)
{
	c->n_values = d->n;
	c->offset = d->offset;
	c->bytes = d->bytes;
	d->offset = NULL;
	d->bytes = NULL;
}

/* Names come from people's files: control characters would break a line of output,
 * and an unnamed first column is what some programs write for row numbers. */
static char *column_name(const struct csv_field *field, size_t i)
{
	char *name;

	if (!field->len)
		return asprintf(&name, "Unnamed: %zu", i) < 0 ? NULL : name;
	if (!(name = strndup(field->s, field->len)))
		return NULL;
	for (char *p = name; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	return name;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool check_names(const struct frame *f, struct err *e)
{
	const char **name = malloc(f->cols * sizeof *name);
	bool ok = true;

	if (!name)
		return err_nomem(e);
	for (size_t i = 0; i < f->cols; i++)
		name[i] = f->column[i].name;
	qsort(name, f->cols, sizeof *name, by_name);
	for (size_t i = 1; ok && i < f->cols; i++)
		if (!strcmp(name[i - 1], name[i]))
			ok = err_set(e, ERR_REFUSED,
				     "two columns are named '%s': rename one of them", name[i]);
	free(name);
	return ok;
}

static bool read_header(struct frame *f, struct csv *csv, struct err *e)
{
	const struct csv_field *field;
	size_t n;
	enum csv_result got = csv_next(csv, &field, &n, e);

	if (got == CSV_ERROR)
		return false;
	if (got == CSV_END)
		return err_set(e, ERR_REFUSED, "the file is empty");
	if (!(f->column = calloc(n, sizeof *f->column)))
		return err_nomem(e);
	f->cols = n;
	for (size_t i = 0; i < n; i++) {
		if (field[i].len > NAME_MAX_BYTES)
			return err_set(e, ERR_REFUSED,
				       "line 1: the name of column %zu is longer than %d bytes "
				       "(is it a row of data?)",
				       i + 1, NAME_MAX_BYTES);
		if (!(f->column[i].name = column_name(&field[i], i)))
			return err_nomem(e);
	}
	return check_names(f, e);
}

static bool read_rows(struct frame *f, struct builder *b, struct csv *csv, struct err *e)
{
	const struct csv_field *field;
	enum csv_result got;
	size_t n;

	while ((got = csv_next(csv, &field, &n, e)) == CSV_RECORD) {
		if (n != f->cols)
			return err_set(e, ERR_REFUSED,
				       "line %zu has %zu fields where the header has %zu",
				       csv_line(csv), n, f->cols);
		if ((f->rows + 1) * f->cols > FRAME_CELLS_MAX)
			return err_set(e, ERR_REFUSED, "the table has more than %zu cells",
				       FRAME_CELLS_MAX);
		for (size_t i = 0; i < n; i++)
			if (!add_cell(&f->column[i], &b[i], f->rows, &field[i], e))
				return false;
		f->rows++;
	}
	if (got == CSV_END && !f->rows)
		return err_set(e, ERR_REFUSED, "the file has no rows below its header");
	return got == CSV_END;
}

bool frame_read(struct frame *f, const char *path, struct err *e)
{
	struct csv *csv = csv_open(path, e);
	struct builder *b = NULL;
	bool ok = false;

	*f = (struct frame){0};
	if (!csv || !read_header(f, csv, e))
		goto out;
	if (!(b = calloc(f->cols, sizeof *b))) {
		err_nomem(e);
		goto out;
	}
	ok = read_rows(f, b, csv, e);
	for (size_t i = 0; i < f->cols; i++) {
		take_values(&f->column[i], &b[i].values);
		dictionary_release(&b[i].values);
	}
	ok = ok && types_infer(f, e);
out:
	free(b);
	csv_free(csv);
	if (!ok)
		frame_release(f);
	return ok;
}

bool frame_read_table(struct frame *f, const char *path, struct err *e)
{
	if (!frame_read(f, path, e))
		return false;
	if (f->cols > 1)
		return true;
	frame_release(f);
	return err_set(e, ERR_REFUSED,
		       "the file has one column: a target and at least one feature are needed");
}

void frame_release(struct frame *f)
{
	for (size_t i = 0; f->column && i < f->cols; i++) {
		free(f->column[i].name);
		free(f->column[i].offset);
		free(f->column[i].bytes);
		free(f->column[i].number);
		free(f->column[i].code);
	}
	free(f->column);
	*f = (struct frame){0};
}

void frame_filter(struct frame *f, const bool *keep)
{
	size_t n = 0;

	for (size_t i = 0; i < f->cols; i++) {
		struct column *c = &f->column[i];

		n = c->n_missing = 0;
		for (size_t row = 0; row < f->rows; row++)
			if (keep[row]) {
				c->n_missing += c->code[row] == FRAME_NA;
				c->code[n++] = c->code[row];
			}
	}
	f->rows = n;
}

const struct column *frame_find(const struct frame *f, const char *name)
{
	for (size_t i = 0; i < f->cols; i++)
		if (!strcmp(f->column[i].name, name))
			return &f->column[i];
	return NULL;
}

const char *column_value(const struct column *c, size_t v)
{
	return c->bytes + c->offset[v];
}

size_t column_value_len(const struct column *c, size_t v)
{
	return c->offset[v + 1] - c->offset[v] - 1;
}

double column_number(const struct column *c, size_t row)
{
	return c->code[row] == FRAME_NA ? NAN : c->number[c->code[row]];
}

bool column_is_number(const struct column *c)
{
	return c->type <= COLUMN_DATE;
}

bool column_is_category(const struct column *c)
{
	return c->type == COLUMN_BOOLEAN || c->type == COLUMN_CATEGORICAL;
}

const char *column_type_name(enum column_type t)
{
	static const char *const name[] = {
		[COLUMN_NUMERIC] = "Numeric",   [COLUMN_PERCENTAGE] = "Percentage",
		[COLUMN_CURRENCY] = "Currency", [COLUMN_DATE] = "Date",
		[COLUMN_BOOLEAN] = "Boolean",   [COLUMN_CATEGORICAL] = "Categorical",
		[COLUMN_TEXT] = "Text",
	};

	return name[t];
}
