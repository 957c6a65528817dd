#include "learners/xgboost.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/mix.h"
#include "json/json.h"
#include "learners/early_stop.h"
#include "learners/split.h"
#include "learners/xgboost_library.h"

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
	const struct xgboost_library *lib;
	const struct learner_input *in;
	uint32_t *row; /* the training rows: those learned from, then those watched */
	size_t n_learn, n_watch;
	DMatrixHandle learn, watch, apply;
	BoosterHandle booster;
};

/* Turn a status of the library into ours. */
static bool did(const struct boosting *b, int status, struct err *e)
{
	const char *text;
	size_t len;

	if (!status)
		return true;
	text = b->lib->last_error();
	len = strcspn(text, "\n"); /* a stack trace follows */
	return err_set(e, ERR_SYSTEM, "xgboost: %.*s", (int)len, text);
}

static bool make_matrix(const struct boosting *b, const uint32_t *row, size_t n, bool labels,
			DMatrixHandle *out, struct err *e)
{
	const struct learner_input *in = b->in;
	float missing = (float)params_number(&in->params, "missing_value"), *x, *y = NULL;
	bool ok = false;

	if (!(x = matrix_gather(in->x, row, n, e)))
		return false;
	if (!did(b, b->lib->matrix_create(x, n, in->x->cols, missing, out), e))
		goto out;
	if (labels) {
		if (!(y = malloc(n * sizeof *y))) {
			err_nomem(e);
			goto out;
		}
		for (size_t i = 0; i < n; i++)
			y[i] = (float)in->y[row[i]];
		if (!did(b, b->lib->matrix_set(*out, "label", y, n), e))
			goto out;
	}
	ok = true;
out:
	free(y);
	free(x);
	return ok;
}

static bool set(const struct boosting *b, const char *name, const char *value, struct err *e)
{
	return did(b, b->lib->set(b->booster, name, value), e);
}

static bool set_number(const struct boosting *b, const char *name, double v, struct err *e)
{
	char text[JSON_NUMBER_MAX];

	json_number(v, text);
	return set(b, name, text, e);
}

/* Where boosting starts: the mean of the rows learned from, or 0.5. */
static double base_score(const struct boosting *b)
{
	const struct learner_input *in = b->in;
	double sum = 0;

	if (!params_true(&in->params, "base_margin_initialize"))
		return 0.5;
	for (size_t i = 0; i < b->n_learn; i++)
		sum += in->y[b->row[i]];
	return sum / (double)b->n_learn;
}

static bool configure(const struct boosting *b, struct err *e)
{
	const struct params *p = &b->in->params;
	const char *method = params_word(p, "tree_method");

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (!set_number(b, same[i].theirs, params_number(p, same[i].ours), e))
			return false;
	if (!b->in->regression &&
	    !set_number(b, "scale_pos_weight", params_number(p, "scale_pos_weight"), e))
		return false;
	return set(b, "nthread", "1", e) && set(b, "verbosity", "0", e) &&
	       set(b, "objective", b->in->regression ? "reg:squarederror" : "binary:logistic",
		   e) &&
	       set(b, "eval_metric", b->in->regression ? "rmse" : "logloss", e) &&
	       set(b, "tree_method", strcmp(method, "auto") ? method : "hist", e) &&
	       set_number(b, "seed", params_number(p, "random_state"), e) &&
	       set_number(b, "base_score", base_score(b), e);
}

/* Loss of the rows that are watched: the number behind the last colon of the library's
 * text, `[9]<tab>watch-logloss:0.37`. */
static bool watched_loss(const struct boosting *b, int round, double *loss, struct err *e)
{
	const char *name = "watch", *text, *colon;
	DMatrixHandle watch = b->watch;

	if (!did(b, b->lib->evaluate(b->booster, round, &watch, &name, 1, &text), e))
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

		if (!did(b, b->lib->update(b->booster, (int)i - 1, b->learn), e))
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

static bool predict(const struct boosting *b, long rounds, struct err *e)
{
	bst_ulong const *shape;
	bst_ulong dims;
	const float *p;
	char *config;
	bool ok;

	if (asprintf(&config,
		     "{\"type\":0,\"training\":false,\"iteration_begin\":0,"
		     "\"iteration_end\":%ld,\"strict_shape\":false}",
		     rounds) < 0)
		return err_nomem(e);
	ok = did(b, b->lib->predict(b->booster, b->apply, config, &shape, &dims, &p), e);
	free(config);
	for (size_t i = 0; ok && i < b->in->n_apply; i++)
		b->in->p[i] = p[i];
	return ok;
}

static bool prepare(struct boosting *b, struct err *e)
{
	const struct learner_input *in = b->in;
	uint64_t seed = mix(in->seed, (uint64_t)params_number(&in->params, "random_state"));

	if (!in->x->cols)
		return err_set(e, ERR_REFUSED,
			       "none of the features can be used by this model");
	if (!(b->lib = xgboost_library(e)))
		return false;
	if (!(b->row = malloc(in->n_train * sizeof *b->row)))
		return err_nomem(e);
	memcpy(b->row, in->train, in->n_train * sizeof *b->row);
	if (!split_rows(b->row, in->n_train, in->level, XGBOOST_INNER_SHARE, seed, &b->n_learn,
			e))
		return false;
	b->n_watch = in->n_train - b->n_learn;
	return make_matrix(b, b->row, b->n_learn, true, &b->learn, e) &&
	       make_matrix(b, b->row + b->n_learn, b->n_watch, true, &b->watch, e) &&
	       make_matrix(b, in->apply, in->n_apply, false, &b->apply, e);
}

bool xgboost_fit(struct learner_input *in, struct err *e)
{
	struct boosting b = {.in = in};
	bool ok = false;

	if (prepare(&b, e)) {
		const DMatrixHandle both[] = {b.learn, b.watch};

		ok = did(&b, b.lib->create(both, 2, &b.booster), e) && configure(&b, e) &&
		     boost(&b, &in->iterations, e) && predict(&b, in->iterations, e);
	}
	if (b.booster)
		b.lib->free(b.booster);
	if (b.apply)
		b.lib->matrix_free(b.apply);
	if (b.watch)
		b.lib->matrix_free(b.watch);
	if (b.learn)
		b.lib->matrix_free(b.learn);
	free(b.row);
	return ok;
}
