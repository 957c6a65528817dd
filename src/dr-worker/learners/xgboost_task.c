/* What can be tuned in boosted trees: DataRobot's names, ranges and defaults. */
#include "learners/xgboost.h"

#define REAL(low, high) .real = {true, low, high}
#define WHOLE(low, high) .integer = {true, low, high}
#define DEFAULT(v) .initial = {NULL, v}

static const char *const methods[] = {"auto", "exact", "approx", "hist", NULL};
static const char *const no_yes[] = {"False", "True", NULL};

static const struct param params[] = {
	{"base_margin_initialize", .options = no_yes, .grid = true, .initial = {"False", 0},
	 .help = "True: boosting starts from the mean of the training rows, or the shares of "
		 "the "
		 "classes; False: from 0.5, or equal shares"},
	{"colsample_bylevel", REAL(0.1, 1), .grid = true, DEFAULT(1),
	 .help = "share of the columns drawn for each level of a tree"},
	{"colsample_bytree", REAL(0.03, 1), .grid = true, DEFAULT(0.3),
	 .help = "share of the columns drawn for each tree"},
	{"interval", WHOLE(2, 500), DEFAULT(10),
	 .help = "rounds between two looks at the loss of the rows that are watched"},
	{"learning_rate", REAL(0.0005, 1), .grid = true, DEFAULT(0.05),
	 .help = "share of each tree's prediction that is added"},
	{"max_bin", WHOLE(16, 2048), .grid = true, DEFAULT(256),
	 .help = "bins a column is cut into (tree_method auto, hist and approx)"},
	{"max_delta_step", REAL(0, 100), .grid = true, DEFAULT(0),
	 .help = "largest step of a leaf; 0: no limit"},
	{"max_depth", WHOLE(1, 16), .grid = true, DEFAULT(3), .help = "depth of the trees"},
	{"min_child_weight", REAL(0.01, 100000), .grid = true, DEFAULT(1),
	 .help = "smallest sum of second derivatives in a leaf"},
	{"min_split_loss", REAL(0, 100000), .grid = true, DEFAULT(0.01),
	 .help = "gain that a split must have"},
	{"missing_value", REAL(-100000, 100000), DEFAULT(-9999),
	 .help = "number that stands for a missing value; trees learn where to send those"},
	{"n_estimators", WHOLE(1, 20000), DEFAULT(2500), .help = "most rounds"},
	{"num_parallel_tree", WHOLE(1, 16), .grid = true, DEFAULT(1),
	 .help = "trees grown in each round"},
	{"random_state", WHOLE(0, 1000000000), .grid = true, DEFAULT(153),
	 .help = "what is drawn: rows and columns of trees, rows that are watched"},
	{"reg_alpha", REAL(0, 1000000), .grid = true, DEFAULT(0),
	 .help = "L1 penalty on the leaves"},
	{"reg_lambda", REAL(0, 1000000), .grid = true, DEFAULT(1),
	 .help = "L2 penalty on the leaves"},
	{"smooth_interval", WHOLE(2, 1000), DEFAULT(200),
	 .help = "rounds whose mean loss must fall for boosting to go on"},
	{"subsample", REAL(0.0001, 1), .grid = true, DEFAULT(1),
	 .help = "share of the rows drawn for each round"},
	{"tree_method", .options = methods, .grid = true, .initial = {"auto", 0},
	 .help = "how splits are found; auto is hist"},
	/* Two classes only, hence last; the first one is not for a start of each row. */
	{"scale_pos_weight", REAL(0, 1e9), .grid = true, DEFAULT(1),
	 .help = "weight of the rows of the positive class"},
};

#define N_PARAMS (sizeof params / sizeof *params)

static const struct task_link links[] = {
	{"XGBoost: A Scalable Tree Boosting System", "https://arxiv.org/abs/1603.02754"},
	{"XGBoost documentation", "https://xgboost.readthedocs.io/"},
	{NULL, NULL},
};

#define DESCRIPTION                                                                            \
	"Trees are added one after the other, each fitted to what the others have left. 15 % " \
	"of the training rows are watched instead of learned from; boosting ends when their "  \
	"loss, averaged over smooth_interval rounds, no longer falls, and the ensemble at "    \
	"its lowest loss is kept. max_depth is 3 unless a value or a list is asked for: a "    \
	"list searches inside the model and costs a fit for each of its values."

#define ON_LINEAR                                                                              \
	" Boosting starts from what an elastic net predicts, for training rows by models "     \
	"that have not seen them, and so learns what that one leaves."

const struct task xgboost_classifier = {
	.name = XGBOOST_CLASSIFIER,
	.title = "Gradient boosted trees",
	.description = DESCRIPTION,
	.params = params,
	.n_params = N_PARAMS,
	.links = links,
};

const struct task xgboost_multiclass = {
	.name = XGBOOST_CLASSIFIER,
	.title = "Gradient boosted trees",
	.description = DESCRIPTION " Each round grows a tree for each class.",
	.params = params,
	.n_params = N_PARAMS - 1,
	.links = links,
};

const struct task xgboost_regressor = {
	.name = XGBOOST_REGRESSOR,
	.title = "Gradient boosted trees",
	.description = DESCRIPTION,
	.params = params,
	.n_params = N_PARAMS - 1,
	.links = links,
};

const struct task xgboost_unsupervised_classifier = {
	.name = XGBOOST_CLASSIFIER XGBOOST_UNSUPERVISED,
	.title = "Gradient boosted trees",
	.description = DESCRIPTION,
	.params = params,
	.n_params = N_PARAMS,
	.links = links,
};

const struct task xgboost_unsupervised_regressor = {
	.name = XGBOOST_REGRESSOR XGBOOST_UNSUPERVISED,
	.title = "Gradient boosted trees",
	.description = DESCRIPTION,
	.params = params,
	.n_params = N_PARAMS - 1,
	.links = links,
};

const struct task xgboost_on_linear_classifier = {
	.name = "eXtreme Gradient Boosting on ElasticNet Predictions",
	.title = "Gradient boosted trees",
	.description = DESCRIPTION ON_LINEAR,
	.params = params + 1,
	.n_params = N_PARAMS - 1,
	.links = links,
};

const struct task xgboost_on_linear_regressor = {
	.name = "eXtreme Gradient Boosting on ElasticNet Predictions",
	.title = "Gradient boosted trees",
	.description = DESCRIPTION ON_LINEAR,
	.params = params + 1,
	.n_params = N_PARAMS - 2,
	.links = links,
};
