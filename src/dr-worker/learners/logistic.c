#include "learners/logistic.h"

#include <math.h>
#include <stdlib.h>

#include "data/mix.h"
#include "learners/design.h"
#include "learners/liblinear.h"
#include "learners/one_rest.h"

static const char *const penalties[] = {"l1", "l2", NULL};

static const struct param params[] = {
	{"C", .real = {true, 1e-6, 1e6}, .grid = true, .initial = {NULL, 0.1},
	 .help = "weight of the loss of a row against the penalty: small is simple"},
	{"penalty", .options = penalties, .grid = true, .initial = {"l1", 0},
	 .help = "l1 makes weights zero, l2 makes them small"},
	{"random_state", .integer = {true, 0, 1000000000}, .grid = true,
	 .initial = {NULL, 1234}, .help = "order in which columns are gone through (l1)"},
	{"tol", .real = {true, 1e-8, 1}, .initial = {NULL, 1e-3},
	 .help = "length of the gradient, as a share of the first one, that ends it"},
};

static const struct task_link links[] = {
	{"LIBLINEAR: A Library for Large Linear Classification",
	 "https://www.jmlr.org/papers/v9/fan08a.html"},
	{"liblinear", "https://www.csie.ntu.edu.tw/~cjlin/liblinear/"},
	{NULL, NULL},
};

const struct task logistic_task = {
	.name = "Logistic Regression (L1)",
	.title = "Logistic regression",
	.description = "A weighted sum of all columns gives the log odds of the positive "
		       "class, or of each of several against the rest. The penalty on the "
		       "weights, of a given strength, keeps it from "
		       "learning noise.",
	TASK_PARAMS(params),
	.links = links,
};

bool logistic_fit(struct learner_input *in, struct err *e)
{
	const struct params *p = &in->params;
	struct liblinear_problem problem = {
		.kind = params_is(p, "penalty", "l1") ? LIBLINEAR_LOGISTIC_L1
						      : LIBLINEAR_LOGISTIC_L2,
		.C = params_number(p, "C"),
		.tolerance = params_number(p, "tol"),
		.seed = mix(in->seed, (uint64_t)params_number(p, "random_state")),
		.train = in->train,
		.n = in->n_train,
		.y = in->y,
	};
	double *eta;
	struct sparse x = {0};
	struct liblinear rows = {0};
	bool ok;

	if (in->classes > 2)
		return one_rest_fit(in, logistic_fit, e);
	eta = malloc((in->x->rows + 1) * sizeof *eta);
	ok = (eta || err_nomem(e)) && design_check(in, e) && design_sparse(in, &x, e) &&
	     liblinear_sparse(&rows, &x, e) && liblinear_train(&rows, &problem, eta, e);

	for (size_t i = 0; ok && i < in->n_apply; i++)
		in->p[i] = 1 / (1 + exp(-eta[in->apply[i]]));
	in->iterations = -1;
	liblinear_release(&rows);
	sparse_release(&x);
	free(eta);
	return ok;
}
