#include "tasks/differences.h"

#include <math.h>
#include <stdlib.h>

#define BINS 12
#define GAIN_MIN 0.005 /* what chance alone reaches with half of the sample */

const struct task differences_task = {
	.name = "Search for differences",
	.title = "Differences and ratios",
	.description =
		"Differences and ratios of two numeric columns are added where they tell "
		"more about the target than the two columns do.",
};

struct pair {
	size_t i, j;
	bool ratio;
	double gain;
};

struct search {
	const struct matrix *in;
	bool regression;
	float missing;
	uint32_t *row; /* the sample */
	size_t n;
	double *y;
	float *x;      /* n: the column that is being looked at */
	float *sorted; /* n */
	size_t *column;
	double *own; /* gain of each column of `in` by itself */
	size_t columns;
	struct pair *pair;
	size_t pairs;
};

static int by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static double loss(const struct search *s, double p, double y)
{
	return s->regression ? (p - y) * (p - y) : -(y > 0 ? log(p) : log1p(-p));
}

/* Bin of a value: how many of the edges are not above it; missing values have their own. */
static size_t bin_of(const struct search *s, const float *edge, size_t edges, float x)
{
	size_t b = 0;

	if (x == s->missing)
		return BINS;
	while (b < edges && x >= edge[b])
		b++;
	return b;
}

/* Inner edges at the quantiles of the values that are there; 0 where they have two values. */
static size_t find_edges(const struct search *s, float *edge)
{
	size_t there = 0, edges = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->x[i] != s->missing)
			s->sorted[there++] = s->x[i];
	qsort(s->sorted, there, sizeof *s->sorted, by_size);
	for (size_t b = 1; b < BINS && there; b++) {
		float at = s->sorted[there * b / BINS];

		if (at > s->sorted[0] && (!edges || at > edge[edges - 1]))
			edge[edges++] = at;
	}
	return edges;
}

/* What the column s->x takes away of the constant's loss: bins are learned from the even
 * rows of the sample and judged by the odd ones, and the other way round. */
static double gain_of(const struct search *s)
{
	float edge[BINS];
	size_t edges = find_edges(s, edge);
	double with = 0, without = 0;

	for (size_t half = 0; half < 2 && edges; half++) {
		double sum[BINS + 1] = {0}, n[BINS + 1] = {0}, all = 0, rows = 0, prior;

		for (size_t i = half; i < s->n; i += 2) {
			size_t b = bin_of(s, edge, edges, s->x[i]);

			sum[b] += s->y[i];
			n[b]++;
			all += s->y[i];
			rows++;
		}
		/* One row of the mean more, so that no probability is 0 or 1. */
		prior = s->regression ? all / rows : (all + 0.5) / (rows + 1);
		for (size_t i = !half; i < s->n; i += 2) {
			size_t b = bin_of(s, edge, edges, s->x[i]);

			with += loss(s, (sum[b] + prior) / (n[b] + 1), s->y[i]);
			without += loss(s, prior, s->y[i]);
		}
	}
	return without > 0 ? 1 - with / without : 0;
}

static float combine(const struct search *s, float a, float b, bool ratio)
{
	double v;

	if (a == s->missing || b == s->missing || (ratio && b == 0))
		return s->missing;
	v = ratio ? (double)a / (double)b : (double)a - (double)b;
	return (float)fmin(fmax(v, -1e30), 1e30);
}

static bool open_search(struct search *s, const double *y, const uint32_t *train, size_t n,
			struct err *e)
{
	size_t cols = s->in->cols, most = DIFFERENCES_COLUMNS * DIFFERENCES_COLUMNS;

	s->n = n < DIFFERENCES_SAMPLE ? n : DIFFERENCES_SAMPLE;
	s->row = malloc((s->n + 1) * sizeof *s->row);
	s->y = malloc((s->n + 1) * sizeof *s->y);
	s->x = malloc((s->n + 1) * sizeof *s->x);
	s->sorted = malloc((s->n + 1) * sizeof *s->sorted);
	s->column = malloc((cols + 1) * sizeof *s->column);
	s->own = malloc((cols + 1) * sizeof *s->own);
	s->pair = malloc(most * sizeof *s->pair);
	if (!s->row || !s->y || !s->x || !s->sorted || !s->column || !s->own || !s->pair)
		return err_nomem(e);
	for (size_t i = 0; i < s->n; i++) {
		s->row[i] = train[i * n / s->n];
		s->y[i] = y[s->row[i]];
	}
	return true;
}

static void close_search(struct search *s)
{
	free(s->pair);
	free(s->own);
	free(s->column);
	free(s->sorted);
	free(s->x);
	free(s->y);
	free(s->row);
}

/* Does the column have more than two values in the sample? */
static bool has_values(const float *x, size_t n)
{
	float a = n ? x[0] : 0, b = a;

	for (size_t i = 1; i < n; i++) {
		if (x[i] == a || x[i] == b)
			continue;
		if (b != a)
			return true;
		b = x[i];
	}
	return false;
}

/* The columns to be combined: those that say most by themselves. */
static void choose_columns(struct search *s)
{
	for (size_t j = 0; j < s->in->cols; j++) {
		const float *x = s->in->x + j * s->in->rows;
		size_t at = s->columns;

		for (size_t i = 0; i < s->n; i++)
			s->x[i] = x[s->row[i]];
		if (!has_values(s->x, s->n))
			continue;
		s->own[j] = gain_of(s);
		for (; at > 0 && s->own[s->column[at - 1]] < s->own[j]; at--)
			s->column[at] = s->column[at - 1];
		s->column[at] = j;
		s->columns++;
	}
	if (s->columns > DIFFERENCES_COLUMNS)
		s->columns = DIFFERENCES_COLUMNS;
}

static void try_pair(struct search *s, size_t i, size_t j, bool ratio)
{
	const float *a = s->in->x + i * s->in->rows, *b = s->in->x + j * s->in->rows;
	struct pair p = {i, j, ratio, 0};

	for (size_t k = 0; k < s->n; k++)
		s->x[k] = combine(s, a[s->row[k]], b[s->row[k]], ratio);
	p.gain = gain_of(s) - fmax(fmax(s->own[i], s->own[j]), 0);
	if (p.gain > GAIN_MIN)
		s->pair[s->pairs++] = p;
}

static int by_gain(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->gain != y->gain)
		return x->gain > y->gain ? -1 : 1;
	if (x->i != y->i)
		return x->i < y->i ? -1 : 1;
	return x->j != y->j ? (x->j < y->j ? -1 : 1) : x->ratio - y->ratio;
}

/* Did an earlier pair of the list, among the `kept` first, use these columns up? */
static bool is_used(const struct search *s, size_t kept, const struct pair *p)
{
	size_t i = 0, j = 0;

	for (size_t k = 0; k < kept; k++) {
		const struct pair *o = &s->pair[k];

		if (o->i == p->i && o->j == p->j)
			return true;
		i += o->i == p->i || o->j == p->i;
		j += o->i == p->j || o->j == p->j;
	}
	return i >= DIFFERENCES_USES || j >= DIFFERENCES_USES;
}

static bool keep_best(struct search *s, struct matrix *out, struct err *e)
{
	size_t kept = 0;

	qsort(s->pair, s->pairs, sizeof *s->pair, by_gain);
	for (size_t k = 0; k < s->pairs && kept < DIFFERENCES_MOST; k++) {
		const struct pair p = s->pair[k];
		float *x;

		if (is_used(s, kept, &p))
			continue;
		s->pair[kept++] = p;
		if (!(x = matrix_add(out, e)))
			return false;
		for (size_t row = 0; row < out->rows; row++)
			x[row] = combine(s, s->in->x[p.i * out->rows + row],
					 s->in->x[p.j * out->rows + row], p.ratio);
	}
	return true;
}

bool differences_encode(const struct matrix *in, const double *y, bool regression,
			const uint32_t *train, size_t n, double missing, struct matrix *out,
			struct err *e)
{
	struct search s = {.in = in, .regression = regression, .missing = (float)missing};
	bool ok = open_search(&s, y, train, n, e);

	if (ok) {
		choose_columns(&s);
		for (size_t a = 0; a < s.columns; a++)
			for (size_t b = a + 1; b < s.columns; b++) {
				size_t i = s.column[a], j = s.column[b];

				try_pair(&s, i < j ? i : j, i < j ? j : i, false);
				try_pair(&s, i < j ? i : j, i < j ? j : i, true);
			}
		ok = keep_best(&s, out, e);
	}
	close_search(&s);
	return ok;
}
