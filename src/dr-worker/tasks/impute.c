#include "tasks/impute.h"

#include <math.h>
#include <stdlib.h>

#include "tasks/standardize.h"

#define LARGEST 1e30 /* what is beyond would be infinite as a float */

#define MIN_COUNT_NA                                                                           \
	{                                                                                      \
		"min_count_na", .integer = {true, 0, 99999}, .initial = {NULL, 5},             \
				.help = "missing training rows that a column needs to get an " \
					"indicator column"                                     \
	}

static const struct param params[] = {
	{"arbimp", .integer = {true, -99999, 99999}, .initial = {NULL, -9999},
	 .help = "number put where one is missing; trees take the learner's missing_value for "
		 "missing"},
	MIN_COUNT_NA,
};

static const struct param median_params[] = {MIN_COUNT_NA};

const struct task impute_task = {
	.name = "Missing Values Imputed",
	.title = "Missing values",
	.description = "Missing numbers are replaced by one number, and a column that says "
		       "where they were missing is added.",
	TASK_PARAMS(params),
};

const struct task impute_median_task = {
	.name = "Missing Values Imputed",
	.title = "Missing values",
	.description = "Missing numbers are replaced by the median of the column, and a column "
		       "that says where they were missing is added.",
	TASK_PARAMS(median_params),
};

/* Median of the training rows that have a number; 0 where none has. */
static bool find_median(const struct column *c, const uint32_t *train, size_t n, double *median,
			struct err *e)
{
	double *v = malloc((n ? n : 1) * sizeof *v);
	size_t there = 0;

	if (!v)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++)
		if (c->code[train[i]] != FRAME_NA)
			v[there++] = column_number(c, train[i]);
	*median = there ? standardize_median(v, there) : 0;
	free(v);
	return true;
}

bool impute_encode(const struct column *c, const uint32_t *train, size_t n,
		   const struct params *p, struct matrix *to, struct err *e)
{
	double fill = 0;
	size_t missing = 0;
	float *out;

	if (p->table == params)
		fill = params_number(p, "arbimp");
	else if (!find_median(c, train, n, &fill, e))
		return false;

	for (size_t i = 0; i < n; i++)
		missing += c->code[train[i]] == FRAME_NA;
	if (!(out = matrix_add(to, e)))
		return false;
	for (size_t row = 0; row < to->rows; row++) {
		uint32_t v = c->code[row];

		out[row] = v == FRAME_NA ? (float)fill
					 : (float)fmin(fmax(c->number[v], -LARGEST), LARGEST);
	}
	if (!missing || (double)missing < params_number(p, "min_count_na"))
		return true;
	if (!(out = matrix_add(to, e)))
		return false;
	for (size_t row = 0; row < to->rows; row++)
		out[row] = c->code[row] == FRAME_NA;
	return true;
}
