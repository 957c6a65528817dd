/* tuner: see tuner.h. */
#include "tuner/tuner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "acq/acq.h"
#include "gp/gp.h"
#include "json/json.h"
#include "rng/rng.h"
#include "tuner/box.h"
#include "tuner/converge.h"
#include "tuner/prior.h"
#include "tuner/trials.h"
#include "tuner/view.h"

#define DRAWS 64 /* sets of scores that pending trials may bring */
#define SCORES 3 /* without so many there is nothing to model */
#define LOCAL_EVERY 3
#define START_RELATED 3 /* where an earlier log tells the rest */

struct tuner {
	struct tuner_options o;
	struct trials trials;
	size_t d;
	struct priors priors;
	bool *category; /* d + priors.n */
	bool start_given;
	bool small; /* so few settings that a box would be no help */

	/* The parameters of the process, and what they were learnt from. */
	double *hyper;
	double *learnt_x, *learnt_y;
	size_t n_learnt;

	/* The process, and what it knows; NULL: to be made. */
	struct gp *gp;
	double *tried; /* settings with scores, the best first */
	size_t n_tried;
};

struct tuner *tuner_new(const struct tuner_options *o, struct err *e)
{
	struct tuner *t = calloc(1, sizeof(*t));

	if (!t) {
		err_nomem(e);
		return NULL;
	}
	t->o = *o;
	t->d = space_dims(o->space);
	t->small = space_size(o->space) <= 1000;
	trials_init(&t->trials, o->space, o->model);
	t->priors.d = t->d;
	t->start_given = t->o.start > 0;
	if (!t->o.start)
		t->o.start = t->d + 1 < 5 ? 5 : t->d + 1 > 10 ? 10 : t->d + 1;
	t->category = calloc(t->d, sizeof(bool));
	t->hyper = calloc(t->d + 2, sizeof(double));
	if (!t->category || !t->hyper) {
		tuner_free(t);
		err_nomem(e);
		return NULL;
	}
	for (size_t j = 0; j < t->d; j++)
		t->category[j] = space_dim(o->space, j)->kind == SPACE_CATEGORY;
	return t;
}

static void forget_model(struct tuner *t)
{
	gp_free(t->gp);
	free(t->tried);
	t->gp = NULL;
	t->tried = NULL;
}

void tuner_free(struct tuner *t)
{
	if (!t)
		return;
	forget_model(t);
	priors_release(&t->priors);
	trials_release(&t->trials);
	free(t->learnt_y);
	free(t->learnt_x);
	free(t->hyper);
	free(t->category);
	free(t);
}

bool tuner_tell(struct tuner *t, const cJSON *rec, struct err *e)
{
	bool changed = false;

	if (!trials_put(&t->trials, rec, &changed, e))
		return false;
	if (changed)
		forget_model(t);
	return true;
}

bool tuner_add_prior(struct tuner *t, const char *name, const struct trial_log *log,
		     size_t *scores, struct err *e)
{
	size_t n = t->d + t->priors.n + 1;
	bool *category = realloc(t->category, n * sizeof(*category));
	double *hyper;

	if (!category)
		return err_nomem(e);
	t->category = category;
	t->priors.category = category;
	category[n - 1] = true;
	if (!(hyper = realloc(t->hyper, (n + 2) * sizeof(*hyper))))
		return err_nomem(e);
	t->hyper = hyper;
	forget_model(t);
	t->n_learnt = 0;
	if (!priors_add(&t->priors, t->o.space, name, log, scores, e))
		return false;
	if (t->priors.n && !t->start_given)
		t->o.start = START_RELATED;
	return true;
}

size_t tuner_done(const struct tuner *t)
{
	return t->trials.final;
}

size_t tuner_open(const struct tuner *t)
{
	return t->trials.n - t->trials.final;
}

struct tuner_passed tuner_passed(const struct tuner *t)
{
	return (struct tuner_passed){t->trials.other_model, t->trials.unknown};
}

bool tuner_waits_for(const struct tuner *t, const char *id)
{
	const struct known *k = trials_find(&t->trials, id);

	return k && !k->final;
}

static int by_id(const void *a, const void *b)
{
	const struct known *p = *(struct known *const *)a, *q = *(struct known *const *)b;

	return strcmp(p->id, q->id);
}

/*
 * Which final trials the process sees, in order of their ids: all, or of more than
 * TUNER_MODEL_MAX a third that is the newest, a third that is the best of the others,
 * and an even spread through the scores of what remains.  Their number.
 */
static size_t choose(const struct trials *t, const struct known **order)
{
	size_t n = t->final, third = TUNER_MODEL_MAX / 3, rest, more;

	if (n > TUNER_MODEL_MAX) {
		const struct known **others = order + third;

		for (size_t i = 0; i < third; i++) { /* the newest to the front */
			const struct known *k = order[i];

			order[i] = order[n - 1 - i];
			order[n - 1 - i] = k;
		}
		qsort(others, n - third, sizeof(*others), trials_by_score);
		rest = n - 2 * third;
		more = TUNER_MODEL_MAX - 2 * third;
		for (size_t i = 0; i < more; i++)
			others[third + i] = others[third + i * rest / more];
		n = TUNER_MODEL_MAX;
	}
	qsort(order, n, sizeof(*order), by_id);
	return n;
}

/* Coordinates of m trials as rows, and their scores (NULL: not wanted). */
static bool table(const struct known *const *k, size_t m, size_t d, double **x, double **y)
{
	*x = calloc(m * d + 1, sizeof(**x));
	if (y)
		*y = calloc(m + 1, sizeof(**y));
	if (!*x || (y && !*y))
		return false;
	for (size_t i = 0; i < m; i++) {
		memcpy(*x + i * d, k[i]->x, d * sizeof(**x));
		if (y)
			(*y)[i] = k[i]->score;
	}
	return true;
}

/*
 * The parameters are not learnt anew with every trial but when there are a twentieth
 * more: from the first trials, in the order of their numbers, so many as make the last
 * such step.  What they are learnt from is a function of the set of trials, as all is.
 */
static bool learn(struct tuner *t, struct err *e)
{
	const struct known **from = trials_in_order(&t->trials);
	size_t n = t->trials.final, step = n / 20 > 1 ? n / 20 : 1, m = n - n % step,
	       d = t->d + t->priors.n;
	double *x = NULL, *y = NULL;
	bool good = true;

	if (from)
		qsort(from, m, sizeof(*from), by_id);
	if (!from || !table(from, m, t->d, &x, &y)) {
		good = err_nomem(e);
	} else if (!priors_extend(&t->priors, t->trials.metric, &x, &y, m, &m, e)) {
		good = false;
	} else if (m != t->n_learnt || memcmp(x, t->learnt_x, m * d * sizeof(*x)) != 0 ||
		   memcmp(y, t->learnt_y, m * sizeof(*y)) != 0) {
		t->n_learnt = 0;
		if ((good = gp_learn(x, y, m, d, t->category, t->hyper, e))) {
			free(t->learnt_x);
			free(t->learnt_y);
			t->learnt_x = x;
			t->learnt_y = y;
			t->n_learnt = m;
			x = y = NULL; /* kept */
		}
	}
	free(y);
	free(x);
	free(from);
	return good;
}

static bool fit(struct tuner *t, struct err *e)
{
	const struct known **order;
	double *x = NULL, *y = NULL;
	size_t n, own;

	if (t->gp)
		return true;
	if (!learn(t, e))
		return false;
	if (!(order = trials_in_order(&t->trials)))
		return err_nomem(e);
	n = choose(&t->trials, order);
	if (!table(order, n, t->d, &x, &y)) {
		err_nomem(e);
		goto out;
	}
	own = n;
	if (!priors_extend(&t->priors, t->trials.metric, &x, &y, n, &n, e) ||
	    !(t->gp = gp_new(x, y, n, t->d + t->priors.n, t->category, t->hyper, e)))
		goto out;
	gp_relate(t->gp, t->trials.scored ? own : 0, t->priors.n);
	n = own;
	qsort(order, n, sizeof(*order), trials_by_score);
	for (t->n_tried = 0; t->n_tried < n && !isnan(order[t->n_tried]->score);)
		t->n_tried++;
	if (!table(order, t->n_tried, t->d, &t->tried, NULL))
		err_nomem(e);
out:
	free(y);
	free(x);
	free(order);
	return !e->kind;
}

/* The process gets to know what is pending. */
static bool account_for_pending(struct tuner *t, uint64_t seed, struct err *e)
{
	const struct known **open = calloc(tuner_open(t) + 1, sizeof(struct known *));
	size_t p = 0;
	double *x = NULL;
	bool good = false;

	for (size_t i = 0; open && i < t->trials.n; i++)
		if (!t->trials.at[i]->final)
			open[p++] = t->trials.at[i];
	if (open && table(open, p, t->d, &x, NULL))
		good = gp_fantasise(t->gp, x, p, p ? DRAWS : 1, seed, e);
	else
		err_nomem(e);
	free(x);
	free(open);
	return good;
}

static bool usable(void *ctx, const double *x, struct err *e)
{
	struct tuner *t = ctx;
	cJSON *params;
	bool keep;

	if (trials_hold(&t->trials, x))
		return false;
	if (!t->o.where)
		return true;
	if (!(params = space_decode(t->o.space, x, e)))
		return false;
	keep = where_keeps(t->o.where, params, e);
	cJSON_Delete(params);
	return keep;
}

static bool start(struct tuner *t, double *x, struct err *e)
{
	if (t->trials.n == 0) {
		space_initial(t->o.space, x);
		if (usable(t, x, e))
			return true;
		if (e->kind)
			return false;
	}
	return acq_any(t->o.space, t->o.seed, (uint32_t)t->trials.n, usable, t, x, e);
}

/* Numbers that depend on the seed and on which proposal this is. */
static uint64_t seed_of(const struct tuner *t, double number, uint64_t what)
{
	struct rng r;

	rng_init(&r, t->o.seed, 4 * (uint64_t)number + what);
	return rng_next(&r);
}

static bool box(const struct tuner *t, struct acq_task *task, struct err *e)
{
	const struct known **order = trials_in_order(&t->trials);

	if (!order)
		return err_nomem(e);
	task->centre = t->tried;
	task->side = box_side(order, t->trials.final, t->o.start, t->d);
	free(order);
	return true;
}

static bool model(struct tuner *t, double number, bool local, double *x, struct err *e)
{
	struct acq_task task = {.space = t->o.space, .usable = usable, .ctx = t};

	if (!fit(t, e) || !account_for_pending(t, seed_of(t, number, 0), e))
		return false;
	task.gp = t->gp;
	task.tried = t->tried;
	task.n_tried = t->n_tried;
	task.seed = seed_of(t, number, 1);
	if (local && !box(t, &task, e))
		return false;
	return acq_maximise(&task, x, e);
}

/* Mean and deviation over the draws together, in units of the metric, and the worth of
 * which this is the maximum. */
static bool add_prediction(struct tuner *t, cJSON *rec, const double *x, struct err *e)
{
	double mean[DRAWS], sd, centre = 0, var = 0;
	size_t S = gp_means(t->gp);
	cJSON *o = cJSON_CreateObject();
	double worth;

	gp_predict(t->gp, x, 1, mean, &sd);
	worth = acq_value(t->gp, mean, sd, NULL, NULL);
	if (!json_set_num(rec, "acquisition", worth) ||
	    !json_set_num(rec, "improvement", exp(worth) * tuner_unit(t->gp))) {
		cJSON_Delete(o);
		return err_nomem(e);
	}
	for (size_t s = 0; s < S; s++)
		centre += mean[s] / (double)S;
	for (size_t s = 0; s < S; s++)
		var += (mean[s] - centre) * (mean[s] - centre) / (double)S;
	gp_metric(t->gp, centre, sqrt(sd * sd + var), &centre, &sd);
	if (!t->trials.minimize)
		centre = -centre;
	if (!o || !json_set_num(o, "mean", centre) || !json_set_num(o, "sd", sd)) {
		cJSON_Delete(o);
		return err_nomem(e);
	}
	return json_set(rec, "predicted", o) || err_nomem(e);
}

static cJSON *record(struct tuner *t, const double *x, double number, const char *source,
		     struct err *e)
{
	cJSON *params = space_decode(t->o.space, x, e), *rec = NULL;

	if (!params)
		return NULL;
	rec = trial_new("bo-propose", params, t->o.model, NULL, NULL, e);
	cJSON_Delete(params);
	if (!rec)
		return NULL;
	if (!json_set_num(rec, "number", number) || !json_set_str(rec, "source", source)) {
		err_nomem(e);
		goto fail;
	}
	if (strcmp(source, "start") != 0 && !add_prediction(t, rec, x, e))
		goto fail;
	if (trials_find(&t->trials, trial_id(rec))) {
		err_set(e, ERR_SYSTEM, "trial %s is known already", trial_id(rec));
		goto fail;
	}
	if (!trials_put(&t->trials, rec, NULL, e))
		goto fail;
	return rec;
fail:
	cJSON_Delete(rec);
	return NULL;
}

/* One more than the greatest number there is, and at least how many trials. */
static double next_number(const struct trials *t)
{
	double next = (double)t->n;

	for (size_t i = 0; i < t->n; i++)
		next = fmax(next, t->at[i]->number + 1);
	return next;
}

/* Unless it shall stop now: is x, found in the whole space, worth a trial? */
static bool worthwhile(struct tuner *t, const double *x, struct err *e)
{
	double mean[DRAWS], sd, gain, noise;

	if (!t->o.stop_when_converged)
		return true;
	gp_predict(t->gp, x, 1, mean, &sd);
	gain = exp(acq_value(t->gp, mean, sd, NULL, NULL)) * tuner_unit(t->gp);
	if (!converge_noise(&t->trials, &noise))
		return err_nomem(e);
	if (isnan(noise))
		noise = tuner_noise(t->gp);
	return !converge_reached(&t->trials, TUNER_CONVERGED, gain, noise) ||
	       err_set(e, ERR_EXHAUSTED,
		       "converged: for %d proposals less was expected to be gained than the "
		       "noise of %.3g, now %.3g",
		       TUNER_CONVERGED, noise, gain);
}

cJSON *tuner_ask(struct tuner *t, struct err *e)
{
	const struct trials *k = &t->trials;
	double number = next_number(k), *x = malloc(t->d * sizeof(*x));
	bool early = k->n < t->o.start ||
		     (!t->priors.n && k->scored < (SCORES < t->o.start ? SCORES : t->o.start));
	bool local = !t->small && k->scored && fmod(number, LOCAL_EVERY) == LOCAL_EVERY - 1;
	cJSON *rec = NULL;

	if (!x)
		err_nomem(e);
	else if (early ? start(t, x, e) : model(t, number, local, x, e))
		rec = early                 ? record(t, x, number, "start", e)
		      : local               ? record(t, x, number, "trust-region", e)
		      : worthwhile(t, x, e) ? record(t, x, number, "model", e)
					    : NULL;
	else if (e->kind == ERR_EXHAUSTED && t->o.where)
		err_prefix(e, "with --where");
	free(x);
	return rec;
}

bool tuner_skill(struct tuner *t, double *skill, struct err *e)
{
	*skill = NAN;
	if (t->trials.scored < 10 || t->trials.scored < t->d + 3)
		return true;
	if (!fit(t, e))
		return false;
	*skill = gp_skill(t->gp, e);
	return !e->kind;
}

bool tuner_look(struct tuner *t, struct tuner_view *v, struct err *e)
{
	*v = (struct tuner_view){.space = t->o.space, .trials = &t->trials};
	if (t->trials.scored < SCORES)
		return true;
	if (!fit(t, e) || !gp_fantasise(t->gp, NULL, 0, 1, 0, e))
		return false;
	if (!(v->rows = trials_in_order(&t->trials)))
		return err_nomem(e);
	v->n = choose(&t->trials, v->rows);
	v->gp = t->gp;
	v->priors = &t->priors;
	return true;
}

bool tuner_seek(struct tuner *t, double *x, double *acquisition, struct err *e)
{
	double mean[DRAWS], sd;

	if (!model(t, next_number(&t->trials), false, x, e))
		return false;
	gp_predict(t->gp, x, 1, mean, &sd);
	*acquisition = acq_value(t->gp, mean, sd, NULL, NULL);
	return true;
}
