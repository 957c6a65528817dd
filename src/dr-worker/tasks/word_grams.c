#include "tasks/word_grams.h"

#include <math.h>
#include <stdlib.h>

#define DROPPED UINT32_MAX

struct term {
	double df, tc; /* training rows with it; times in them */
	uint32_t column;
	uint32_t number;
	double idf;
};

static void count(const struct corpus *c, const double *rows_of, struct term *term)
{
	for (size_t t = 0; t < c->terms; t++)
		term[t] = (struct term){.number = (uint32_t)t, .column = DROPPED, .idf = 1};
	for (size_t d = 0; d < c->docs; d++)
		for (size_t i = c->start[d]; rows_of[d] > 0 && i < c->start[d + 1]; i++) {
			struct term *t = &term[c->entry[i].term];

			t->df += rows_of[d];
			t->tc += rows_of[d] * c->entry[i].count;
		}
}

static int by_count(const void *a, const void *b)
{
	const struct term *x = *(const struct term *const *)a;
	const struct term *y = *(const struct term *const *)b;

	if (x->tc != y->tc)
		return x->tc > y->tc ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* Keep the `most` most frequent of the n terms that are not dropped. */
static bool limit(struct term *term, size_t terms, size_t n, size_t most, struct err *e)
{
	const struct term **order;
	size_t k = 0;

	if (n <= most)
		return true;
	if (!(order = malloc(n * sizeof *order)))
		return err_nomem(e);
	for (size_t t = 0; t < terms; t++)
		if (term[t].column != DROPPED)
			order[k++] = &term[t];
	qsort(order, n, sizeof *order, by_count);
	for (size_t i = most; i < n; i++)
		term[order[i]->number].column = DROPPED;
	free(order);
	return true;
}

/* Choose the terms and number their columns; returns how many in *cols. */
static bool choose(struct term *term, size_t terms, double rows, const struct params *p,
		   size_t *cols, struct err *e)
{
	double min_df = params_number(p, "min_df"), max_df = params_number(p, "max_df");
	double min_tc = params_number(p, "min_tc");
	size_t n = 0;

	min_df *= min_df < 1 ? rows : 1;
	max_df *= max_df <= 1 ? rows : 1;
	for (size_t t = 0; t < terms; t++)
		if (term[t].df > 0 && term[t].df >= min_df && term[t].df <= max_df &&
		    term[t].tc >= min_tc) {
			term[t].column = 0;
			n++;
		}
	if (!params_word(p, "max_features") &&
	    !limit(term, terms, n, (size_t)params_number(p, "max_features"), e))
		return false;
	*cols = 0;
	for (size_t t = 0; t < terms; t++)
		if (term[t].column != DROPPED)
			term[t].column = (uint32_t)(*cols)++;
	return true;
}

static void set_idf(struct term *term, size_t terms, double rows, const struct params *p)
{
	double smooth = params_true(p, "smooth_idf");

	for (size_t t = 0; params_true(p, "use_idf") && t < terms; t++)
		if (term[t].column != DROPPED)
			term[t].idf = log((smooth + rows) / (smooth + term[t].df)) + 1;
}

struct weighting {
	bool binary, sublinear, l1, l2;
};

static double weight(const struct weighting *w, const struct corpus_entry *e,
		     const struct term *term)
{
	double tf = w->binary ? 1 : w->sublinear ? 1 + log(e->count) : e->count;

	return tf * term[e->term].idf;
}

/* Write the cells of a document; next[column] is where the next one of a column goes. */
static void put_document(struct sparse *x, size_t *next, const struct corpus *c, size_t doc,
			 const struct term *term, const struct weighting *w)
{
	double length = 0;

	for (size_t i = c->start[doc]; i < c->start[doc + 1]; i++) {
		double v = weight(w, &c->entry[i], term);

		if (term[c->entry[i].term].column != DROPPED)
			length += w->l1 ? v : v * v;
	}
	length = w->l1 ? length : w->l2 ? sqrt(length) : 1;
	for (size_t i = c->start[doc]; i < c->start[doc + 1]; i++) {
		uint32_t column = term[c->entry[i].term].column;

		if (column == DROPPED)
			continue;
		x->row[next[column]] = (uint32_t)doc;
		x->x[next[column]++] = (float)(weight(w, &c->entry[i], term) / length);
	}
}

static bool fill(struct sparse *x, const struct corpus *c, const struct term *term,
		 const struct params *p, struct err *e)
{
	const struct weighting w = {params_true(p, "binary"), params_true(p, "sublinear_tf"),
				    params_is(p, "norm", "l1"), params_is(p, "norm", "l2")};
	size_t cells = 0;

	if (!(x->start = calloc(x->cols + 2, sizeof *x->start)))
		return err_nomem(e);
	/* start[j + 2] counts column j; summed up, start[j + 1] is where column j starts,
	 * and moves to its end, which is where column j + 1 starts. */
	for (size_t i = 0; i < c->start[c->docs]; i++) {
		uint32_t column = term[c->entry[i].term].column;

		if (column != DROPPED) {
			x->start[column + 2]++;
			cells++;
		}
	}
	for (size_t j = 2; j < x->cols + 2; j++)
		x->start[j] += x->start[j - 1];
	x->row = malloc((cells + 1) * sizeof *x->row);
	x->x = malloc((cells + 1) * sizeof *x->x);
	if (!x->row || !x->x)
		return err_nomem(e);
	for (size_t doc = 0; doc < c->docs; doc++)
		put_document(x, x->start + 1, c, doc, term, &w);
	return true;
}

bool word_grams_make(struct sparse *x, const struct corpus *c, const double *rows_of,
		     const struct params *p, struct err *e)
{
	struct term *term = malloc((c->terms + 1) * sizeof *term);
	double rows = 0;
	bool ok;

	*x = (struct sparse){.rows = c->docs};
	if (!term)
		return err_nomem(e);
	for (size_t d = 0; d < c->docs; d++)
		rows += rows_of[d];
	count(c, rows_of, term);
	ok = choose(term, c->terms, rows, p, &x->cols, e);
	if (ok) {
		set_idf(term, c->terms, rows, p);
		ok = fill(x, c, term, p, e);
	}
	free(term);
	if (!ok)
		sparse_release(x);
	return ok;
}

/* The rows of each document: those of d are row[start[d]] to row[start[d + 1] - 1]. */
static void sort_rows(const struct corpus *c, const struct column *column, size_t rows,
		      size_t *start, uint32_t *row)
{
	for (size_t i = 0; i < rows; i++)
		start[corpus_doc(c, column, i) + 2]++;
	for (size_t d = 2; d < c->docs + 2; d++)
		start[d] += start[d - 1];
	for (size_t i = 0; i < rows; i++)
		row[start[corpus_doc(c, column, i) + 1]++] = (uint32_t)i;
}

static bool add_column(const struct sparse *x, size_t j, const size_t *start,
		       const uint32_t *row, struct sparse *to, struct err *e)
{
	for (size_t k = x->start[j]; k < x->start[j + 1]; k++)
		for (size_t i = start[x->row[k]]; i < start[x->row[k] + 1]; i++)
			if (!sparse_put(to, row[i], (double)x->x[k], e))
				return false;
	return sparse_end_column(to, e);
}

bool word_grams_encode(const struct corpus *c, const struct column *column,
		       const uint32_t *train, size_t n, const struct params *p,
		       struct sparse *to, struct err *e)
{
	struct sparse x = {0};
	double *rows_of = calloc(c->docs, sizeof *rows_of);
	size_t *start = calloc(c->docs + 2, sizeof *start);
	uint32_t *row = malloc((to->rows + 1) * sizeof *row);
	bool ok = (rows_of && start && row) || err_nomem(e);

	for (size_t i = 0; ok && i < n; i++)
		rows_of[corpus_doc(c, column, train[i])]++;
	if (ok && (ok = word_grams_make(&x, c, rows_of, p, e)))
		sort_rows(c, column, to->rows, start, row);
	for (size_t j = 0; ok && j < x.cols; j++)
		ok = add_column(&x, j, start, row, to, e);
	sparse_release(&x);
	free(row);
	free(start);
	free(rows_of);
	return ok;
}
