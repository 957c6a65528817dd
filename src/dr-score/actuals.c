#include "actuals.h"

#include <stdlib.h>
#include <string.h>

#include "csv/csv.h"
#include "csv/grow.h"

struct actuals {
	char *path;
	struct json_text text; /* the values as JSON, one after the other */
	size_t *end;           /* of each value in text */
	size_t n, cap;
};

void actuals_free(struct actuals *a)
{
	if (!a)
		return;
	json_text_release(&a->text);
	free(a->end);
	free(a->path);
	free(a);
}

/* Position of the column in the header, or n. */
static size_t find(const struct csv_field *field, size_t n, const char *column)
{
	size_t len = strlen(column), i = 0;

	while (i < n && (field[i].len != len || memcmp(field[i].s, column, len) != 0))
		i++;
	return i;
}

static cJSON *value_of(const struct csv_field *f)
{
	struct err e = {0};
	char *text;
	cJSON *v;

	if (f->len == 0)
		return cJSON_CreateNull();
	v = json_parse(f->s, f->len, NULL, &e);
	if (cJSON_IsNumber(v))
		return v;
	cJSON_Delete(v);
	text = strndup(f->s, f->len);
	v = text ? cJSON_CreateString(text) : NULL;
	free(text);
	return v;
}

static bool add(struct actuals *a, const struct csv_field *f, struct err *e)
{
	size_t *end = grow(a->end, &a->cap, a->n + 1, sizeof(*end));
	cJSON *v = value_of(f);

	if (end)
		a->end = end;
	if (v)
		json_print(&a->text, v);
	cJSON_Delete(v);
	if (!end || !v || a->text.failed)
		return err_nomem(e);
	a->end[a->n++] = a->text.len;
	return true;
}

static bool read_all(struct actuals *a, struct csv *csv, const char *column, struct err *e)
{
	static const struct csv_field nothing = {"", 0};
	const struct csv_field *field;
	enum csv_result got;
	size_t n, at;

	got = csv_next(csv, &field, &n, e);
	if (got == CSV_ERROR)
		return false;
	at = got == CSV_RECORD ? find(field, n, column) : n;
	if (got == CSV_END || at == n)
		return err_set(e, ERR_INPUT, "there is no column '%s'", column);
	while ((got = csv_next(csv, &field, &n, e)) == CSV_RECORD)
		if (!add(a, at < n ? &field[at] : &nothing, e))
			return false;
	return got == CSV_END;
}

struct actuals *actuals_read(const char *path, const char *column, struct err *e)
{
	struct actuals *a = calloc(1, sizeof(*a));
	struct csv *csv = NULL;
	bool ok = (a && (a->path = strdup(path))) || err_nomem(e);

	ok = ok && (csv = csv_open(path, e)) && read_all(a, csv, column, e);
	csv_free(csv);
	if (ok)
		return a;
	/* The file was given here, it is not the server's. */
	if (e->kind == ERR_REFUSED)
		e->kind = ERR_INPUT;
	if (e->kind == ERR_INPUT)
		err_prefix(e, "%s", path);
	actuals_free(a);
	return NULL;
}

bool actuals_put(const struct actuals *a, size_t row, struct json_text *to, struct err *e)
{
	size_t start;

	if (row >= a->n)
		return err_set(e, ERR_INPUT,
			       "%s: has %zu rows, and the predictions are about row %zu: it is "
			       "not the project's table",
			       a->path, a->n, row);
	start = row ? a->end[row - 1] : 0;
	json_text_add(to, a->text.s + start, a->end[row] - start);
	return true;
}
