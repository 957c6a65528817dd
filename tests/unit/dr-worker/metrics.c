/* Metrics against values worked out by hand. */
#include "../tap.h"
#include "data/metrics.h"

static double score_of(enum metrics_kind kind, size_t classes, const char *name,
		       const double *y, const double *p, size_t n)
{
	const struct metric *list[METRICS_MAX];
	size_t metrics = metrics_list(kind, list);
	double all[METRICS_MAX];
	struct err e = {0};

	if (!metrics_score(kind, classes, y, p, n, all, &e))
		return NAN;
	for (size_t i = 0; i < metrics; i++)
		if (!strcmp(list[i]->name, name))
			return all[i];
	return NAN;
}

static double score(bool regression, const char *name, const double *y, const double *p,
		    size_t n)
{
	return score_of(regression ? METRICS_REGRESSION : METRICS_BINARY, regression ? 0 : 2,
			name, y, p, n);
}

static void binary(const char *name, const double *y, const double *p, size_t n, double want)
{
	double got = score(false, name, y, p, n);

	if (isnan(want))
		ok(isnan(got), "%s is not defined", name);
	else
		is_near(got, want, 1e-12, name);
}

static void test_binary(void)
{
	static const double y[] = {1, 0, 1, 0, 0, 1, 0, 0, 0, 0};
	/* In falling order: 1 0 1 | 0 1 (tied) | 0 0 0 0 0. */
	static const double p[] = {.9, .8, .7, .6, .1, .6, .2, .3, .15, .05};
	static const double ones[] = {1, 1, 1};

	binary("LogLoss", y, p, 10,
	       -(log(.9) + log(.2) + log(.7) + log(.4) + log(.9) + log(.6) + log(.8) + log(.7) +
		 log(.85) + log(.95)) /
		       10);
	/* Pairs in order, of 21: 7 for .9, 6 for .7, 5 and a half for .6. */
	binary("AUC", y, p, 10, 18.5 / 21);
	binary("Gini Norm", y, p, 10, 2 * 18.5 / 21 - 1);
	/* Of half the share of the negatives, which the perfect order would have. */
	binary("Gini", y, p, 10, 0.7 / 2 * (2 * 18.5 / 21 - 1));
	/* Largest difference behind the tie: all positives, 2 of 7 negatives. */
	binary("Kolmogorov-Smirnov", y, p, 10, 5.0 / 7);
	/* There: tp 3 fp 2 fn 0 tn 5. */
	binary("Max MCC", y, p, 10, 15 / sqrt(5.0 * 3 * 7 * 5));
	binary("Area Under PR Curve", y, p, 10, (1 + 2.0 / 3 + 3.0 / 5) / 3);
	binary("Rate@Top10%", y, p, 10, 1);
	binary("Rate@Top5%", y, p, 10, 1);
	/* At 0.5: tp 3 fp 2 fn 0 tn 5. */
	binary("Accuracy", y, p, 10, 0.8);
	binary("Balanced Accuracy", y, p, 10, (1 + 5.0 / 7) / 2);
	binary("FVE Binomial", y, p, 10,
	       1 - score(false, "LogLoss", y, p, 10) / -(.3 * log(.3) + .7 * log(.7)));
	binary("AUC", ones, p, 3, NAN);
	binary("Max MCC", ones, p, 3, NAN);
	binary("FVE Binomial", ones, p, 3, NAN);
	binary("LogLoss", ones, (const double[]){1, 1, 0}, 3, -log(1e-15) / 3);
}

static void test_ties(void)
{
	static const double y[] = {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0};
	static const double p[20] = {0};

	binary("AUC", y, p, 20, 0.5);
	binary("Kolmogorov-Smirnov", y, p, 20, 0);
	binary("Rate@Top10%", y, p, 20, 0.5);
	binary("Area Under PR Curve", y, p, 20, 0.5);
	binary("Gini Norm", y, p, 20, 0);
}

static void test_regression(void)
{
	static const double y[] = {1, 2, 3, 4}, p[] = {1.5, 1.5, 3, 5}, bad[] = {0, 2, 3, -4};
	static const double even[] = {-2, -1, 1, 2};

	is_near(score(true, "RMSE", y, p, 4), sqrt(1.5 / 4), 1e-12, "RMSE");
	is_near(score(true, "MAE", y, p, 4), 0.5, 1e-12, "MAE");
	is_near(score(true, "MAPE", y, p, 4), 100 * (.5 + .25 + 0 + .25) / 4, 1e-12, "MAPE");
	is_near(score(true, "R Squared", y, p, 4), 1 - 1.5 / 5, 1e-12, "R Squared");
	is_near(score(true, "RMSLE", y, p, 4),
		sqrt((pow(log(2.5 / 2), 2) + pow(log(3 / 2.5), 2) + pow(log(6.0 / 5), 2)) / 4),
		1e-12, "RMSLE");
	/* Only the tie of 1 and 2 is out of order: .5 of what is between them. */
	is_near(score(true, "Gini Norm", y, y, 4), 1, 1e-12, "Gini Norm of the truth");
	is_near(score(true, "Gini Norm", y, p, 4), 0.9, 1e-12, "Gini Norm with a tie");
	/* Under the curve of .4, .7, .9 and 1, less a half. */
	is_near(score(true, "Gini", y, y, 4), (.4 / 2 + .55 + .8 + .95) / 4 - .5, 1e-12,
		"Gini");
	is_near(score(true, "Gini Norm", even, even, 4), 1, 1e-12,
		"Gini Norm of a target whose mean is 0");
	ok(isnan(score(true, "Gini", even, even, 4)), "which has no Gini");
	ok(isnan(score(true, "MAPE", bad, p, 4)), "MAPE of a target that is 0");
	ok(isnan(score(true, "RMSLE", bad, p, 4)), "RMSLE of a negative target");
	ok(!metrics_find(METRICS_REGRESSION, "LogLoss") &&
		   !metrics_find(METRICS_BINARY, "MAE") &&
		   !metrics_find(METRICS_MULTICLASS, "RMSE"),
	   "metrics belong to a kind of target");
}

static void test_deviances(void)
{
	/* y and p are such that ln(y/p) is ln 2, -ln 2 or 0, and the roots are whole. */
	static const double y[] = {8, 2, 4, 4}, p[] = {4, 4, 4, 4}, zero[] = {0, 2, 4, 4};
	static const double sq[] = {1, 4, 9, 16}, sp[] = {4, 4, 4, 4};
	static const double low[] = {-1, 2, 3, 4};
	double mean = 4.5, constant;

	is_near(score(true, "Poisson Deviance", y, p, 4),
		2 * ((8 * log(2) - 4) + (-2 * log(2) + 2)) / 4, 1e-12, "Poisson Deviance");
	is_near(score(true, "Poisson Deviance", zero, p, 4), 2 * (4 + (-2 * log(2) + 2)) / 4,
		1e-12, "Poisson Deviance of a 0");
	/* ln 2 and -ln 2 cancel. */
	is_near(score(true, "Gamma Deviance", y, p, 4), 2 * (1 - 0.5) / 4, 1e-12,
		"Gamma Deviance");
	/* 4 (1/2 - 2 + 2), 4 (2 - 4 + 2), 4 (4.5 - 6 + 2), 4 (8 - 8 + 2). */
	is_near(score(true, "Tweedie Deviance", sq, sp, 4), (2 + 0 + 2 + 8) / 4.0, 1e-12,
		"Tweedie Deviance");
	constant = 2 * (8 * log(8 / mean) + 2 * log(2 / mean) + 8 * log(4 / mean)) / 4;
	is_near(score(true, "FVE Poisson", y, p, 4),
		1 - 2 * ((8 * log(2) - 4) + (-2 * log(2) + 2)) / 4 / constant, 1e-12,
		"FVE Poisson");
	constant = -2 * (log(8 / mean) + log(2 / mean) + 2 * log(4 / mean)) / 4;
	is_near(score(true, "FVE Gamma", y, p, 4), 1 - 0.25 / constant, 1e-12, "FVE Gamma");
	/* The mean is 7.5. */
	constant = (4 / sqrt(7.5) * 30 - 8 * 10 + 16 * sqrt(7.5)) / 4;
	is_near(score(true, "FVE Tweedie", sq, sp, 4), 1 - 3 / constant, 1e-12, "FVE Tweedie");
	is_near(score(true, "FVE Gamma", y, y, 4), 1, 1e-12, "the truth explains everything");
	ok(isnan(score(true, "Gamma Deviance", zero, p, 4)), "Gamma Deviance of a target of 0");
	ok(isnan(score(true, "Poisson Deviance", low, p, 4)) &&
		   isnan(score(true, "FVE Tweedie", low, p, 4)),
	   "deviances of a negative target");
	ok(isfinite(score(true, "Poisson Deviance", y, low, 4)) &&
		   isfinite(score(true, "Tweedie Deviance", y, low, 4)),
	   "a negative prediction has a finite deviance");
}

static void test_multiclass(void)
{
	/* Five rows of three of four classes; the fourth row is taken for another. */
	static const double y[] = {0, 0, 1, 1, 2};
	static const double p[] = {
		.7, .1, .1, .1, .5, .2, .2, .1, .1, .6, .2, .1, .4, .3, .2, .1, .1, .1, .8, 0,
	};
	enum metrics_kind m = METRICS_MULTICLASS;

	is_near(score_of(m, 4, "LogLoss", y, p, 5),
		-(log(.7) + log(.5) + log(.6) + log(.3) + log(.8)) / 5, 1e-12, "LogLoss");
	is_near(score_of(m, 4, "Accuracy", y, p, 5), 0.8, 1e-12, "Accuracy");
	is_near(score_of(m, 4, "Balanced Accuracy", y, p, 5), (1 + .5 + 1) / 3, 1e-12,
		"Balanced Accuracy, of the classes that there are");
	is_near(score_of(m, 4, "FVE Multinomial", y, p, 5),
		1 + (log(.7) + log(.5) + log(.6) + log(.3) + log(.8)) /
				(-4 * log(.4) - log(.2)),
		1e-12, "FVE Multinomial");
	/* All in order for each class; the fourth has no rows. */
	is_near(score_of(m, 4, "AUC", y, p, 5), 1, 1e-12, "AUC of each against the rest");
}

/* A metric has a value for a target just where it is said to have. */
static void test_defined(void)
{
	static const double y[][4] = {{1, 2, 3, 4}, {0, 2, 3, 4}, {-1, 2, 3, 4}, {-1, 0, 3, 4}};
	static const double p[] = {2, 2, 3, 3};
	const struct metric *list[METRICS_MAX];
	size_t n = metrics_list(METRICS_REGRESSION, list), wrong = 0;

	for (size_t k = 0; k < sizeof y / sizeof *y; k++)
		for (size_t i = 0; i < n; i++)
			if (strcmp(list[i]->name, "Gini") != 0) /* refused before it is void */
				wrong += metrics_defined(list[i], k > 1, k % 2) !=
					 isfinite(score(true, list[i]->name, y[k], p, 4));
	ok(wrong == 0, "metrics with zeros and negative numbers");
}

int main(void)
{
	test_binary();
	test_ties();
	test_regression();
	test_deviances();
	test_multiclass();
	test_defined();
	return tap_end();
}
