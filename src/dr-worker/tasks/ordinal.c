#include "tasks/ordinal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/mix.h"
#include "tasks/response.h"

static const char *const methods[] = {"None", "random", "lex", "freq", "resp", NULL};
static const char *const none[] = {"None", NULL};

static const struct param params[] = {
	{"card_max", .options = none, .integer = {true, 1, 9999999}, .initial = {"None", 0},
	 .help = "most levels that are kept, the most frequent ones; None: all"},
	{"method", .options = methods, .initial = {"freq", 0},
	 .help = "order of the levels: None as they appear, random, lex alphabetical, freq by "
		 "falling frequency; resp: the mean of the target instead of a whole number"},
	{"min_support", .integer = {true, 1, 99999}, .initial = {NULL, 5},
	 .help = "training rows a level needs to be kept"},
};

const struct task ordinal_task = {
	.name = "Ordinal encoding of categorical variables",
	.title = "Ordinal encoding",
	.description = "Each level of a categorical column becomes a whole number, or the mean "
		       "of the target (for training rows of rows other than themselves). Rare "
		       "and unseen levels share one number, missing values have another.",
	TASK_PARAMS(params),
};

struct level {
	uint32_t value;
	size_t n;    /* training rows */
	size_t seen; /* when it appeared first in them */
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

static int (*order_of(const char *method))(const void *, const void *)
{
	switch (*method) {
	case 'r':
		return by_random;
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
static size_t find_levels(const struct column *c, const uint32_t *train, size_t n,
			  size_t min_support, uint64_t seed, struct level *level)
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
	}
	for (size_t v = 0; v < c->n_values; v++)
		if (level[v].n && level[v].n >= min_support) {
			level[kept] = level[v];
			level[kept].random = mix(seed, text_key(level[kept].text));
			kept++;
		}
	qsort(level, kept, sizeof *level, by_frequency);
	return kept;
}

/* What the levels have that are not kept: if fewer than `least` training rows have them, the
 * number of the rarest that is kept. */
static float rare_number(const struct column *c, const struct level *level, size_t kept,
			 const uint32_t *train, size_t n, size_t least)
{
	size_t rare = n, rarest = 0;

	for (size_t i = 0; i < n; i++)
		rare -= c->code[train[i]] == FRAME_NA;
	for (size_t i = 0; i < kept; i++) {
		rare -= level[i].n;
		if (by_frequency(&level[i], &level[rarest]) > 0)
			rarest = i;
	}
	return kept && rare < least ? (float)rarest : ORDINAL_RARE;
}

/* The number of each kept level and what all others, and missing values, have. */
static void number_rows(const struct column *c, const struct level *level, size_t kept,
			float rare, float *number, float *out, size_t rows)
{
	for (size_t v = 0; v < c->n_values; v++)
		number[v] = rare;
	for (size_t i = 0; i < kept; i++)
		number[level[i].value] = (float)i;
	for (size_t row = 0; row < rows; row++)
		out[row] = c->code[row] == FRAME_NA ? ORDINAL_MISSING : number[c->code[row]];
}

/* From whole numbers to means of the target: rare levels are one level more, missing
 * values another. */
static bool respond(const double *y, const uint32_t *train, size_t n, uint64_t seed,
		    size_t kept, float *out, size_t rows, struct err *e)
{
	uint32_t *group = malloc((rows ? rows : 1) * sizeof *group);
	double most = (double)kept - 1 - ORDINAL_MISSING; /* a float may have rounded it up */
	bool ok = group || err_nomem(e);

	for (size_t row = 0; ok && row < rows; row++)
		group[row] = (uint32_t)fmin((double)out[row] - ORDINAL_MISSING, most);
	ok = ok && response_encode(group, (size_t)most + 1, rows, y, train, n, seed, out, e);
	free(group);
	return ok;
}

bool ordinal_encode(const struct column *c, const double *y, const uint32_t *train, size_t n,
		    const struct params *p, uint64_t seed, float *out, size_t rows,
		    struct err *e)
{
	struct level *level = malloc((c->n_values + 1) * sizeof *level);
	float *number = malloc((c->n_values + 1) * sizeof *number);
	bool means = params_is(p, "method", "resp"); /* which need no number to be learned */
	size_t kept = 0;
	bool ok = (level && number) || err_nomem(e);

	if (ok) {
		kept = find_levels(c, train, n, (size_t)params_number(p, "min_support"), seed,
				   level);
		if (!params_word(p, "card_max"))
			kept = (size_t)fmin((double)kept, params_number(p, "card_max"));
		qsort(level, kept, sizeof *level, order_of(params_word(p, "method")));
		number_rows(
			c, level, kept,
			rare_number(c, level, kept, train, n, means ? 0 : ORDINAL_RARE_ROWS),
			number, out, rows);
		if (means)
			ok = respond(y, train, n, seed, kept, out, rows, e);
	}
	free(level);
	free(number);
	return ok;
}
