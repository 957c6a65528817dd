#include "tasks/ordinal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/mix.h"

static const char *const methods[] = {"None", "random", "lex", "freq", "resp", NULL};
static const char *const none[] = {"None", NULL};

static const struct param params[] = {
	{"card_max", .options = none, .integer = {true, 1, 9999999}, .initial = {"None", 0},
	 .help = "most levels that are kept, the most frequent ones; None: all"},
	{"method", .options = methods, .initial = {"freq", 0},
	 .help = "order of the levels: None as they appear, random, lex alphabetical, freq by "
		 "falling frequency, resp by the mean of the target"},
	{"min_support", .integer = {true, 1, 99999}, .initial = {NULL, 5},
	 .help = "training rows a level needs to be kept"},
};

const struct task ordinal_task = {
	.name = "Ordinal encoding of categorical variables",
	.title = "Ordinal encoding",
	.description = "Each level of a categorical column becomes a whole number. Rare and "
		       "unseen levels share one number, missing values have another.",
	TASK_PARAMS(params),
};

struct level {
	uint32_t value;
	size_t n;        /* training rows */
	size_t seen;     /* when it appeared first in them */
	double response; /* sum, then mean of y */
	uint64_t random;
	const char *text;
};

static int by_frequency(const void *a, const void *b)
{
	const struct level *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return strcmp(x->text, y->text);
}

static int by_appearance(const void *a, const void *b)
{
	const struct level *x = a, *y = b;

	return (x->seen > y->seen) - (x->seen < y->seen);
}

static int by_text(const void *a, const void *b)
{
	const struct level *x = a, *y = b;

	return strcmp(x->text, y->text);
}

static int by_random(const void *a, const void *b)
{
	const struct level *x = a, *y = b;

	return x->random != y->random ? (x->random < y->random ? -1 : 1) : by_text(a, b);
}

static int by_response(const void *a, const void *b)
{
	const struct level *x = a, *y = b;

	return x->response != y->response ? (x->response < y->response ? -1 : 1)
					  : by_text(a, b);
}

static int (*order_of(const char *method))(const void *, const void *)
{
	switch (*method) {
	case 'r':
		return method[1] == 'a' ? by_random : by_response;
	case 'l':
		return by_text;
	case 'f':
		return by_frequency;
	default:
		return by_appearance;
	}
}

/* Hash of a level's text, so that its random number does not depend on the others. */
static uint64_t text_key(const char *s)
{
	uint64_t h = 0;

	while (*s)
		h = mix(h, (unsigned char)*s++);
	return h;
}

/* The levels with enough support, the most frequent first; returns how many. */
static size_t find_levels(const struct column *c, const double *y, const uint32_t *train,
			  size_t n, size_t min_support, uint64_t seed, struct level *level)
{
	size_t kept = 0;

	for (size_t v = 0; v < c->n_values; v++)
		level[v] = (struct level){.value = (uint32_t)v, .text = column_value(c, v)};
	for (size_t i = 0; i < n; i++) {
		struct level *l;

		if (c->code[train[i]] == FRAME_NA)
			continue;
		l = &level[c->code[train[i]]];
		if (!l->n++)
			l->seen = i;
		l->response += y[train[i]];
	}
	for (size_t v = 0; v < c->n_values; v++)
		if (level[v].n && level[v].n >= min_support) {
			level[kept] = level[v];
			level[kept].response /= (double)level[kept].n;
			level[kept].random = mix(seed, text_key(level[kept].text));
			kept++;
		}
	qsort(level, kept, sizeof *level, by_frequency);
	return kept;
}

bool ordinal_encode(const struct column *c, const double *y, const uint32_t *train, size_t n,
		    const struct params *p, uint64_t seed, float *out, size_t rows,
		    struct err *e)
{
	struct level *level = malloc((c->n_values + 1) * sizeof *level);
	float *number = malloc((c->n_values + 1) * sizeof *number);
	size_t kept;

	if (!level || !number) {
		free(level);
		free(number);
		return err_nomem(e);
	}
	kept = find_levels(c, y, train, n, (size_t)params_number(p, "min_support"), seed,
			   level);
	if (!params_word(p, "card_max"))
		kept = (size_t)fmin((double)kept, params_number(p, "card_max"));
	qsort(level, kept, sizeof *level, order_of(params_word(p, "method")));
	for (size_t v = 0; v < c->n_values; v++)
		number[v] = ORDINAL_RARE;
	for (size_t i = 0; i < kept; i++)
		number[level[i].value] = (float)i;
	for (size_t row = 0; row < rows; row++)
		out[row] = c->code[row] == FRAME_NA ? ORDINAL_MISSING : number[c->code[row]];
	free(level);
	free(number);
	return true;
}
