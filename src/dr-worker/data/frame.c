#include "data/frame.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/csv.h"
#include "data/types.h"

/* What a column needs only while it is being read. */
struct builder {
	uint32_t *slot; /* hash table of value numbers plus 1; a power of two in size */
	size_t slots;
	size_t bytes_cap, offset_cap, code_cap;
};

static uint64_t hash(const char *s, size_t len)
{
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a, 64 bits */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3;
	return h ^ h >> 29;
}

/* Room for one more element in an array that grows by doubling. */
static void *grow(void *array, size_t n, size_t *cap, size_t size)
{
	size_t want = *cap ? *cap : 64;

	if (n < *cap)
		return array;
	while (want <= n)
		want *= 2;
	if ((array = realloc(array, want * size)))
		*cap = want;
	return array;
}

static bool rehash(struct builder *b, const struct column *c)
{
	size_t slots = b->slots ? 2 * b->slots : 256;
	uint32_t *slot = calloc(slots, sizeof *slot);

	if (!slot)
		return false;
	for (size_t v = 0; v < c->n_values; v++) {
		size_t i = hash(column_value(c, v), column_value_len(c, v)) & (slots - 1);

		while (slot[i])
			i = (i + 1) & (slots - 1);
		slot[i] = (uint32_t)v + 1;
	}
	free(b->slot);
	b->slot = slot;
	b->slots = slots;
	return true;
}

/* Number of the value s in the column's dictionary, new or known; FRAME_NA: no memory. */
static uint32_t intern(struct column *c, struct builder *b, const char *s, size_t len)
{
	size_t i, used = c->n_values ? c->offset[c->n_values] : 0;
	void *p;

	if (2 * c->n_values >= b->slots && !rehash(b, c))
		return FRAME_NA;
	for (i = hash(s, len) & (b->slots - 1); b->slot[i]; i = (i + 1) & (b->slots - 1)) {
		size_t v = b->slot[i] - 1;

		if (column_value_len(c, v) == len && !memcmp(column_value(c, v), s, len))
			return (uint32_t)v;
	}
	if (!(p = grow(c->bytes, used + len, &b->bytes_cap, 1)))
		return FRAME_NA;
	c->bytes = p;
	if (!(p = grow(c->offset, c->n_values + 1, &b->offset_cap, sizeof *c->offset)))
		return FRAME_NA;
	c->offset = p;
	memcpy(c->bytes + used, s, len);
	c->bytes[used + len] = '\0';
	c->offset[c->n_values] = used;
	c->offset[c->n_values + 1] = used + len + 1;
	b->slot[i] = (uint32_t)++c->n_values;
	return (uint32_t)(c->n_values - 1);
}

static bool add_cell(struct column *c, struct builder *b, size_t row,
		     const struct csv_field *field, struct err *e)
{
	uint32_t *code = grow(c->code, row, &b->code_cap, sizeof *code);

	if (!code)
		return err_nomem(e);
	c->code = code;
	if (types_missing(field->s, field->len)) {
		code[row] = FRAME_NA;
		c->n_missing++;
	} else if ((code[row] = intern(c, b, field->s, field->len)) == FRAME_NA) {
		return err_nomem(e);
	}
	return true;
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
	if (n < 2)
		return err_set(e, ERR_REFUSED,
			       "the file has one column: a target and at least one feature "
			       "are needed");
	if (!(f->column = calloc(n, sizeof *f->column)))
		return err_nomem(e);
	f->cols = n;
	for (size_t i = 0; i < n; i++)
		if (!(f->column[i].name = column_name(&field[i], i)))
			return err_nomem(e);
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
	ok = read_rows(f, b, csv, e) && types_infer(f, e);
out:
	for (size_t i = 0; b && i < f->cols; i++)
		free(b[i].slot);
	free(b);
	csv_free(csv);
	if (!ok)
		frame_release(f);
	return ok;
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
