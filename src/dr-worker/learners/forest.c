#include "learners/forest.h"

#include <math.h>

#include "learners/booster.h"
#include "learners/one_rest.h"

#define REAL(low, high) .real = {true, low, high}
#define WHOLE(low, high) .integer = {true, low, high}
#define DEFAULT(v) .initial = {NULL, v}

static const char *const automatic[] = {"auto", NULL};

static const struct param params[] = {
	{"bootstrap_share", REAL(0.1, 1), .grid = true, DEFAULT(0.63),
	 .help = "share of the rows drawn for each tree, without replacement"},
	{"max_depth", WHOLE(1, 30), .grid = true, DEFAULT(16), .help = "depth of the trees"},
	{"max_features", .options = automatic, REAL(0.01, 1), .grid = true,
	 .initial = {"auto", 0},
	 .help = "share of the columns drawn for each split; auto: a third for numbers, for "
		 "classes as many as the square root of their number"},
	{"min_samples_leaf", WHOLE(1, 10000), .grid = true, DEFAULT(5),
	 .help = "training rows that a leaf must have"},
	{"n_estimators", WHOLE(10, 2000), .grid = true, DEFAULT(500), .help = "trees"},
	{"random_state", WHOLE(0, 1000000000), .grid = true, DEFAULT(1234),
	 .help = "what is drawn: rows and columns of trees"},
};

static const struct task_link links[] = {
	{"Random Forests", "https://doi.org/10.1023/A:1010933404324"},
	{"XGBoost: random forests",
	 "https://xgboost.readthedocs.io/en/stable/tutorials/rf.html"},
	{NULL, NULL},
};

#define DESCRIPTION                                                                            \
	"Many deep trees, each grown on a draw of the rows and at each split on a draw of "    \
	"the columns. The mean of what they say is steadier than any of them. Trees learn "    \
	"classes as numbers, by the squared error."

const struct task forest_classifier = {
	.name = "RandomForest Classifier",
	.title = "Random forest",
	.description = DESCRIPTION,
	TASK_PARAMS(params),
	.links = links,
};

const struct task forest_regressor = {
	.name = "RandomForest Regressor",
	.title = "Random forest",
	.description = DESCRIPTION,
	TASK_PARAMS(params),
	.links = links,
};

/* The share of the columns drawn for each split. */
static double features(const struct learner_input *in)
{
	if (!params_word(&in->params, "max_features"))
		return params_number(&in->params, "max_features");
	return in->regression ? 1.0 / 3 : 1 / sqrt((double)in->x->cols);
}

static bool configure(const struct booster *b, const struct learner_input *in, struct err *e)
{
	static const struct {
		const char *ours, *theirs;
	} same[] = {
		{"bootstrap_share", "subsample"},
		{"max_depth", "max_depth"},
		{"min_samples_leaf", "min_child_weight"},
		{"n_estimators", "num_parallel_tree"},
		{"random_state", "seed"},
	};
	double mean = 0;

	for (size_t i = 0; i < in->n_train; i++)
		mean += in->y[in->train[i]] / (double)in->n_train;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (!booster_set_number(b, same[i].theirs,
					params_number(&in->params, same[i].ours), e))
			return false;
	/* Every row's second derivative is 1, so min_child_weight counts rows. */
	return booster_set_number(b, "colsample_bynode", features(in), e) &&
	       booster_set(b, "objective", "reg:squarederror", e) &&
	       booster_set(b, "tree_method", "hist", e) && booster_set(b, "eta", "1", e) &&
	       booster_set(b, "lambda", "0", e) && booster_set(b, "nthread", "1", e) &&
	       booster_set(b, "verbosity", "0", e) &&
	       booster_set_number(b, "base_score", mean, e);
}

static bool grow_trees(struct booster *b, const struct learner_input *in, DMatrixHandle learn,
		       struct err *e)
{
	return booster_did(b, b->lib->create(&learn, 1, &b->handle), e) &&
	       configure(b, in, e) && booster_did(b, b->lib->update(b->handle, 0, learn), e);
}

bool forest_fit(struct learner_input *in, struct err *e)
{
	struct booster b = {0};
	DMatrixHandle learn = NULL, apply = NULL;
	const float *p;
	bool ok = false;

	if (in->classes > 2)
		return one_rest_fit(in, forest_fit, e);
	in->iterations = -1;
	if (!(b.lib = xgboost_library(e)))
		return false;
	if (!in->x->cols)
		return err_set(e, ERR_REFUSED,
			       "none of the features can be used by this model");
	if (!booster_matrix(&b, in, in->train, in->n_train, NAN, in->y, &learn, e) ||
	    !booster_matrix(&b, in, in->apply, in->n_apply, NAN, NULL, &apply, e) ||
	    !grow_trees(&b, in, learn, e) || !booster_predict(&b, apply, 1, &p, e))
		goto out;
	for (size_t i = 0; i < in->n_apply; i++)
		in->p[i] = in->regression
				   ? (double)p[i]
				   : fmin(fmax((double)p[i], FOREST_LOW), 1 - FOREST_LOW);
	ok = true;
out:
	booster_release(&b);
	booster_drop(&b, apply);
	booster_drop(&b, learn);
	return ok;
}
