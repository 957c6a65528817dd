#include "data/summary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "data/candidates.h"
#include "data/types.h"
#include "json/json.h"

#define BINS 20
#define PRIOR 5.0 /* rows at the overall mean that every bin starts with */
#define SECONDS_A_DAY 86400.0

/* A distinct number and how many rows have it. */
struct point {
	double v;
	size_t n, value;
};

static int by_number(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return (x->v > y->v) - (x->v < y->v);
}

/* The numbers of a column in rising order; returns how many occur, or -1: no memory. */
static long sorted_points(const struct column *c, size_t rows, struct point **out)
{
	struct point *p = calloc(c->n_values + 1, sizeof *p);
	size_t n = 0;

	*out = p;
	if (!p)
		return -1;
	for (size_t row = 0; row < rows; row++)
		if (c->code[row] != FRAME_NA)
			p[c->code[row]].n++;
	for (size_t v = 0; v < c->n_values; v++)
		if (p[v].n)
			p[n++] = (struct point){c->number ? c->number[v] : 0, p[v].n, v};
	if (c->number)
		qsort(p, n, sizeof *p, by_number);
	return (long)n;
}

/* The k-th smallest number, from 0, each counted as often as it occurs. */
static double at_rank(const struct point *p, size_t k)
{
	while (k >= p->n)
		k -= p++->n;
	return p->v;
}

static cJSON *as_json(const struct column *c, double v)
{
	char text[64];
	double seconds = v * SECONDS_A_DAY;
	time_t t = (time_t)floor(seconds);
	struct tm tm;

	if (c->type != COLUMN_DATE)
		return isfinite(v) ? cJSON_CreateNumber(v) : cJSON_CreateNull();
	if (!gmtime_r(&t, &tm) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return cJSON_CreateNull();
	return cJSON_CreateString(text);
}

static bool add_statistics(cJSON *to, const struct column *c, const struct point *p, size_t n)
{
	double rows = 0, mean = 0, square = 0, median;
	size_t total = 0;

	for (size_t i = 0; i < n; i++) { /* Welford's update, by groups */
		double step = p[i].v - mean;

		rows += (double)p[i].n;
		total += p[i].n;
		mean += step * (double)p[i].n / rows;
		square += step * (p[i].v - mean) * (double)p[i].n;
	}
	median = (at_rank(p, (total - 1) / 2) + at_rank(p, total / 2)) / 2;
	return json_set(to, "min", as_json(c, p[0].v)) &&
	       json_set(to, "max", as_json(c, p[n - 1].v)) &&
	       json_set(to, "mean", as_json(c, mean)) &&
	       json_set(to, "median", as_json(c, median)) &&
	       cJSON_AddNumberToObject(to, "std_dev", rows > 1 ? sqrt(square / (rows - 1)) : 0);
}

static bool add_nulls(cJSON *to)
{
	static const char *const name[] = {"min", "max", "mean", "median", "std_dev"};

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (!cJSON_AddNullToObject(to, name[i]))
			return false;
	return true;
}

static cJSON *feature(const struct column *c, size_t rows)
{
	cJSON *o = cJSON_CreateObject();
	char format[TYPES_FORMAT_MAX];
	int place;
	struct point *p;
	long n = sorted_points(c, rows, &p);
	bool ok = o && n >= 0 && cJSON_AddStringToObject(o, "name", c->name) &&
		  cJSON_AddStringToObject(o, "feature_type", column_type_name(c->type)) &&
		  cJSON_AddNumberToObject(o, "unique_count", (double)n) &&
		  cJSON_AddNumberToObject(o, "na_count", (double)c->n_missing) &&
		  (n > 0 && c->number ? add_statistics(o, c, p, (size_t)n) : add_nulls(o)) &&
		  cJSON_AddBoolToObject(o, "low_information", c->low_information);

	types_date_format(c, format);
	ok = ok && json_set(o, "date_format",
			    *format ? cJSON_CreateString(format) : cJSON_CreateNull());
	free(p);
	place = candidates_place(c, rows);
	ok = ok && place > -2 &&
	     json_set(o, "target", place < 0 ? cJSON_CreateNull() : cJSON_CreateNumber(place));
	if (ok)
		return o;
	cJSON_Delete(o);
	return NULL;
}

cJSON *summary_features(const struct frame *f)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; list && i < f->cols; i++) {
		if (!json_append(list, feature(&f->column[i], f->rows))) {
			cJSON_Delete(list);
			return NULL;
		}
	}
	return list;
}

/* The bin of each distinct value; the missing ones get the bin past the last.
 * Returns the number of bins with that one, 0: no memory. */
static size_t make_bins(const struct column *c, size_t rows, uint32_t *bin)
{
	struct point *p;
	long n;
	size_t before = 0, total = rows - c->n_missing;

	if (!column_is_number(c)) {
		for (size_t v = 0; v < c->n_values; v++)
			bin[v] = (uint32_t)v;
		return c->n_values + 1;
	}
	if ((n = sorted_points(c, rows, &p)) < 0)
		return 0;
	for (long i = 0; i < n; i++) {
		bin[p[i].value] = (uint32_t)(before * BINS / total);
		before += p[i].n;
	}
	free(p);
	return BINS + 1;
}

struct bin {
	double n, sum;
};

/* Sum of squared errors of the fold's rows when predicted from the other folds. */
static double fold_error(const struct prepared *p, const double *y, const struct column *c,
			 const uint32_t *bin, size_t bins, struct bin *sum, unsigned fold,
			 double *of_mean)
{
	const struct partition *part = &p->partition;
	struct bin all = {0, 0};
	double error = 0;

	for (size_t b = 0; b < bins; b++)
		sum[b] = (struct bin){0, 0};
	for (size_t row = 0; row < part->rows; row++) {
		size_t b = c->code[row] == FRAME_NA ? bins - 1 : bin[c->code[row]];

		if (part->fold[row] == fold || part->fold[row] == PARTITION_HOLDOUT)
			continue;
		sum[b].n++;
		sum[b].sum += y[row];
		all.n++;
		all.sum += y[row];
	}
	for (size_t row = 0; row < part->rows; row++) {
		size_t b = c->code[row] == FRAME_NA ? bins - 1 : bin[c->code[row]];
		double mean = all.sum / all.n, d;

		if (part->fold[row] != fold)
			continue;
		d = y[row] - (sum[b].sum + PRIOR * mean) / (sum[b].n + PRIOR);
		error += d * d;
		*of_mean += (y[row] - mean) * (y[row] - mean);
	}
	return error;
}

/* Of all folds. */
static double error_of(const struct prepared *p, const double *y, const struct column *c,
		       const uint32_t *bin, size_t bins, struct bin *sum, double *of_mean)
{
	double error = 0;

	for (unsigned fold = 0; fold < p->partition.reps; fold++)
		error += fold_error(p, y, c, bin, bins, sum, fold, of_mean);
	return error;
}

/* Of more than two classes, each is a target of its own, and their errors are summed. */
static double all_errors(const struct prepared *p, double *is, const struct column *c,
			 const uint32_t *bin, size_t bins, struct bin *sum, double *of_mean)
{
	double error = 0;

	if (p->classes <= 2)
		return error_of(p, p->y, c, bin, bins, sum, of_mean);
	for (size_t k = 0; k < p->classes; k++) {
		for (size_t row = 0; row < p->frame.rows; row++)
			is[row] = p->y[row] == (double)k;
		error += error_of(p, is, c, bin, bins, sum, of_mean);
	}
	return error;
}

bool summary_importance(const struct prepared *p, double *importance, struct err *e)
{
	double *is = malloc((p->frame.rows + 1) * sizeof *is);

	for (size_t i = 0; i < p->frame.cols; i++) {
		const struct column *c = &p->frame.column[i];
		uint32_t *bin = calloc(c->n_values + 1, sizeof *bin);
		size_t bins = bin ? make_bins(c, p->frame.rows, bin) : 0;
		struct bin *sum = bins ? malloc(bins * sizeof *sum) : NULL;
		double error = 0, of_mean = 0;

		if (!sum || !is) {
			free(sum);
			free(bin);
			free(is);
			return err_nomem(e);
		}
		error = all_errors(p, is, c, bin, bins, sum, &of_mean);
		free(sum);
		free(bin);
		importance[i] = i == p->target           ? 1
				: c->type == COLUMN_TEXT ? NAN
				: of_mean > 0            ? fmax(0, 1 - error / of_mean)
							 : 0;
	}
	free(is);
	return true;
}
