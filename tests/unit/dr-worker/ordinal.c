/* Codes of categories, by hand. */
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "tasks/impute.h"
#include "tasks/ordinal.h"

/* Values b c a d; rows: b c c a a a - d; the last two are not trained on. */
static size_t offset[] = {0, 2, 4, 6, 8};
static char bytes[] = "b\0c\0a\0d";
static uint32_t code[] = {0, 1, 1, 2, 2, 2, FRAME_NA, 3};
static const struct column column = {.name = (char *)"x",
				     .type = COLUMN_CATEGORICAL,
				     .n_values = 4,
				     .offset = offset,
				     .bytes = bytes,
				     .code = code,
				     .n_missing = 1};
static const double y[] = {1, 0, 1, 0, 0, 0, 1, 1};
static const uint32_t train[] = {0, 1, 2, 3, 4, 5};

static void codes(const char *what, struct param_value card_max, const char *method,
		  double min_support, const float *want)
{
	const struct param_value value[] = {card_max, {method, 0}, {NULL, min_support}};
	struct params params = {ordinal_task.params, ordinal_task.n_params, value};
	struct err e = {0};
	float out[8];

	ok(ordinal_encode(&column, y, train, 6, &params, 1, out, 8, &e) &&
		   !memcmp(out, want, sizeof out),
	   "%s", what);
}

static void test_ordinal(void)
{
	static const struct param_value all = {"None", 0}, two = {NULL, 2};

	codes("by frequency", all, "freq", 1, (float[]){2, 1, 1, 0, 0, 0, -2, -1});
	codes("alphabetical", all, "lex", 1, (float[]){1, 2, 2, 0, 0, 0, -2, -1});
	codes("as they appear", all, "None", 1, (float[]){0, 1, 1, 2, 2, 2, -2, -1});
	codes("by the mean of the target", all, "resp", 1, (float[]){2, 1, 1, 0, 0, 0, -2, -1});
	codes("rare levels share a code", all, "lex", 2, (float[]){-1, 1, 1, 0, 0, 0, -2, -1});
	codes("only the two most frequent", two, "lex", 1,
	      (float[]){-1, 1, 1, 0, 0, 0, -2, -1});
}

static void test_impute(void)
{
	double number[] = {1, 1e300, 3, 4};
	struct column c = column;
	struct param_value value[] = {{NULL, -7}, {NULL, 1}};
	struct params params = {impute_task.params, impute_task.n_params, value};
	struct matrix m = {.rows = 8};
	struct err e = {0};
	static const uint32_t some[] = {0, 1, 6};

	c.type = COLUMN_NUMERIC;
	c.number = number;
	ok(impute_encode(&c, some, 3, &params, &m, &e) && m.cols == 2,
	   "a number with missing rows has an indicator");
	ok(m.x[6] == -7 && m.x[0] == 1 && m.x[8 + 6] == 1 && m.x[8] == 0, "both are as told");
	ok(isfinite(m.x[1]), "what no float can hold stays finite");
	m.cols = 0;
	value[1].number = 2;
	ok(impute_encode(&c, some, 3, &params, &m, &e) && m.cols == 1,
	   "too few missing rows: no indicator");
	matrix_release(&m);
}

int main(void)
{
	test_ordinal();
	test_impute();
	return tap_end();
}
