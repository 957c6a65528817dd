#include "submit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dr/tuning.h"
#include "flight.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "trial/trial.h"

void submit_init(struct submitter *s)
{
	s->end = &s->first;
	s->full_wait_s = 1;
}

static void flight_free(struct flight *f)
{
	if (!f)
		return;
	cJSON_Delete(f->values);
	cJSON_Delete(f->rec);
	free(f);
}

void submit_release(struct submitter *s)
{
	ours_release(&s->ours);
	while (s->first) {
		struct flight *f = s->first;

		s->first = f->next;
		flight_free(f);
	}
	target_free(s->targets);
}

bool submit_room(const struct submitter *s)
{
	return s->flights < s->parallel;
}

bool submit_idle(const struct submitter *s)
{
	return s->stop.kind != ERR_NONE ? s->sent == 0 : s->flights == 0;
}

void flight_stop(struct submitter *s, const struct err *e)
{
	if (s->stop.kind == ERR_NONE)
		s->stop = *e;
}

void flight_land(struct flight *f)
{
	struct submitter *s = f->s;
	struct flight **p = &s->first;

	while (*p != f)
		p = &(*p)->next;
	*p = f->next;
	if (!f->next)
		s->end = p;
	s->flights--;
	flight_free(f);
}

static bool model_differs(const cJSON *known, const struct target_options *o)
{
	const char *model = json_str(known, "model");

	return o->model && model && strcmp(model, o->model) != 0;
}

const cJSON *flight_known(const struct submitter *s, const cJSON *rec)
{
	const cJSON *last = trial_log_find(s->log, trial_id(rec));
	struct err ignored = {0};
	enum trial_state state = last ? trial_state(last, &ignored) : TRIAL_PROPOSED;

	if (state == TRIAL_SUBMITTED && trial_lost(rec) > trial_lost(last))
		return NULL;
	return state == TRIAL_PROPOSED ? NULL : last;
}

bool flight_pass(const struct submitter *s, const cJSON *last, struct err *e)
{
	if (model_differs(last, &s->options))
		return err_set(e, ERR_USAGE,
			       "trial %s: the log has it for model %s, and --model says %s",
			       trial_id(last), json_str(last, "model"), s->options.model);
	return ndjson_put(stdout, last, e);
}

/* What a tuning request cannot ask for must not be left out in silence. */
static bool check_fields(const cJSON *rec, struct err *e)
{
	const cJSON *f;

	cJSON_ArrayForEach (f, json_get(rec, "fidelity"))
		if (strcmp(f->string, "sample_pct") != 0 && strcmp(f->string, "partition") != 0)
			return err_set(e, ERR_INPUT, "'fidelity': unknown field '%.50s'",
				       f->string);
	if (json_get(rec, "replicate"))
		return err_set(e, ERR_INPUT,
			       "'replicate' cannot be had: the server runs a setting once");
	return true;
}

/* A tuned model has the sample of the model that it is made from; the partition is for
 * whoever collects it. */
static bool check_sample(const cJSON *rec, const struct target *t, struct err *e)
{
	const cJSON *pct = json_get(json_get(rec, "fidelity"), "sample_pct");
	char asked[JSON_NUMBER_MAX] = "?", has[JSON_NUMBER_MAX];

	if (!pct || (cJSON_IsNumber(pct) && fabs(pct->valuedouble - t->sample_pct) < 1e-6))
		return true;
	if (cJSON_IsNumber(pct))
		json_number(pct->valuedouble, asked);
	json_number(t->sample_pct, has);
	return err_set(
		e, ERR_INPUT,
		"its sample_pct is %s, and a tuned model has that of the model it is made "
		"from: %s has %s",
		asked, t->model, has);
}

static bool reject(struct submitter *s, cJSON *rec, const struct target *t, struct err *e)
{
	if (e->kind == ERR_INPUT && s->skip_bad) {
		flight_fail(s, rec, t, NULL, e->text);
		*e = (struct err){0};
		return true;
	}
	return err_prefix(e, "trial %s", trial_id(rec));
}

bool submit_take(struct submitter *s, cJSON *rec, struct err *e)
{
	const cJSON *last = flight_known(s, rec);
	const struct target *t = NULL;
	cJSON *values = NULL;
	struct flight *f;
	bool ok;

	if (last || s->limit.kind != ERR_NONE) {
		ok = last ? flight_pass(s, last, e) : ndjson_put(stdout, rec, e);
		cJSON_Delete(rec);
		return ok;
	}
	if (!check_fields(rec, e) ||
	    !(t = target_of(&s->targets, s->dr, &s->options, rec, e)) ||
	    !check_sample(rec, t, e) ||
	    !(values = dr_tuning_values(t->parameters, t->model, json_get(rec, "params"), e))) {
		ok = reject(s, rec, t, e);
		cJSON_Delete(rec);
		return ok;
	}
	if (!(f = calloc(1, sizeof(*f)))) {
		cJSON_Delete(values);
		cJSON_Delete(rec);
		return err_nomem(e);
	}
	*f = (struct flight){.s = s, .rec = rec, .values = values, .target = t};
	*s->end = f;
	s->end = &f->next;
	s->flights++;
	return true;
}

/* ---- a signal ---- */

bool submit_stop(struct submitter *s, struct err *e)
{
	s->stopping = true;
	while (s->sent > 0) {
		/* Also what has just been told to come again later. */
		http_withdraw(dr_http(s->dr));
		if (s->sent > 0 && !http_poll(dr_http(s->dr), -1, -1, NULL, e))
			return false;
	}
	return true;
}
