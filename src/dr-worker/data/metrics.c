#include "data/metrics.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/scores.h"

/* Of what targets there is a value: MAPE divides by them, deviances take their logarithm. */
enum domain { ANY, NOT_NEGATIVE, NOT_ZERO, POSITIVE };

/* score: of a probability or a number; of more classes score_classes knows what to do. */
static const struct {
	struct metric metric;
	enum domain domain;
	score_fn *score;
} known[] = {
	{{"LogLoss", true, true, false, true}, ANY, score_log_loss},
	{{"AUC", false, true, false, true}, ANY, score_auc},
	{{"Gini", false, true, true, false}, NOT_NEGATIVE, score_gini},
	{{"Gini Norm", false, true, true, false}, ANY, score_gini_norm},
	{{"Kolmogorov-Smirnov", false, true, false, false}, ANY, score_kolmogorov_smirnov},
	{{"Max MCC", false, true, false, false}, ANY, score_max_mcc},
	{{"Area Under PR Curve", false, true, false, false}, ANY, score_pr_area},
	{{"Rate@Top10%", false, true, false, false}, ANY, score_rate_at_10},
	{{"Rate@Top5%", false, true, false, false}, ANY, score_rate_at_5},
	{{"Rate@TopTenth%", false, true, false, false}, ANY, score_rate_at_tenth},
	{{"FVE Binomial", false, true, false, false}, ANY, score_fve_binomial},
	{{"FVE Multinomial", false, false, false, true}, ANY, NULL},
	{{"Accuracy", false, true, false, true}, ANY, score_accuracy},
	{{"Balanced Accuracy", false, true, false, true}, ANY, score_balanced_accuracy},
	{{"RMSE", true, true, true, false}, ANY, score_rmse},
	{{"MAE", true, false, true, false}, ANY, score_mae},
	{{"MAPE", true, false, true, false}, NOT_ZERO, score_mape},
	{{"RMSLE", true, false, true, false}, NOT_NEGATIVE, score_rmsle},
	{{"R Squared", false, false, true, false}, ANY, score_r_squared},
	{{"Poisson Deviance", true, false, true, false}, NOT_NEGATIVE, score_poisson_deviance},
	{{"Gamma Deviance", true, false, true, false}, POSITIVE, score_gamma_deviance},
	{{"Tweedie Deviance", true, false, true, false}, NOT_NEGATIVE, score_tweedie_deviance},
	{{"FVE Poisson", false, false, true, false}, NOT_NEGATIVE, score_fve_poisson},
	{{"FVE Gamma", false, false, true, false}, POSITIVE, score_fve_gamma},
	{{"FVE Tweedie", false, false, true, false}, NOT_NEGATIVE, score_fve_tweedie},
};

#define KNOWN (sizeof known / sizeof *known)

const char *metrics_kind_name(enum metrics_kind kind)
{
	static const char *const name[] = {"Binary", "Regression", "Multiclass"};

	return name[kind];
}

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

static size_t place_of(const struct metric *m)
{
	size_t i = 0;

	while (&known[i].metric != m)
		i++;
	return i;
}

bool metrics_defined(const struct metric *m, bool negative, bool zero)
{
	const enum domain d = known[place_of(m)].domain;

	return !(negative && (d == NOT_NEGATIVE || d == POSITIVE)) &&
	       !(zero && (d == NOT_ZERO || d == POSITIVE));
}

static bool score_rows(const struct metric *const *list, size_t metrics, const double *y,
		       const double *p, size_t n, double *score, struct err *e)
{
	struct scored_row *row = malloc((n ? 2 * n : 1) * sizeof *row);
	struct scored s = {.row = row, .n = n};

	if (!row)
		return err_nomem(e);
	s.spare = row + n;
	for (size_t i = 0; i < n; i++) {
		row[i] = (struct scored_row){p[i], y[i]};
		s.mean += y[i];
		s.positives += y[i] > 0;
	}
	s.mean /= (double)n;
	s.negatives = (double)n - s.positives;
	scores_sort(row, n);
	for (size_t i = 0; i < metrics; i++)
		score[i] = n ? known[place_of(list[i])].score(&s) : NAN;
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
	double constant;            /* the loss where the shares of the classes are said */
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
			c->constant -= of[k] * log(of[k] / (double)n);
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
	double area;

	if (!macro_auc(classes, y, p, n, &area, e) || !count(classes, y, p, n, &c, e))
		return false;
	for (size_t i = 0; i < metrics; i++) {
		score_fn *f = known[place_of(list[i])].score;

		score[i] = !n                             ? NAN
			   : f == score_auc               ? area
			   : f == score_accuracy          ? c.right / (double)n
			   : f == score_balanced_accuracy ? c.recall / (double)c.there
			   : f == score_log_loss          ? c.loss / (double)n
			   : c.constant > 0               ? 1 - c.loss / c.constant
							  : NAN;
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
