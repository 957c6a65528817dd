/* scores_error: what is said of each row against what is true of it. */
#include <math.h>
#include <stdbool.h>

#include "data/scores.h"

double score_log_loss(const struct scored *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++) {
		double p = fmin(fmax(s->row[i].p, 1e-15), 1 - 1e-15);

		sum -= s->row[i].y > 0 ? log(p) : log1p(-p);
	}
	return sum / (double)s->n;
}

double score_fve_binomial(const struct scored *s)
{
	double constant = -s->mean * log(s->mean) - (1 - s->mean) * log1p(-s->mean);

	return s->positives && s->negatives ? 1 - score_log_loss(s) / constant : NAN;
}

static double true_share(const struct scored *s, bool positive)
{
	double right = 0;

	for (size_t i = 0; i < s->n; i++)
		right += (s->row[i].y > 0) == positive && (s->row[i].p >= 0.5) == positive;
	return right / (positive ? s->positives : s->negatives);
}

double score_accuracy(const struct scored *s)
{
	double right = 0;

	for (size_t i = 0; i < s->n; i++)
		right += (s->row[i].p >= 0.5) == (s->row[i].y > 0);
	return right / (double)s->n;
}

double score_balanced_accuracy(const struct scored *s)
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

double score_rmse(const struct scored *s)
{
	return sqrt(squares(s) / (double)s->n);
}

double score_r_squared(const struct scored *s)
{
	double total = 0;

	for (size_t i = 0; i < s->n; i++)
		total += (s->row[i].y - s->mean) * (s->row[i].y - s->mean);
	return total > 0 ? 1 - squares(s) / total : NAN;
}

double score_mae(const struct scored *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += fabs(s->row[i].y - s->row[i].p);
	return sum / (double)s->n;
}

double score_mape(const struct scored *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (s->row[i].y == 0)
			return NAN;
		sum += fabs((s->row[i].y - s->row[i].p) / s->row[i].y);
	}
	return 100 * sum / (double)s->n;
}

double score_rmsle(const struct scored *s)
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

double score_poisson_deviance(const struct scored *s)
{
	return deviance(s, poisson);
}

double score_gamma_deviance(const struct scored *s)
{
	return deviance(s, gamma_of);
}

double score_tweedie_deviance(const struct scored *s)
{
	return deviance(s, tweedie);
}

double score_fve_poisson(const struct scored *s)
{
	return fve(s, poisson);
}

double score_fve_gamma(const struct scored *s)
{
	return fve(s, gamma_of);
}

double score_fve_tweedie(const struct scored *s)
{
	return fve(s, tweedie);
}
