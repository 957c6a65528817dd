#include "learners/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/mix.h"
#include "learners/design.h"
#include "learners/enet_auto.h"
#include "learners/multinomial.h"

static const char *const automatic[] = {"auto", NULL};
static const char *const no_yes[] = {"False", "True", NULL};

#define PARAMS(alpha)                                                                          \
	{                                                                                      \
		{"enet_alpha",                                                                 \
		 .options = automatic,                                                         \
		 .real = {true, 0, 1},                                                         \
		 .grid = true,                                                                 \
		 .initial = {NULL, alpha},                                                     \
		 .help = "share of the L1 penalty; auto: the best of 0.1, 0.5 and 0.9"},       \
			{"enet_lambda",                                                        \
			 .options = automatic,                                                 \
			 .real = {true, 1e-10, 0.9999999999},                                  \
			 .grid = true,                                                         \
			 .initial = {"auto", 0},                                               \
			 .help = "strength of the penalty; auto: by an inner cross "           \
				 "validation"},                                                \
			{"fit_intercept", .options = no_yes, .grid = true,                     \
			 .initial = {"True", 0}, .help = "False: the model has no constant"},  \
			{"max_iter", .integer = {true, 1, 1000000}, .initial = {NULL, 100},    \
			 .help = "most Newton steps at one lambda (classification)"},          \
			{"random_state", .integer = {true, 0, 1000000000}, .grid = true,       \
			 .initial = {NULL, 1234}, .help = "what is drawn: the inner folds"},   \
			{"tol", .real = {true, 1e-10, 1e10}, .initial = {NULL, 1e-4},          \
			 .help = "gain of the loss, as a share of that of a constant, that "   \
				 "ends it"},                                                   \
	}

static const struct param elastic_net_params[] = PARAMS(0.5);
static const struct param ridge_params[] = PARAMS(0);

static const struct task_link links[] = {
	{"Regularization Paths for Generalized Linear Models via Coordinate Descent",
	 "https://www.jstatsoft.org/article/view/v033i01"},
	{NULL, NULL},
};

#define DESCRIPTION                                                                            \
	"A weighted sum of all columns. The penalty on the weights keeps it from learning "    \
	"noise: its L1 part makes weights zero, its L2 part makes them small."

const struct task elastic_net_classifier = {
	.name = "Elastic-Net Classifier (mixing alpha=0.5 / Binomial Deviance)",
	.title = "Elastic net",
	.description = DESCRIPTION,
	TASK_PARAMS(elastic_net_params),
	.links = links,
};

const struct task elastic_net_regressor = {
	.name = "Elastic-Net Regressor (mixing alpha=0.5 / Least-Squares Loss)",
	.title = "Elastic net",
	.description = DESCRIPTION,
	TASK_PARAMS(elastic_net_params),
	.links = links,
};

const struct task ridge_classifier = {
	.name = "Elastic-Net Classifier (L2 / Binomial Deviance)",
	.title = "Ridge regression",
	.description = DESCRIPTION,
	TASK_PARAMS(ridge_params),
	.links = links,
};

const struct task ridge_regressor = {
	.name = "Elastic-Net Regressor (L2 / Least-Squares Loss)",
	.title = "Ridge regression",
	.description = DESCRIPTION,
	TASK_PARAMS(ridge_params),
	.links = links,
};

#define ALPHAS 3 /* tried where it is auto */

struct fit {
	struct sparse x; /* sparse and dense columns together */
	double *y, *eta, *best;
	double *unseen, *best_unseen; /* of each training row, where they are wanted */
	uint8_t *level;
	double mean, sd; /* of the target, regression; else 0 and 1 */
};

static void read_target(struct fit *f, const struct learner_input *in, bool intercept)
{
	double n = (double)in->n_train, sum = 0, square = 0;

	f->mean = 0;
	f->sd = 1;
	for (size_t i = 0; in->regression && i < in->n_train; i++)
		sum += in->y[in->train[i]] / n;
	for (size_t i = 0; in->regression && i < in->n_train; i++)
		square += (in->y[in->train[i]] - sum) * (in->y[in->train[i]] - sum) / n;
	if (in->regression) {
		f->mean = intercept ? sum : 0;
		f->sd = square > 0 ? sqrt(square) : 1;
	}
	for (size_t i = 0; i < in->n_train; i++) {
		f->y[i] = (in->y[in->train[i]] - f->mean) / f->sd;
		f->level[i] = in->level ? in->level[in->train[i]] : 0;
	}
}

static bool open_fit(struct fit *f, const struct learner_input *in, struct err *e)
{
	if (!design_check(in, e))
		return false;
	f->y = malloc(in->n_train * sizeof *f->y);
	f->level = malloc(in->n_train);
	f->eta = malloc(in->x->rows * sizeof *f->eta);
	f->best = malloc(in->x->rows * sizeof *f->best);
	if (!f->y || !f->level || !f->eta || !f->best)
		return err_nomem(e);
	read_target(f, in, params_true(&in->params, "fit_intercept"));
	return design_sparse(in, &f->x, e);
}

/* The alphas to be tried; returns how many. */
static size_t read_alphas(const struct params *p, double alpha[ALPHAS])
{
	static const double candidates[ALPHAS] = {0.1, 0.5, 0.9};

	memcpy(alpha, candidates, sizeof candidates);
	if (params_word(p, "enet_alpha"))
		return ALPHAS;
	alpha[0] = params_number(p, "enet_alpha");
	return 1;
}

/* Fit with each alpha; f->best is what the best of them predicts. */
static bool fit_alphas(struct fit *f, const struct learner_input *in, struct err *e)
{
	const struct params *p = &in->params;
	double alpha[ALPHAS], best = INFINITY;
	size_t n = read_alphas(p, alpha);
	struct enet_auto a = {
		.x = &f->x,
		.at = in->train,
		.y = f->y,
		.level = f->level,
		.n = in->n_train,
		.binomial = !in->regression,
		.no_intercept = !params_true(p, "fit_intercept"),
		.lambda = params_number(p, "enet_lambda"), /* 0 where it is auto */
		.want_loss = n > 1,
		.tolerance = params_number(p, "tol"),
		.newton_max = (long)params_number(p, "max_iter"),
		.seed = mix(in->seed, (uint64_t)params_number(p, "random_state")),
		.out_of_fold = f->unseen,
		.eta = f->eta,
	};

	for (size_t i = 0; i < n; i++) {
		a.alpha = alpha[i];
		if (!enet_auto_fit(&a, e))
			return false;
		if (i && a.loss >= best)
			continue;
		best = a.loss;
		memcpy(f->best, f->eta, in->x->rows * sizeof *f->best);
		if (f->unseen)
			memcpy(f->best_unseen, f->unseen, in->n_train * sizeof *f->unseen);
	}
	return true;
}

static void close_fit(struct fit *f)
{
	sparse_release(&f->x);
	free(f->best_unseen);
	free(f->unseen);
	free(f->best);
	free(f->eta);
	free(f->level);
	free(f->y);
}

/* Several classes, all at once, with each alpha. */
static bool fit_classes(struct learner_input *in, struct err *e)
{
	const struct params *p = &in->params;
	struct sparse x = {0};
	size_t rows = in->x->rows;
	double alpha[ALPHAS], best = INFINITY;
	size_t n = read_alphas(p, alpha);
	struct multinomial m = {
		.x = &x,
		.train = in->train,
		.n = in->n_train,
		.classes = in->classes,
		.y = in->y,
		.level = in->level,
		.lambda = params_number(p, "enet_lambda"), /* 0 where it is auto */
		.want_loss = n > 1,
		.no_intercept = !params_true(p, "fit_intercept"),
		.tolerance = params_number(p, "tol"),
		.newton_max = (long)params_number(p, "max_iter"),
		.seed = mix(in->seed, (uint64_t)params_number(p, "random_state")),
		.eta = malloc((rows * in->classes + 1) * sizeof *m.eta),
	};
	bool ok = (m.eta || err_nomem(e)) && design_check(in, e) && design_sparse(in, &x, e);

	for (size_t i = 0; ok && i < n; i++) {
		m.alpha = alpha[i];
		ok = multinomial_fit(&m, e);
		if (!ok || (i && m.loss >= best))
			continue;
		best = m.loss;
		for (size_t k = 0; k < in->n_apply; k++)
			multinomial_probabilities(m.eta, rows, in->classes, in->apply[k],
						  in->p + k * in->classes);
	}
	in->iterations = -1;
	sparse_release(&x);
	free(m.eta);
	return ok;
}

bool linear_fit(struct learner_input *in, struct err *e)
{
	struct fit f = {0};
	bool ok;

	if (in->classes > 2)
		return fit_classes(in, e);
	ok = open_fit(&f, in, e) && fit_alphas(&f, in, e);
	for (size_t i = 0; ok && i < in->n_apply; i++) {
		double eta = f.best[in->apply[i]];

		in->p[i] = in->regression ? f.mean + f.sd * eta : 1 / (1 + exp(-eta));
	}
	in->iterations = -1;
	close_fit(&f);
	return ok;
}

bool linear_margin(const struct learner_input *in, float *out, struct err *e)
{
	struct fit f = {.unseen = malloc(in->n_train * sizeof *f.unseen),
			.best_unseen = malloc(in->n_train * sizeof *f.unseen)};
	bool ok = ((f.unseen && f.best_unseen) || err_nomem(e)) && open_fit(&f, in, e) &&
		  fit_alphas(&f, in, e);

	for (size_t row = 0; ok && row < in->x->rows; row++)
		out[row] = (float)(f.mean + f.sd * f.best[row]);
	for (size_t i = 0; ok && i < in->n_train; i++)
		out[in->train[i]] = (float)(f.mean + f.sd * f.best_unseen[i]);
	close_fit(&f);
	return ok;
}
