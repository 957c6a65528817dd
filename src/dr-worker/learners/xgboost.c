#include "learners/xgboost.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/mix.h"
#include "learners/booster.h"
#include "learners/early_stop.h"
#include "learners/split.h"

/* The booster's parameters that are ours one to one. */
static const struct {
	const char *ours, *theirs;
} same[] = {
	{"colsample_bylevel", "colsample_bylevel"},
	{"colsample_bytree", "colsample_bytree"},
	{"learning_rate", "eta"},
	{"max_bin", "max_bin"},
	{"max_delta_step", "max_delta_step"},
	{"max_depth", "max_depth"},
	{"min_child_weight", "min_child_weight"},
	{"min_split_loss", "gamma"},
	{"num_parallel_tree", "num_parallel_tree"},
	{"reg_alpha", "alpha"},
	{"reg_lambda", "lambda"},
	{"subsample", "subsample"},
};

struct boosting {
	const struct learner_input *in;
	uint32_t *row; /* the training rows: those learned from, then those watched */
	size_t n_learn, n_watch;
	DMatrixHandle learn, watch, apply;
	struct booster booster;
};

/* Where boosting starts: the mean of the rows learned from, or 0.5. */
static double base_score(const struct boosting *b)
{
	const struct learner_input *in = b->in;
	double sum = 0;

	if (in->margin || in->classes > 2 ||
	    !params_true(&in->params, "base_margin_initialize"))
		return 0.5;
	for (size_t i = 0; i < b->n_learn; i++)
		sum += in->y[b->row[i]];
	return sum / (double)b->n_learn;
}

/* Of several classes boosting starts from the logarithms of their shares. */
static bool start_classes(const struct boosting *b, struct err *e)
{
	const struct learner_input *in = b->in;
	float *margin = calloc(in->classes + 1, sizeof *margin);
	bool ok = margin || err_nomem(e);

	for (size_t i = 0; ok && i < b->n_learn; i++)
		margin[(size_t)in->y[b->row[i]]]++;
	for (size_t k = 0; ok && k < in->classes; k++) /* as if there were half a row more */
		margin[k] = logf((margin[k] + 0.5F) / (float)b->n_learn);
	ok = ok && booster_start(&b->booster, b->learn, b->n_learn, margin, in->classes, e) &&
	     booster_start(&b->booster, b->watch, b->n_watch, margin, in->classes, e) &&
	     booster_start(&b->booster, b->apply, in->n_apply, margin, in->classes, e);
	free(margin);
	return ok;
}

static bool set_objective(const struct boosting *b, struct err *e)
{
	const struct learner_input *in = b->in;
	const struct booster *to = &b->booster;

	if (in->regression)
		return booster_set(to, "objective", "reg:squarederror", e) &&
		       booster_set(to, "eval_metric", "rmse", e);
	if (in->classes > 2)
		return booster_set(to, "objective", "multi:softprob", e) &&
		       booster_set(to, "eval_metric", "mlogloss", e) &&
		       booster_set_number(to, "num_class", (double)in->classes, e) &&
		       (!params_true(&in->params, "base_margin_initialize") ||
			start_classes(b, e));
	return booster_set(to, "objective", "binary:logistic", e) &&
	       booster_set(to, "eval_metric", "logloss", e) &&
	       booster_set_number(to, "scale_pos_weight",
				  params_number(&in->params, "scale_pos_weight"), e);
}

static bool configure(const struct boosting *b, struct err *e)
{
	const struct booster *to = &b->booster;
	const struct params *p = &b->in->params;
	const char *method = params_word(p, "tree_method");

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (!booster_set_number(to, same[i].theirs, params_number(p, same[i].ours), e))
			return false;
	return booster_set(to, "nthread", "1", e) && booster_set(to, "verbosity", "0", e) &&
	       set_objective(b, e) &&
	       booster_set(to, "tree_method", strcmp(method, "auto") ? method : "hist", e) &&
	       booster_set_number(to, "seed", params_number(p, "random_state"), e) &&
	       booster_set_number(to, "base_score", base_score(b), e);
}

/* Loss of the rows that are watched: the number behind the last colon of the library's
 * text, `[9]<tab>watch-logloss:0.37`. */
static bool watched_loss(const struct boosting *b, int round, double *loss, struct err *e)
{
	const char *name = "watch", *text, *colon;
	DMatrixHandle watch = b->watch;

	if (!booster_did(
		    &b->booster,
		    b->booster.lib->evaluate(b->booster.handle, round, &watch, &name, 1, &text),
		    e))
		return false;
	colon = strrchr(text, ':');
	*loss = colon ? strtod(colon + 1, NULL) : NAN;
	return true;
}

static bool boost(const struct boosting *b, long *rounds, struct err *e)
{
	const struct params *p = &b->in->params;
	long most = (long)params_number(p, "n_estimators");
	struct early_stop stop;
	bool done = false, ok = false;

	if (!early_stop_init(&stop, (size_t)params_number(p, "interval"),
			     (size_t)params_number(p, "smooth_interval"), e))
		return false;
	for (long i = 1; i <= most && !done; i++) {
		double loss;

		if (!booster_did(
			    &b->booster,
			    b->booster.lib->update(b->booster.handle, (int)i - 1, b->learn), e))
			goto out;
		if (i < most && !early_stop_due(&stop, i))
			continue;
		if (!watched_loss(b, (int)i - 1, &loss, e))
			goto out;
		done = early_stop_note(&stop, i, loss);
	}
	*rounds = stop.best_round;
	ok = *rounds > 0 ||
	     err_set(e, ERR_REFUSED, "the model diverged: its loss is no number");
out:
	early_stop_release(&stop);
	return ok;
}

static bool prepare(struct boosting *b, struct err *e)
{
	const struct learner_input *in = b->in;
	uint64_t seed = mix(in->seed, (uint64_t)params_number(&in->params, "random_state"));
	double missing = params_number(&in->params, "missing_value");

	if (!in->x->cols)
		return err_set(e, ERR_REFUSED,
			       "none of the features can be used by this model");
	if (!(b->booster.lib = xgboost_library(e)))
		return false;
	if (!(b->row = malloc(in->n_train * sizeof *b->row)))
		return err_nomem(e);
	memcpy(b->row, in->train, in->n_train * sizeof *b->row);
	if (!split_rows(b->row, in->n_train, in->level, XGBOOST_INNER_SHARE, seed, &b->n_learn,
			e))
		return false;
	b->n_watch = in->n_train - b->n_learn;
	return booster_matrix(&b->booster, in, b->row, b->n_learn, missing, in->y, &b->learn,
			      e) &&
	       booster_matrix(&b->booster, in, b->row + b->n_learn, b->n_watch, missing, in->y,
			      &b->watch, e) &&
	       booster_matrix(&b->booster, in, in->apply, in->n_apply, missing, NULL, &b->apply,
			      e);
}

static bool create(struct boosting *b, struct err *e)
{
	const DMatrixHandle both[] = {b->learn, b->watch};

	return booster_did(&b->booster, b->booster.lib->create(both, 2, &b->booster.handle), e);
}

bool xgboost_fit(struct learner_input *in, struct err *e)
{
	struct boosting b = {.in = in};
	const float *p;
	bool ok = prepare(&b, e) && create(&b, e) && configure(&b, e) &&
		  boost(&b, &in->iterations, e) &&
		  booster_predict(&b.booster, b.apply, in->iterations, &p, e);

	for (size_t i = 0; ok && i < in->n_apply * (in->classes > 2 ? in->classes : 1); i++)
		in->p[i] = (double)p[i];
	booster_release(&b.booster);
	booster_drop(&b.booster, b.apply);
	booster_drop(&b.booster, b.watch);
	booster_drop(&b.booster, b.learn);
	free(b.row);
	return ok;
}
