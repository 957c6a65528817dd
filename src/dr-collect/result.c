#include "result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dr/models.h"
#include "json/json.h"
#include "space/param.h"
#include "trial/trial.h"

/* ---- scores ---- */

static const char *const partitions[] = {"validation", "crossValidation", "holdout"};
#define N_PARTITIONS (sizeof(partitions) / sizeof(*partitions))

static cJSON *scores(const cJSON *of_metric)
{
	cJSON *to = cJSON_CreateObject();

	for (size_t i = 0; i < N_PARTITIONS; i++) {
		const cJSON *v = json_get(of_metric, partitions[i]);
		cJSON *copy = cJSON_IsNumber(v) ? cJSON_CreateNumber(v->valuedouble)
						: cJSON_CreateNull();

		if (!json_set(to, partitions[i], copy)) {
			cJSON_Delete(to);
			return NULL;
		}
	}
	return to;
}

static bool set_metrics(cJSON *rec, const cJSON *model)
{
	cJSON *metrics = cJSON_CreateObject();
	const cJSON *m;

	cJSON_ArrayForEach (m, json_get(model, "metrics")) {
		if (!json_set(metrics, m->string, scores(m))) {
			cJSON_Delete(metrics);
			return false;
		}
	}
	return json_set(rec, "metrics", metrics);
}

static bool set_unscored(cJSON *rec, const cJSON *model, const struct result_score *by,
			 struct err *e)
{
	char why[512], hint[128] = "";
	double score;

	for (size_t i = 0; i < N_PARTITIONS && !*hint; i++)
		if (dr_model_score(model, by->metric, partitions[i], &score))
			snprintf(hint, sizeof(hint), "; it has one for %s (--partition)",
				 partitions[i]);
	snprintf(why, sizeof(why), "the model has no score of %.200s for %s%s", by->metric,
		 by->partition, hint);
	return trial_set_state(rec, TRIAL_FAILED, why, e);
}

bool result_model(cJSON *rec, const cJSON *model, const char *id, const struct result_score *by,
		  struct err *e)
{
	double score;

	if (!dr_model_set_score(rec, model, by->metric, by->partition, by->minimize, e))
		return false;
	if (!set_metrics(rec, model) || !json_set_str(rec, "tuned_model", id))
		return err_nomem(e);
	if (!dr_model_score(model, by->metric, by->partition, &score))
		return set_unscored(rec, model, by, e);
	return trial_set_state(rec, TRIAL_COMPLETED, NULL, e);
}

/* ---- searches ---- */

static bool is_search(const cJSON *v)
{
	return cJSON_IsArray(v) && v->child && v->child->next;
}

bool result_searched(const cJSON *rec)
{
	const cJSON *v;

	cJSON_ArrayForEach (v, json_get(rec, "params"))
		if (is_search(v))
			return true;
	return false;
}

/* Do all tasks that the name means use the same value? */
static bool agree(const cJSON *parameters, const char *name)
{
	const cJSON *p, *first = NULL;

	cJSON_ArrayForEach (p, parameters) {
		const cJSON *v = cJSON_GetObjectItemCaseSensitive(p, "default");

		if (!param_named(p, name) || !v)
			continue;
		if (first && !param_same(first, v))
			return false;
		first = v;
	}
	return true;
}

static bool add_choice(cJSON *chosen, const cJSON *parameters, const char *name)
{
	bool one = agree(parameters, name), ok = true;
	const cJSON *p;

	cJSON_ArrayForEach (p, parameters) {
		const cJSON *v = cJSON_GetObjectItemCaseSensitive(p, "default");
		char *key;

		if (!ok || !param_named(p, name) || !v)
			continue;
		if (asprintf(&key, "%s/%s", json_str(p, "task"), json_str(p, "parameter")) < 0)
			return false;
		ok = json_set(chosen, one ? name : key, cJSON_Duplicate(v, true));
		free(key);
	}
	return ok;
}

bool result_chosen(cJSON *rec, const cJSON *parameters, struct err *e)
{
	cJSON *chosen = cJSON_CreateObject();
	const cJSON *v;
	bool ok = chosen;

	cJSON_ArrayForEach (v, json_get(rec, "params"))
		if (ok && is_search(v))
			ok = add_choice(chosen, parameters, v->string);
	if (!ok)
		cJSON_Delete(chosen);
	return (ok && json_set(rec, "chosen", chosen)) || err_nomem(e);
}

/* ---- times ---- */

bool result_times(cJSON *rec, const char *started, bool timely, struct err *e)
{
	const char *submitted = json_str(rec, "submitted_at");
	char now[TRIAL_TIME_LEN + 1];
	double seconds;

	trial_now(now);
	seconds = trial_time(now) - (submitted ? trial_time(submitted) : NAN);
	if ((started && !json_set_str(rec, "started_at", started)) ||
	    !json_set_str(rec, "finished_at", now))
		return err_nomem(e);
	if (!timely || json_true(rec, "taken_over") || !(seconds >= 0))
		return true;
	return json_set_num(rec, "seconds", round(seconds * 1e3) / 1e3) || err_nomem(e);
}
