/* What encoders make of a small column, by hand. */
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "data/mix.h"
#include "tasks/impute.h"
#include "tasks/one_hot.h"
#include "tasks/ordinal.h"
#include "tasks/response.h"
#include "tasks/standardize.h"

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
	static const struct param_value all = {"None", 0}, one = {NULL, 1};

	codes("by frequency", all, "freq", 1, (float[]){2, 1, 1, 0, 0, 0, -2, 2});
	codes("alphabetical", all, "lex", 1, (float[]){1, 2, 2, 0, 0, 0, -2, 1});
	codes("as they appear", all, "None", 1, (float[]){0, 1, 1, 2, 2, 2, -2, 0});
	codes("few rare rows go with the rarest level", all, "lex", 2,
	      (float[]){1, 1, 1, 0, 0, 0, -2, 1});
	codes("only the most frequent", one, "lex", 1, (float[]){0, 0, 0, 0, 0, 0, -2, 0});
}

static void test_rare(void)
{
	enum { FEW = ORDINAL_RARE_ROWS };
	const struct param_value value[] = {{"None", 0}, {"freq", 0}, {NULL, FEW + 1}};
	struct params params = {ordinal_task.params, ordinal_task.n_params, value};
	static const float want[] = {-1, -1, -1, 0, 0, 0, -2, -1};
	uint32_t rows[2 * FEW + 1] = {0}; /* b as often as it takes, a once more */
	struct err e = {0};
	float out[8];

	for (size_t i = FEW; i < 2 * FEW + 1; i++)
		rows[i] = 3;
	ok(ordinal_encode(&column, y, rows, 2 * FEW + 1, &params, 1, out, 8, &e) &&
		   !memcmp(out, want, sizeof out),
	   "rare and unseen levels share a number where there are rows to learn it from");
}

/* Rows not trained on get the mean of all training rows, drawn towards the mean of the
 * table, (2 + 10 * 0.4) / (2 + 10); those trained on never see themselves. */
static void test_response(void)
{
	static const uint32_t group[] = {0, 0, 1, 1, 1, 0, 1, 2}, some[] = {0, 1, 2, 3, 4};
	static const double target[] = {1, 1, 0, 0, 0, 9, 9, 9};
	static double alone[] = {1, 1, 1, 1, 0, 0, 0, 0};
	static const uint32_t own[] = {0, 1, 2, 3, 4, 5, 6, 7};
	struct err e = {0};
	float out[8];
	bool level = true;

	ok(response_encode(group, 3, 8, target, some, 5, 1, out, &e), "three levels");
	is_near((double)out[5], (2 + RESPONSE_PRIOR * 0.4) / (2 + RESPONSE_PRIOR), 1e-6,
		"a row to be scored has its level's mean");
	is_near((double)out[6], RESPONSE_PRIOR * 0.4 / (3 + RESPONSE_PRIOR), 1e-6,
		"a level without positive rows has less than the table");
	is_near((double)out[7], 0.4, 1e-6, "a level never seen has the mean of the table");
	ok(response_encode(own, 8, 8, alone, own, 8, 1, out, &e), "a level for each row");
	for (size_t i = 0; i < 8; i++)
		level = level && out[i] == 0.5F;
	ok(level, "a level of one training row tells nothing of its target");
}

/* A column that has nothing to do with the target. */
static void test_response_leak(void)
{
	enum { ROWS = 4000, LEVELS = 800 };
	static uint32_t group[ROWS], all[ROWS];
	static double target[ROWS];
	static float out[ROWS];
	struct err e = {0};
	double xy = 0, xx = 0, yy = 0, x = 0, mean = 0;

	for (uint32_t i = 0; i < ROWS; i++) {
		all[i] = i;
		group[i] = (uint32_t)(mix(1, i) % LEVELS);
		target[i] = (double)(mix(2, i) % 2);
		mean += target[i] / ROWS;
	}
	ok(response_encode(group, LEVELS, ROWS, target, all, ROWS, 3, out, &e), "many levels");
	for (size_t i = 0; i < ROWS; i++)
		x += (double)out[i] / ROWS;
	for (size_t i = 0; i < ROWS; i++) {
		xy += ((double)out[i] - x) * (target[i] - mean);
		xx += ((double)out[i] - x) * ((double)out[i] - x);
		yy += (target[i] - mean) * (target[i] - mean);
	}
	/* Four standard errors of a correlation of 0; with their own targets it is 0.4. */
	ok(fabs(xy / sqrt(xx * yy)) < 4 / sqrt(ROWS),
	   "the means of a random column do not go with the target of the training rows");
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

static void test_median(void)
{
	double number[] = {1, 2, 9, 4};
	struct column c = column;
	const struct param_value value[] = {{NULL, 1}};
	struct params params = {impute_median_task.params, impute_median_task.n_params, value};
	struct matrix m = {.rows = 8};
	struct err e = {0};
	static const uint32_t some[] = {0, 1, 3, 6};

	c.type = COLUMN_NUMERIC;
	c.number = number;
	ok(impute_encode(&c, some, 4, &params, &m, &e) && m.cols == 2 && m.x[6] == 2,
	   "the median of the training rows takes the place of a missing number");
	matrix_release(&m);
}

/* Columns as `row,row,|`. */
static void one_hot(const char *what, struct param_value max_features, double min_support,
		    const char *want)
{
	const struct param_value value[] = {max_features, {NULL, min_support}};
	struct params params = {one_hot_task.params, one_hot_task.n_params, value};
	static const uint32_t some[] = {0, 1, 2, 3, 4, 5, 6};
	struct sparse s = {0};
	struct err e = {0};
	char *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	if (sparse_init(&s, 8, &e) && one_hot_encode(&column, some, 7, &params, &s, &e))
		for (size_t j = 0; j < s.cols; j++) {
			for (size_t k = s.start[j]; k < s.start[j + 1]; k++)
				fprintf(out, "%u,", s.row[k]);
			fputs("|", out);
		}
	fclose(out);
	is_str(got, want, what);
	free(got);
	sparse_release(&s);
}

static void test_one_hot(void)
{
	static const struct param_value all = {"None", 0}, two = {NULL, 2};

	one_hot("a column for each level and for missing ones", all, 1, "3,4,5,|1,2,|0,|6,|");
	one_hot("levels with support", all, 2, "3,4,5,|1,2,|");
	one_hot("the most frequent levels", two, 1, "3,4,5,|1,2,|");
	one_hot("none at all", all, 9, "");
}

static void test_standardize(void)
{
	static const uint32_t some[] = {0, 1, 2, 3, 4};
	/* Median 3, deviations 2 1 0 1 97: median 1; mean 2, sd 2 where most are 1; constant.
	 */
	float x[] = {1, 2, 3, 4, 100, 5, 1, 1, 1, 1, 6, 4, 7, 7, 7, 7, 7, 9};
	struct matrix m = {.rows = 6, .cols = 3, .cap = 3, .x = x};
	struct err e = {0};

	ok(standardize(&m, some, 5, &e), "three columns");
	is_near((double)x[0], -2 / 1.4826, 1e-6, "median and deviation");
	is_near((double)x[4], 5, 0, "what is far away is moved to 5");
	is_near((double)x[5], 2 / 1.4826, 1e-6, "rows not trained on are on the same scale");
	is_near((double)x[6], -0.5, 1e-6, "mean and standard deviation where most are equal");
	is_near((double)x[11], 1, 1e-6, "for other rows too");
	is_near((double)x[17], 0, 0, "a constant is 0 everywhere");
}

int main(void)
{
	test_ordinal();
	test_rare();
	test_response();
	test_response_leak();
	test_impute();
	test_median();
	test_one_hot();
	test_standardize();
	return tap_end();
}
