#include "data/metrics.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Rows in falling order of p. */
struct row {
	double p, y;
};

struct scored {
	const struct row *row;
	size_t n;
	double mean, positives, negatives; /* of y; the last two for binary targets */
};

typedef double score_fn(const struct scored *s);

static double log_loss(const struct scored *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++) {
		double p = fmin(fmax(s->row[i].p, 1e-15), 1 - 1e-15);

		sum -= s->row[i].y > 0 ? log(p) : log1p(-p);
	}
	return sum / (double)s->n;
}

static double fve_binomial(const struct scored *s)
{
	double constant = -s->mean * log(s->mean) - (1 - s->mean) * log1p(-s->mean);

	return s->positives && s->negatives ? 1 - log_loss(s) / constant : NAN;
}

/* One past the last row that ties with row i, and the sum of their y. */
static size_t ties(const struct scored *s, size_t i, double *y)
{
	size_t k = i;

	for (*y = 0; k < s->n && s->row[k].p == s->row[i].p; k++)
		*y += s->row[k].y;
	return k;
}

static double auc(const struct scored *s)
{
	double above = 0, area = 0, y; /* positives so far, pairs in the right order */

	for (size_t i = 0, k; i < s->n; i = k) {
		k = ties(s, i, &y);
		area += ((double)(k - i) - y) * (above + y / 2);
		above += y;
	}
	return s->positives && s->negatives ? area / (s->positives * s->negatives) : NAN;
}

/* Area between the cumulated y and the diagonal. */
static double gini(const struct scored *s)
{
	double total = s->mean * (double)s->n, sum = 0, area = 0, y;

	for (size_t i = 0, k; i < s->n; i = k) {
		k = ties(s, i, &y);
		area += (double)(k - i) * (sum + y / 2);
		sum += y;
	}
	return area / total / (double)s->n - 0.5;
}

static int by_p(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->p != y->p)
		return x->p > y->p ? -1 : 1;
	return (x->y < y->y) - (x->y > y->y);
}

static double gini_norm(const struct scored *s)
{
	struct row *ideal = malloc(s->n * sizeof *ideal);
	struct scored best = *s;
	double norm;

	if (!ideal)
		return NAN;
	for (size_t i = 0; i < s->n; i++)
		ideal[i] = (struct row){s->row[i].y, s->row[i].y};
	qsort(ideal, s->n, sizeof *ideal, by_p);
	best.row = ideal;
	norm = s->mean ? gini(&best) : 0;
	free(ideal);
	return norm ? gini(s) / norm : NAN;
}

static double kolmogorov_smirnov(const struct scored *s)
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

static double max_mcc(const struct scored *s)
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

static double pr_area(const struct scored *s)
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

static double rate_at_10(const struct scored *s)
{
	return rate_at(s, 0.1);
}

static double rate_at_5(const struct scored *s)
{
	return rate_at(s, 0.05);
}

static double rate_at_tenth(const struct scored *s)
{
	return rate_at(s, 0.001);
}

static double true_share(const struct scored *s, bool positive)
{
	double right = 0;

	for (size_t i = 0; i < s->n; i++)
		right += (s->row[i].y > 0) == positive && (s->row[i].p >= 0.5) == positive;
	return right / (positive ? s->positives : s->negatives);
}

static double accuracy(const struct scored *s)
{
	double right = 0;

	for (size_t i = 0; i < s->n; i++)
		right += (s->row[i].p >= 0.5) == (s->row[i].y > 0);
	return right / (double)s->n;
}

static double balanced_accuracy(const struct scored *s)
{
	if (!s->positives || !s->negatives)
		return NAN;
	return (true_share(s, true) + true_share(s, false)) / 2;
}

static double squares(const struct scored *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += (s->row[i].y - s->row[i].p) * (s->row[i].y - s->row[i].p);
	return sum;
}

static double rmse(const struct scored *s)
{
	return sqrt(squares(s) / (double)s->n);
}

static double r_squared(const struct scored *s)
{
	double total = 0;

	for (size_t i = 0; i < s->n; i++)
		total += (s->row[i].y - s->mean) * (s->row[i].y - s->mean);
	return total > 0 ? 1 - squares(s) / total : NAN;
}

static double mae(const struct scored *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += fabs(s->row[i].y - s->row[i].p);
	return sum / (double)s->n;
}

static double mape(const struct scored *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (s->row[i].y == 0)
			return NAN;
		sum += fabs((s->row[i].y - s->row[i].p) / s->row[i].y);
	}
	return 100 * sum / (double)s->n;
}

static double rmsle(const struct scored *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++) {
		double d;

		if (s->row[i].y < 0)
			return NAN;
		d = log1p(s->row[i].y) - log1p(fmax(0, s->row[i].p));
		sum += d * d;
	}
	return sqrt(sum / (double)s->n);
}

#define LEAST 1e-15 /* that a prediction counts as in a deviance */

/* What y costs where p is said; of p itself nothing. */
typedef double deviance_fn(double y, double p);

static double poisson(double y, double p)
{
	return y < 0 ? NAN : 2 * ((y > 0 ? y * log(y / p) : 0) - y + p);
}

static double gamma_of(double y, double p)
{
	return y > 0 ? 2 * (y / p - 1 - log(y / p)) : NAN;
}

static double tweedie(double y, double p)
{
	return y < 0 ? NAN : 4 * (y / sqrt(p) - 2 * sqrt(y) + sqrt(p));
}

static double deviance(const struct scored *s, deviance_fn *of)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += of(s->row[i].y, fmax(s->row[i].p, LEAST));
	return sum / (double)s->n;
}

/* Share of the deviance of the mean that is explained. */
static double fve(const struct scored *s, deviance_fn *of)
{
	double constant = 0;

	for (size_t i = 0; i < s->n; i++)
		constant += of(s->row[i].y, fmax(s->mean, LEAST));
	constant /= (double)s->n;
	return constant > 0 ? 1 - deviance(s, of) / constant : NAN;
}

static double poisson_deviance(const struct scored *s)
{
	return deviance(s, poisson);
}

static double gamma_deviance(const struct scored *s)
{
	return deviance(s, gamma_of);
}

static double tweedie_deviance(const struct scored *s)
{
	return deviance(s, tweedie);
}

static double fve_poisson(const struct scored *s)
{
	return fve(s, poisson);
}

static double fve_gamma(const struct scored *s)
{
	return fve(s, gamma_of);
}

static double fve_tweedie(const struct scored *s)
{
	return fve(s, tweedie);
}

static const struct {
	struct metric metric;
	score_fn *score;
} known[] = {
	{{"LogLoss", true, true, false, true}, log_loss},
	{{"AUC", false, true, false, true}, auc},
	{{"Gini Norm", false, true, true, false}, gini_norm},
	{{"Kolmogorov-Smirnov", false, true, false, false}, kolmogorov_smirnov},
	{{"Max MCC", false, true, false, false}, max_mcc},
	{{"Area Under PR Curve", false, true, false, false}, pr_area},
	{{"Rate@Top10%", false, true, false, false}, rate_at_10},
	{{"Rate@Top5%", false, true, false, false}, rate_at_5},
	{{"Rate@TopTenth%", false, true, false, false}, rate_at_tenth},
	{{"FVE Binomial", false, true, false, false}, fve_binomial},
	{{"Accuracy", false, true, false, true}, accuracy},
	{{"Balanced Accuracy", false, true, false, true}, balanced_accuracy},
	{{"RMSE", true, true, true, false}, rmse},
	{{"MAE", true, false, true, false}, mae},
	{{"MAPE", true, false, true, false}, mape},
	{{"RMSLE", true, false, true, false}, rmsle},
	{{"R Squared", false, false, true, false}, r_squared},
	{{"Poisson Deviance", true, false, true, false}, poisson_deviance},
	{{"Gamma Deviance", true, false, true, false}, gamma_deviance},
	{{"Tweedie Deviance", true, false, true, false}, tweedie_deviance},
	{{"FVE Poisson", false, false, true, false}, fve_poisson},
	{{"FVE Gamma", false, false, true, false}, fve_gamma},
	{{"FVE Tweedie", false, false, true, false}, fve_tweedie},
};

#define KNOWN (sizeof known / sizeof *known)

static bool applies(size_t i, enum metrics_kind kind)
{
	const struct metric *m = &known[i].metric;

	return kind == METRICS_REGRESSION   ? m->regression
	       : kind == METRICS_MULTICLASS ? m->multiclass
					    : m->binary;
}

static const char *default_name(enum metrics_kind kind)
{
	return kind == METRICS_REGRESSION ? "RMSE" : "LogLoss";
}

size_t metrics_list(enum metrics_kind kind, const struct metric **list)
{
	size_t n = 0;

	list[n++] = metrics_find(kind, default_name(kind));
	for (size_t i = 0; i < KNOWN; i++)
		if (applies(i, kind) && &known[i].metric != list[0])
			list[n++] = &known[i].metric;
	return n;
}

const struct metric *metrics_find(enum metrics_kind kind, const char *name)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (applies(i, kind) && !strcmp(known[i].metric.name, name))
			return &known[i].metric;
	return NULL;
}

static score_fn *function_of(const struct metric *m)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (&known[i].metric == m)
			return known[i].score;
	return NULL;
}

static bool score_rows(const struct metric *const *list, size_t metrics, const double *y,
		       const double *p, size_t n, double *score, struct err *e)
{
	struct row *row = malloc((n ? n : 1) * sizeof *row);
	struct scored s = {.row = row, .n = n};

	if (!row)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++) {
		row[i] = (struct row){p[i], y[i]};
		s.mean += y[i];
		s.positives += y[i] > 0;
	}
	s.mean /= (double)n;
	s.negatives = (double)n - s.positives;
	qsort(row, n, sizeof *row, by_p);
	for (size_t i = 0; i < metrics; i++)
		score[i] = n ? function_of(list[i])(&s) : NAN;
	free(row);
	return true;
}

/* The mean AUC of one class against the rest. */
static bool macro_auc(size_t classes, const double *y, const double *p, size_t n, double *auc_,
		      struct err *e)
{
	const struct metric *m = metrics_find(METRICS_BINARY, "AUC");
	double *is = malloc((2 * n + 1) * sizeof *is), sum = 0, one;
	size_t defined = 0;
	bool ok = is || err_nomem(e);

	for (size_t k = 0; ok && k < classes; k++) {
		for (size_t i = 0; i < n; i++) {
			is[i] = y[i] == (double)k;
			is[n + i] = p[i * classes + k];
		}
		ok = score_rows(&m, 1, is, is + n, n, &one, e);
		if (ok && isfinite(one)) {
			sum += one;
			defined++;
		}
	}
	free(is);
	*auc_ = defined ? sum / (double)defined : NAN;
	return ok;
}

/* What is counted of the rows of several classes. */
struct counts {
	double loss, right, recall; /* sums over rows; of shares over the classes there are */
	size_t there;
};

static bool count(size_t classes, const double *y, const double *p, size_t n, struct counts *c,
		  struct err *e)
{
	double *of = calloc(2 * classes + 1, sizeof *of), *right = of ? of + classes : NULL;

	*c = (struct counts){0};
	if (!of)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++) {
		const double *q = p + i * classes;
		size_t truth = (size_t)y[i], best = 0;

		for (size_t k = 1; k < classes; k++)
			if (q[k] > q[best])
				best = k;
		c->loss -= log(fmax(q[truth], 1e-15));
		c->right += best == truth;
		of[truth]++;
		right[truth] += best == truth;
	}
	for (size_t k = 0; k < classes; k++)
		if (of[k] > 0) {
			c->recall += right[k] / of[k];
			c->there++;
		}
	free(of);
	return true;
}

static bool score_classes(const struct metric *const *list, size_t metrics, size_t classes,
			  const double *y, const double *p, size_t n, double *score,
			  struct err *e)
{
	struct counts c;
	double auc_;

	if (!macro_auc(classes, y, p, n, &auc_, e) || !count(classes, y, p, n, &c, e))
		return false;
	for (size_t i = 0; i < metrics; i++) {
		score_fn *f = function_of(list[i]);

		score[i] = !n                       ? NAN
			   : f == auc               ? auc_
			   : f == accuracy          ? c.right / (double)n
			   : f == balanced_accuracy ? c.recall / (double)c.there
						    : c.loss / (double)n;
	}
	return true;
}

bool metrics_score(enum metrics_kind kind, size_t classes, const double *y, const double *p,
		   size_t n, double score[METRICS_MAX], struct err *e)
{
	const struct metric *list[METRICS_MAX];
	size_t metrics = metrics_list(kind, list);

	return kind == METRICS_MULTICLASS
		       ? score_classes(list, metrics, classes, y, p, n, score, e)
		       : score_rows(list, metrics, y, p, n, score, e);
}
