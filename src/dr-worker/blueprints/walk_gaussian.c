/* The Bayesian walk: lib/tuner over the listed values, as parameters p0, p1, ... */
#include "blueprints/walks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json/json.h"
#include "tasks/param.h"
#include "trial/trial.h"
#include "tuner/tuner.h"

#define NAME_SIZE 24

static void name_of(size_t axis, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "p%zu", axis);
}

static struct space *make_space(const struct search *s, struct err *e)
{
	cJSON *source = cJSON_CreateObject();
	struct space *space = NULL;
	bool ok = source;

	for (size_t k = 0; ok && k < s->n_axes; k++) {
		const struct setting *one = s->axis[k].setting;
		char name[NAME_SIZE];
		cJSON *list;

		name_of(k, name);
		list = cJSON_AddArrayToObject(source, name);
		ok = list;
		for (size_t i = 0; ok && i < one->n; i++)
			ok = json_append(list, param_json(&one->candidate[i]));
	}
	if (ok)
		space = space_new(NULL, 0, source, e);
	else
		err_nomem(e);
	cJSON_Delete(source);
	return space;
}

/* Go where the tuner wants to be. */
static void go(struct search *s, const cJSON *params)
{
	for (size_t k = 0; k < s->n_axes; k++) {
		struct axis *a = &s->axis[k];
		char name[NAME_SIZE];
		const cJSON *v;

		name_of(k, name);
		v = json_get(params, name);
		for (size_t i = 0; i < a->setting->n; i++) {
			const struct param_value *c = &a->setting->candidate[i];

			if (cJSON_IsString(v) ? c->word && !strcmp(c->word, v->valuestring)
					      : !c->word && cJSON_IsNumber(v) &&
							c->number == v->valuedouble)
				a->at = i;
		}
	}
}

/* Try a proposal and write what came of it into its record. */
static bool answer(struct search *s, cJSON *trial, struct err *e)
{
	size_t before = s->points;
	bool better;

	go(s, json_get(trial, "params"));
	if (!search_try(s, &better, e))
		return false;
	if (s->points == before || !isfinite(s->loss[before]))
		return trial_set_state(trial, TRIAL_FAILED, NULL, e);
	return trial_set_state(trial, TRIAL_COMPLETED, NULL, e) &&
	       (json_set_num(trial, "score", s->loss[before]) || err_nomem(e));
}

/* Ask for a batch, try it, tell what came of it; *left: is there more? */
static bool batch(struct search *s, struct tuner *t, bool *left, struct err *e)
{
	cJSON *trials = cJSON_CreateArray(), *one;
	bool ok = trials || err_nomem(e);

	for (size_t i = 0; ok && *left && i < s->request->batch; i++) {
		struct err why = {0};

		if ((one = tuner_ask(t, &why))) {
			ok = json_append(trials, one) || err_nomem(e);
		} else if (why.kind == ERR_EXHAUSTED) {
			*left = false;
		} else {
			*e = why;
			ok = false;
		}
	}
	for (one = trials ? trials->child : NULL; ok && one; one = one->next)
		ok = answer(s, one, e) && tuner_tell(t, one, e);
	cJSON_Delete(trials);
	return ok;
}

bool walks_gaussian(struct search *s, struct err *e)
{
	struct tuner_options o = {.seed = s->request->seed};
	struct space *space = make_space(s, e);
	struct tuner *t = NULL;
	bool ok = false, left = true;

	o.space = space;
	if (space && (t = tuner_new(&o, e))) {
		ok = true;
		while (ok && left && !search_over(s))
			ok = batch(s, t, &left, e);
	}
	tuner_free(t);
	space_free(space);
	return ok;
}
