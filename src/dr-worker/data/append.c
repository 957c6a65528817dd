#include "data/append.h"

#include <stdlib.h>
#include <string.h>

#include "data/dictionary.h"
#include "data/types.h"

/* The values of a column as a dictionary; their numbers stay the same. */
static bool known_values(const struct column *c, struct dictionary *d, struct err *e)
{
	for (size_t v = 0; v < c->n_values; v++)
		if (dictionary_add(d, column_value(c, v), column_value_len(c, v)) ==
		    DICTIONARY_NONE)
			return err_nomem(e);
	return true;
}

/* The values of `new`, too, and in `as` the number that each of them has in c. */
static bool add_values(struct column *c, const struct column *new, uint32_t *as, struct err *e)
{
	struct dictionary d = {0};
	size_t before = c->n_values;
	double *number;
	bool ok = known_values(c, &d, e);

	for (size_t v = 0; ok && v < new->n_values; v++) {
		as[v] = dictionary_add(&d, column_value(new, v), column_value_len(new, v));
		ok = as[v] != DICTIONARY_NONE || err_nomem(e);
	}
	if (ok && d.n > before) {
		free(c->offset);
		free(c->bytes);
		c->n_values = d.n;
		c->offset = d.offset;
		c->bytes = d.bytes;
		d.offset = NULL;
		d.bytes = NULL;
		if (column_is_number(c)) {
			number = realloc(c->number, c->n_values * sizeof *number);
			if (number)
				c->number = number;
			ok = (number || err_nomem(e)) && types_extend(c, before, e);
		}
	}
	dictionary_release(&d);
	return ok;
}

static bool append_column(struct column *c, size_t rows, const struct column *new,
			  size_t new_rows, struct err *e)
{
	uint32_t *code = realloc(c->code, (rows + new_rows) * sizeof *code), *as;
	bool ok;

	if (!code)
		return err_nomem(e);
	c->code = code;
	code += rows;
	if (!new) {
		for (size_t i = 0; i < new_rows; i++)
			code[i] = FRAME_NA;
		c->n_missing += new_rows;
		return true;
	}
	if (!(as = malloc((new->n_values + 1) * sizeof *as)))
		return err_nomem(e);
	ok = add_values(c, new, as, e);
	for (size_t i = 0; ok && i < new_rows; i++)
		code[i] = new->code[i] == FRAME_NA ? FRAME_NA : as[new->code[i]];
	c->n_missing += new->n_missing;
	free(as);
	return ok;
}

bool append_rows(struct prepared *p, const struct frame *new, const bool *use, struct err *e)
{
	struct frame *f = &p->frame;
	double *y;

	if ((f->rows + new->rows) * f->cols > FRAME_CELLS_MAX)
		return err_set(e, ERR_REFUSED,
			       "the table and the new rows have more than %zu cells together",
			       FRAME_CELLS_MAX);
	for (size_t i = 0; i < f->cols; i++)
		if (use[i] && !frame_find(new, f->column[i].name))
			return err_set(e, ERR_REFUSED,
				       "the new data has no column '%s', which the model uses",
				       f->column[i].name);
	for (size_t i = 0; i < f->cols; i++) {
		struct column *c = &f->column[i];

		if (!append_column(c, f->rows, use[i] ? frame_find(new, c->name) : NULL,
				   new->rows, e))
			return false;
	}
	if (!(y = realloc(p->y, (f->rows + new->rows) * sizeof *y)))
		return err_nomem(e);
	p->y = y;
	memset(y + f->rows, 0, new->rows * sizeof *y);
	f->rows += new->rows;
	return true;
}
