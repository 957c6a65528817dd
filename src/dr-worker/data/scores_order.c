/* scores_order: what only the order of the predictions decides; rows that tie are one step. */
#include <math.h>
#include <stdlib.h>

#include "data/scores.h"

static int by_p(const void *a, const void *b)
{
	const struct scored_row *x = a, *y = b;

	if (x->p != y->p)
		return x->p > y->p ? -1 : 1;
	return (x->y < y->y) - (x->y > y->y);
}

void scores_sort(struct scored_row *row, size_t n)
{
	qsort(row, n, sizeof *row, by_p);
}

/* One past the last row that ties with row i, and the sum of their y. */
static size_t ties(const struct scored *s, size_t i, double *y)
{
	size_t k = i;

	for (*y = 0; k < s->n && s->row[k].p == s->row[i].p; k++)
		*y += s->row[k].y;
	return k;
}

double score_auc(const struct scored *s)
{
	double above = 0, area = 0, y; /* positives so far, pairs in the right order */

	for (size_t i = 0, k; i < s->n; i = k) {
		k = ties(s, i, &y);
		area += ((double)(k - i) - y) * (above + y / 2);
		above += y;
	}
	return s->positives && s->negatives ? area / (s->positives * s->negatives) : NAN;
}

/* Sum of y times the area between the cumulated y and the diagonal. */
static double area(const struct scored *s)
{
	double total = s->mean * (double)s->n, sum = 0, under = 0, y;

	for (size_t i = 0, k; i < s->n; i = k) {
		k = ties(s, i, &y);
		under += (double)(k - i) * (sum + y / 2);
		sum += y;
	}
	return under / (double)s->n - total / 2;
}

double score_gini(const struct scored *s)
{
	return s->mean > 0 ? area(s) / (s->mean * (double)s->n) : NAN;
}

double score_gini_norm(const struct scored *s)
{
	struct scored_row *ideal = s->spare;
	struct scored best = *s;
	double norm;

	for (size_t i = 0; i < s->n; i++)
		ideal[i] = (struct scored_row){s->row[i].y, s->row[i].y};
	scores_sort(ideal, s->n);
	best.row = ideal;
	norm = area(&best);
	return norm > 0 ? area(s) / norm : NAN;
}

double score_kolmogorov_smirnov(const struct scored *s)
{
	double tp = 0, fp = 0, most = 0, y;

	if (!s->positives || !s->negatives)
		return NAN;
	for (size_t i = 0, k; i < s->n; i = k) {
		k = ties(s, i, &y);
		tp += y;
		fp += (double)(k - i) - y;
		most = fmax(most, fabs(tp / s->positives - fp / s->negatives));
	}
	return most;
}

double score_max_mcc(const struct scored *s)
{
	double tp = 0, fp = 0, most = 0, y;

	if (!s->positives || !s->negatives)
		return NAN;
	for (size_t i = 0, k; i < s->n; i = k) {
		double fn, tn, scale;

		k = ties(s, i, &y);
		tp += y;
		fp += (double)(k - i) - y;
		fn = s->positives - tp;
		tn = s->negatives - fp;
		scale = sqrt(tp + fp) * sqrt(tn + fn) * sqrt(s->positives) * sqrt(s->negatives);
		if (scale > 0)
			most = fmax(most, (tp * tn - fp * fn) / scale);
	}
	return most;
}

double score_pr_area(const struct scored *s)
{
	double tp = 0, area = 0, y;

	for (size_t i = 0, k; i < s->n; i = k) {
		k = ties(s, i, &y);
		tp += y;
		area += y * tp / (double)k;
	}
	return s->positives ? area / s->positives : NAN;
}

/* Of rows that tie at the border each counts with the share of them that is inside. */
static double rate_at(const struct scored *s, double share)
{
	double inside = fmax(1, floor(share * (double)s->n + 1e-9)), tp = 0, left = inside, y;

	for (size_t i = 0, k; left > 0 && i < s->n; i = k) {
		k = ties(s, i, &y);
		tp += y * fmin(1, left / (double)(k - i));
		left -= (double)(k - i);
	}
	return tp / inside;
}

double score_rate_at_10(const struct scored *s)
{
	return rate_at(s, 0.1);
}

double score_rate_at_5(const struct scored *s)
{
	return rate_at(s, 0.05);
}

double score_rate_at_tenth(const struct scored *s)
{
	return rate_at(s, 0.001);
}
