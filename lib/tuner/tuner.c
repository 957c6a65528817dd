/* tuner: see tuner.h. */
#include "tuner/tuner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "rng/rng.h"
#include "tuner/box.h"
#include "tuner/converge.h"
#include "tuner/internal.h"
#include "tuner/partition.h"
#include "tuner/prior.h"
#include "tuner/view.h"

#define SCORES 3 /* without so many there is nothing to model */
#define LOCAL_EVERY 3
#define START_RELATED 3 /* where an earlier log tells the rest */

struct tuner *tuner_new(const struct tuner_options *o, struct err *e)
{
	struct tuner *t = calloc(1, sizeof(*t));

	if (!t) {
		err_nomem(e);
		return NULL;
	}
	t->o = *o;
	t->d = t->dx = space_dims(o->space);
	t->small = space_size(o->space) <= 1000;
	trials_init(&t->trials, o->space, o->model, o->goals);
	t->priors.d = t->d;
	t->start_given = t->o.start > 0;
	if (!t->o.start)
		t->o.start = t->d + 1 < 5 ? 5 : t->d + 1 > 10 ? 10 : t->d + 1;
	t->n_processes = o->goals ? goals_count(o->goals) : 1;
	t->category = calloc(t->d + 1, sizeof(bool));
	t->process = calloc(t->n_processes, sizeof(*t->process));
	for (size_t i = 0; t->process && i < t->n_processes; i++)
		if (!(t->process[i].hyper = calloc(t->d + 3, sizeof(double))))
			goto nomem;
	if (!t->category || !t->process)
		goto nomem;
	for (size_t j = 0; j < t->d; j++)
		t->category[j] = space_dim(o->space, j)->kind == SPACE_CATEGORY;
	return t;
nomem:
	tuner_free(t);
	err_nomem(e);
	return NULL;
}

void tuner_free(struct tuner *t)
{
	if (!t)
		return;
	model_forget(t);
	for (size_t i = 0; t->process && i < t->n_processes; i++) {
		free(t->process[i].learnt_y);
		free(t->process[i].learnt_x);
		free(t->process[i].hyper);
	}
	free(t->process);
	priors_release(&t->priors);
	trials_release(&t->trials);
	free(t->category);
	free(t);
}

/* Is rec to be read by its score on a partition?  A trial that is passed over is not. */
static bool is_rescored(const struct tuner *t, const cJSON *rec)
{
	const char *model = json_str(rec, "model");

	return t->o.partition && !(model && t->o.model && strcmp(model, t->o.model) != 0) &&
	       trial_state(rec, &(struct err){0}) == TRIAL_COMPLETED;
}

bool tuner_tell(struct tuner *t, const cJSON *rec, struct err *e)
{
	bool changed = false, good;
	cJSON *copy = NULL;

	if (is_rescored(t, rec) && !(copy = partition_scored(rec, t->o.partition, e)))
		return false;
	good = trials_put(&t->trials, copy ? copy : rec, &changed, e);
	cJSON_Delete(copy);
	if (!good)
		return false;
	if (changed)
		model_forget(t);
	return true;
}

bool tuner_add_prior(struct tuner *t, const char *name, const struct trial_log *log,
		     size_t *scores, struct err *e)
{
	size_t n = t->d + t->priors.n + 1; /* and a place for a sample size */
	bool *category = realloc(t->category, n * sizeof(*category));
	double *hyper;

	if (!category)
		return err_nomem(e);
	t->category = category;
	t->priors.category = category;
	category[n - 1] = true;
	if (!(hyper = realloc(t->process[0].hyper, (n + 3) * sizeof(*hyper))))
		return err_nomem(e);
	t->process[0].hyper = hyper;
	model_forget(t);
	t->process[0].n_learnt = 0;
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

static bool usable(void *ctx, const double *x, struct err *e)
{
	struct tuner *t = ctx;
	cJSON *params;
	bool keep;

	if (trials_hold(&t->trials, x, t->o.fidelity))
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

/* The trials that count, one after the other: of the sample size that is proposed, and
 * without a score where they break a constraint. */
static bool box(const struct tuner *t, struct acq_task *task, struct err *e)
{
	const struct known **order = trials_in_order(&t->trials);
	struct known *counted = calloc(t->trials.final + 1, sizeof(*counted));
	size_t n = 0;

	for (size_t i = 0; order && counted && i < t->trials.final; i++) {
		if (!wanted_at(t, order[i]))
			continue;
		counted[n] = *order[i];
		if (!counted[n].feasible)
			counted[n].score = NAN;
		order[n] = &counted[n];
		n++;
	}
	if (order && counted) {
		task->centre = t->tried;
		task->side = box_side(order, n, t->o.start, t->d);
	}
	free(counted);
	free(order);
	return task->centre || err_nomem(e);
}

static bool model(struct tuner *t, double number, bool *local, double *x, struct err *e)
{
	struct acq_task task = {.space = t->o.space, .usable = usable, .ctx = t};

	if (!model_fit(t, e) || !model_pending(t, seed_of(t, number, 0), e) ||
	    !wanted_worth(t, e))
		return false;
	task.gp = t->gp;
	task.worth = t->worth ? goals_worth_of(t->worth) : NULL;
	task.tried = t->tried;
	task.n_tried = t->n_tried;
	task.best = t->n_best;
	task.seed = seed_of(t, number, 1);
	*local = *local && t->incumbent && t->n_fronts == 0;
	if (*local && !box(t, &task, e))
		return false;
	return acq_maximise(&task, x, e);
}

/* NULL where none was asked for. */
static bool fidelity_of(const struct tuner *t, cJSON **fidelity, struct err *e)
{
	*fidelity = NULL;
	if (!(t->o.fidelity > 0))
		return true;
	*fidelity = cJSON_CreateObject();
	return json_set_num(*fidelity, "sample_pct", t->o.fidelity) || err_nomem(e);
}

static cJSON *record(struct tuner *t, const double *x, double number, const char *source,
		     struct err *e)
{
	cJSON *params = space_decode(t->o.space, x, e), *fidelity, *rec = NULL;

	if (!params)
		return NULL;
	if (!fidelity_of(t, &fidelity, e)) {
		cJSON_Delete(params);
		return NULL;
	}
	rec = trial_new("bo-propose", params, t->o.model, fidelity, NULL, e);
	cJSON_Delete(fidelity);
	cJSON_Delete(params);
	if (!rec)
		return NULL;
	if (!json_set_num(rec, "number", number) || !json_set_str(rec, "source", source)) {
		err_nomem(e);
		goto fail;
	}
	if (strcmp(source, "start") != 0 && !wanted_predict(t, rec, x, e))
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
	double gain, noise;

	if (!t->o.stop_when_converged || !wanted_in_units(t))
		return true;
	gain = exp(wanted_value(t, x)) * tuner_unit(t->gp);
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
	bool early =
		k->n < t->o.start || (!(t->priors.n && t->n_processes == 1) &&
				      k->scored < (SCORES < t->o.start ? SCORES : t->o.start));
	bool local = !t->small && k->scored && fmod(number, LOCAL_EVERY) == LOCAL_EVERY - 1;
	cJSON *rec = NULL;

	if (!x)
		err_nomem(e);
	else if (early ? start(t, x, e) : model(t, number, &local, x, e))
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
	if (!model_fit(t, e))
		return false;
	*skill = gp_skill(t->gp, e);
	return !e->kind;
}

bool tuner_look(struct tuner *t, struct tuner_view *v, struct err *e)
{
	*v = (struct tuner_view){.space = t->o.space, .trials = &t->trials};
	if (t->trials.scored < SCORES)
		return true;
	if (!model_fit(t, e))
		return false;
	if (wanted_several(t))
		return err_set(e, ERR_INPUT,
			       "trials of one sample size and their score alone "
			       "can be explained");
	if (!gp_fantasise(t->gp, NULL, 0, 1, 0, e))
		return false;
	if (!(v->rows = trials_in_order(&t->trials)))
		return err_nomem(e);
	v->n = model_choose(&t->trials, v->rows);
	v->gp = t->gp;
	v->priors = &t->priors;
	return true;
}

bool tuner_seek(struct tuner *t, double *x, double *acquisition, struct err *e)
{
	bool local = false;

	if (!model(t, next_number(&t->trials), &local, x, e))
		return false;
	*acquisition = wanted_value(t, x);
	return true;
}
