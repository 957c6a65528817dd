/* explain: see explain.h. */
#include "tuner/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "explain/dependence.h"
#include "explain/importance.h"
#include "gp/kernel.h"
#include "json/json.h"
#include "tuner/view.h"

struct explain {
	struct tuner *t;
	struct tuner_view v;
	tuner_record_fn *fn;
	void *ctx;
};

double tuner_unit(const struct gp *gp)
{
	double mean, unit;

	gp_metric(gp, gp_best(gp, 0) - 1, 1, &mean, &unit);
	return unit;
}

double tuner_noise(const struct gp *gp)
{
	double mean, sd;

	gp_metric(gp, gp_best(gp, 0), gp_noise(gp), &mean, &sd);
	return sd;
}

static double turned(const struct explain *x, double v)
{
	return x->v.trials->minimize ? v : -v;
}

/* A record of this kind, of this dimension where it is not NULL. */
static cJSON *record(const char *kind, const struct space_dim *d)
{
	cJSON *rec = cJSON_CreateObject();

	if (rec && json_set_str(rec, "kind", kind) &&
	    (!d || json_set_str(rec, "parameter", d->name)))
		return rec;
	cJSON_Delete(rec);
	return NULL;
}

/* Hand rec on, which is whole only where good. */
static bool say(const struct explain *x, cJSON *rec, bool good, struct err *e)
{
	good = rec && good ? x->fn(x->ctx, rec, e) : err_nomem(e);
	cJSON_Delete(rec);
	return good;
}

/* A prediction in warped units. */
static bool set_predicted(const struct explain *x, cJSON *o, double mean, double sd)
{
	gp_metric(x->v.gp, mean, sd, &mean, &sd);
	return json_set_num(o, "mean", turned(x, mean)) && json_set_num(o, "sd", sd);
}

static const struct known *best_trial(const struct trials *t)
{
	const struct known *best = t->at[0];

	for (size_t i = 1; i < t->n; i++)
		if (trials_by_score(&t->at[i], &best) < 0)
			best = t->at[i];
	return best;
}

static bool say_model(const struct explain *x, struct err *e)
{
	const struct trials *t = x->v.trials;
	const struct known *best = best_trial(t);
	cJSON *rec = record("model", NULL), *at = cJSON_CreateObject();
	double skill = gp_skill(x->v.gp, e);
	bool good = json_set_str(at, "trial", best->id) &&
		    json_set_num(at, "score", turned(x, best->score));

	if (e->kind || !good || !rec) {
		cJSON_Delete(at);
		cJSON_Delete(rec);
		return e->kind ? false : err_nomem(e);
	}
	good = (!t->metric || json_set_str(rec, "metric", t->metric)) &&
	       json_set(rec, "minimize", cJSON_CreateBool(t->minimize)) &&
	       json_set_num(rec, "trials", (double)t->final) &&
	       json_set_num(rec, "scores", (double)t->scored) &&
	       json_set_num(rec, "seen", (double)x->v.n);
	good = json_set(rec, "best", at) && good && json_set_num(rec, "skill", skill) &&
	       json_set_num(rec, "noise", tuner_noise(x->v.gp));
	return say(x, rec, good, e);
}

static const char *scale_of(const struct space_dim *d)
{
	if (d->kind == SPACE_CATEGORY)
		return "category";
	if (d->kind == SPACE_ORDINAL)
		return "rank";
	return d->log ? "log" : "linear";
}

static bool say_lengths(const struct explain *x, struct err *e)
{
	for (size_t j = 0; j < x->v.trials->d; j++) {
		const struct space_dim *d = space_dim(x->v.space, j);
		double length = gp_length(x->v.gp, j), alike = 1 / (length * length);
		cJSON *rec = record("length", d);

		kernel_matern(1, &alike, NULL);
		if (!say(x, rec,
			 json_set_str(rec, "scale", scale_of(d)) &&
				 json_set_num(rec, "length", length) &&
				 json_set_num(rec, "correlation", alike),
			 e))
			return false;
	}
	return true;
}

/* What an earlier log is worth here: the correlation of equal settings of the two. */
static bool say_priors(const struct explain *x, struct err *e)
{
	for (size_t i = 0; i < x->v.priors->n; i++) {
		const struct prior *q = &x->v.priors->at[i];
		double length = gp_length(x->v.gp, x->v.trials->d + i),
		       alike = 1 / (length * length);
		cJSON *rec = record("prior-log", NULL);

		kernel_matern(1, &alike, NULL);
		if (!say(x, rec,
			 json_set_str(rec, "file", q->name) &&
				 json_set_num(rec, "scores", (double)q->trials.scored) &&
				 json_set_num(rec, "seen", (double)q->n) &&
				 json_set_num(rec, "length", length) &&
				 json_set_num(rec, "correlation", alike),
			 e))
			return false;
	}
	return true;
}

/* Of a parameter that is a word or a number, the two dimensions together. */
static bool say_shares(const struct explain *x, const double *share, double quantile,
		       struct err *e)
{
	size_t d = x->v.trials->d;

	for (size_t j = 0; j < d; j++) {
		const struct space_dim *dim = space_dim(x->v.space, j);
		bool two = dim->kind == SPACE_CATEGORY && dim->or_number;
		double both = share[j] + (two ? share[j + 1] : 0);
		cJSON *rec = record("importance", dim);

		if (!say(x, rec,
			 json_set_num(rec, "importance", both) &&
				 json_set_num(rec, "quantile", quantile),
			 e))
			return false;
		j += two;
	}
	return true;
}

static bool say_importance(const struct explain *x, struct err *e)
{
	const struct trials *t = x->v.trials;
	size_t d = t->d, n = 0;
	double *at = calloc(t->n * d + 1, sizeof(*at)), *score = calloc(t->n + 1, sizeof(*at));
	double *share = calloc(d, sizeof(*share)), quantile;
	bool good = false;

	if (!at || !score || !share) {
		err_nomem(e);
		goto out;
	}
	for (size_t i = 0; i < t->n; i++) {
		if (!t->at[i]->final)
			continue;
		memcpy(at + n * d, t->at[i]->x, d * sizeof(*at));
		score[n++] = t->at[i]->score;
	}
	good = importance_shares(x->v.space, at, score, n, share, &quantile, e) &&
	       say_shares(x, share, quantile, e);
out:
	free(share);
	free(score);
	free(at);
	return good;
}

static cJSON *value_at(const struct space_dim *d, double x)
{
	if (d->kind != SPACE_CATEGORY)
		return cJSON_CreateNumber(space_dim_number(d, x));
	return cJSON_Duplicate(d->values[(size_t)space_dim_index(d, x)], true);
}

static bool say_dependence(const struct explain *x, struct err *e)
{
	for (size_t j = 0; j < x->v.trials->d; j++) {
		const struct space_dim *d = space_dim(x->v.space, j);

		for (size_t i = 0; i < dependence_grid(d); i++) {
			double at = dependence_coordinate(d, i), mean, sd;
			cJSON *rec;

			if (d->kind == SPACE_CATEGORY && !d->values[i])
				continue; /* "a number": the next dimension's */
			if (!dependence_at(x->v.gp, x->v.space, j, at, &mean, &sd, e))
				return false;
			rec = record("dependence", d);
			if (!say(x, rec,
				 json_set(rec, "value", value_at(d, at)) &&
					 set_predicted(x, rec, mean, sd),
				 e))
				return false;
		}
	}
	return true;
}

static bool say_leave_one_out(const struct explain *x, struct err *e)
{
	size_t n = x->v.n;
	double *mean = malloc(2 * n * sizeof(*mean));
	bool good = mean && gp_leave_one_out(x->v.gp, mean, mean + n, e);

	for (size_t i = 0; good && i < n; i++) {
		const struct known *k = x->v.rows[i];
		cJSON *rec = record("leave-one-out", NULL);

		good = say(x, rec,
			   json_set_str(rec, "trial", k->id) &&
				   json_set_num(rec, "score", turned(x, k->score)) &&
				   set_predicted(x, rec, mean[i], mean[n + i]),
			   e);
	}
	free(mean);
	return good || (e->kind ? false : err_nomem(e));
}

/* Where the space is used up, nothing is left, and no setting is named. */
static bool say_improvement(const struct explain *x, struct err *e)
{
	double *at = malloc(x->v.trials->d * sizeof(*at)), unit = tuner_unit(x->v.gp), left;
	cJSON *rec = NULL, *params = NULL, *predicted = NULL;
	double mean, sd;
	bool good;

	if (!at)
		return err_nomem(e);
	good = tuner_seek(x->t, at, &left, e);
	if (!good && e->kind == ERR_EXHAUSTED) {
		*e = (struct err){0};
		rec = record("expected-improvement", NULL);
		good = say(x, rec, json_set_num(rec, "improvement", 0), e);
	} else if (good && gp_fantasise(x->v.gp, NULL, 0, 1, 0, e) &&
		   (params = space_decode(x->v.space, at, e))) {
		rec = record("expected-improvement", NULL);
		predicted = cJSON_CreateObject();
		gp_predict(x->v.gp, at, 1, &mean, &sd);
		good = json_set(rec, "params", params);
		good = json_set_num(rec, "improvement", exp(left) * unit) && good &&
		       json_set_num(rec, "acquisition", left) &&
		       set_predicted(x, predicted, mean, sd);
		good = json_set(rec, "predicted", predicted) && good;
		good = say(x, rec, good, e);
	} else {
		good = false;
	}
	free(at);
	return good;
}

bool tuner_explain(struct tuner *t, tuner_record_fn *fn, void *ctx, bool *nothing,
		   struct err *e)
{
	struct explain x = {.t = t, .fn = fn, .ctx = ctx};
	bool good;

	*nothing = false;
	if (!tuner_look(t, &x.v, e))
		return false;
	if (!x.v.gp) {
		*nothing = true;
		return true;
	}
	good = say_model(&x, e) && say_lengths(&x, e) && say_priors(&x, e) &&
	       say_importance(&x, e) && say_dependence(&x, e) && say_leave_one_out(&x, e) &&
	       say_improvement(&x, e);
	free(x.v.rows);
	return good;
}
