#include "tasks/one_hot.h"

#include <stdlib.h>
#include <string.h>

static const char *const none[] = {"None", NULL};

static const struct param params[] = {
	{"max_features", .options = none, .integer = {true, 1, 999999}, .initial = {"None", 0},
	 .help = "most levels of a column that are kept, the most frequent; None: all"},
	{"min_support", .integer = {true, 1, 99999}, .initial = {NULL, 10},
	 .help = "training rows a level needs to be kept"},
};

const struct task one_hot_task = {
	.name = "One-Hot Encoding",
	.title = "One-hot encoding",
	.description = "Each level of a categorical column becomes a column of zeros and ones.",
	TASK_PARAMS(params),
};

struct level {
	size_t n; /* training rows */
	uint32_t value;
};

static int by_frequency(const void *a, const void *b)
{
	const struct level *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return (x->value > y->value) - (x->value < y->value);
}

/* Number of a row's value, the missing one being the last. */
static size_t value_of(const struct column *c, size_t row)
{
	return c->code[row] == FRAME_NA ? c->n_values : c->code[row];
}

/* The rows of each value, value by value: rows of v are from start[v] to start[v + 1]. */
static void sort_rows(const struct column *c, size_t rows, size_t *start, uint32_t *row)
{
	memset(start, 0, (c->n_values + 3) * sizeof *start);
	for (size_t i = 0; i < rows; i++)
		start[value_of(c, i) + 2]++;
	for (size_t v = 2; v < c->n_values + 3; v++)
		start[v] += start[v - 1];
	for (size_t i = 0; i < rows; i++)
		row[start[value_of(c, i) + 1]++] = (uint32_t)i;
}

bool one_hot_encode(const struct column *c, const uint32_t *train, size_t n,
		    const struct params *p, struct sparse *to, struct err *e)
{
	struct level *level = calloc(c->n_values + 1, sizeof *level);
	size_t *start = malloc((c->n_values + 3) * sizeof *start), most = c->n_values + 1;
	uint32_t *row = malloc((to->rows + 1) * sizeof *row);
	bool ok = (level && start && row) || err_nomem(e);

	if (ok) {
		for (size_t v = 0; v <= c->n_values; v++)
			level[v].value = (uint32_t)v;
		for (size_t i = 0; i < n; i++)
			level[value_of(c, train[i])].n++;
		sort_rows(c, to->rows, start, row);
		qsort(level, c->n_values + 1, sizeof *level, by_frequency);
		if (!params_word(p, "max_features") &&
		    (double)most > params_number(p, "max_features"))
			most = (size_t)params_number(p, "max_features");
	}
	for (size_t i = 0; ok && i < most && level[i].n &&
			   (double)level[i].n >= params_number(p, "min_support");
	     i++) {
		for (size_t k = start[level[i].value]; ok && k < start[level[i].value + 1]; k++)
			ok = sparse_put(to, row[k], 1, e);
		ok = ok && sparse_end_column(to, e);
	}
	free(row);
	free(start);
	free(level);
	return ok;
}
