#include "choose.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "trial/trial.h"

/* A set of borrowed strings: tsearch(3). */
struct set {
	void *root;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool set_has(const struct set *s, const char *text)
{
	return tfind(text, &s->root, by_text) != NULL;
}

static bool set_add(struct set *s, const char *text, struct err *e)
{
	return !text || tsearch(text, &s->root, by_text) || err_nomem(e);
}

static void borrowed(void *text)
{
	(void)text;
}

static void set_release(struct set *s)
{
	tdestroy(s->root, borrowed);
	s->root = NULL;
}

struct choosing {
	const struct choose_rule *rule;
	struct choose_model *all; /* n models with a score */
	size_t n;
	const cJSON *first; /* the trial whose score all others are compared with */
	struct set stay;
};

static int compare(const struct choose_model *a, const struct choose_model *b)
{
	if (a->score != b->score)
		return a->score < b->score ? -1 : 1;
	return strcmp(a->trial, b->trial);
}

static int by_score_up(const void *a, const void *b)
{
	return compare(a, b);
}

static int by_score_down(const void *a, const void *b)
{
	const struct choose_model *x = a, *y = b;

	return x->score != y->score ? compare(y, x) : compare(x, y);
}

static bool same_text(const cJSON *a, const cJSON *b, const char *field)
{
	return strcmp(json_str(a, field), json_str(b, field)) == 0;
}

/* Whether the score of a trial can be compared with those before it. */
static bool check_score(const struct choosing *c, const cJSON *rec, const char *project,
			struct err *e)
{
	const cJSON *first = c->first;

	if (!json_str(rec, "metric") || !json_str(rec, "partition") ||
	    !cJSON_IsBool(json_get(rec, "minimize")))
		return err_set(e, ERR_INPUT,
			       "its score is without 'metric', 'partition' or 'minimize'");
	if (!first)
		return true;
	if (!same_text(first, rec, "metric") || !same_text(first, rec, "partition") ||
	    json_true(first, "minimize") != json_true(rec, "minimize"))
		return err_set(
			e, ERR_INPUT,
			"scored by %s on %s%s, but trial %s by %s on %s%s: they cannot be "
			"compared",
			json_str(rec, "metric"), json_str(rec, "partition"),
			json_true(rec, "minimize") ? ", less is better" : "", trial_id(first),
			json_str(first, "metric"), json_str(first, "partition"),
			json_true(first, "minimize") ? ", less is better" : "");
	return strcmp(c->all[0].project, project) == 0 ||
	       err_set(e, ERR_INPUT, "of project %s, but trial %s of %s: choose by --project",
		       project, trial_id(first), c->all[0].project);
}

/* Whether the trial's model is one of those to choose among; the set has what is not. */
static bool take(struct choosing *c, const cJSON *rec, struct choose_result *out, struct err *e)
{
	const char *model = json_str(rec, "tuned_model"), *of = json_str(rec, "project");
	const cJSON *score = json_get(rec, "score");
	bool completed = trial_state(rec, e) == TRIAL_COMPLETED;

	if (e->kind != ERR_NONE || !set_add(&c->stay, json_str(rec, "model"), e))
		return false;
	if (!model)
		return true;
	if (!of)
		of = c->rule->meant;
	if (!of && completed)
		return err_set(e, ERR_INPUT, "'project' is missing: give --project");
	if (!completed || (c->rule->project && strcmp(of, c->rule->project) != 0))
		return set_add(&c->stay, model, e);
	if (!cJSON_IsNumber(score)) {
		out->unscored++;
		return set_add(&c->stay, model, e);
	}
	if (!check_score(c, rec, of, e))
		return false;
	if (!c->first)
		c->first = rec;
	c->all[c->n++] = (struct choose_model){.model = model,
					       .project = of,
					       .trial = trial_id(rec),
					       .score = score->valuedouble};
	return true;
}

/* Of the models in their order, those behind the best. */
static bool divide(struct choosing *c, struct choose_result *out, struct err *e)
{
	struct set seen = {0};
	bool ok = true;

	for (size_t i = 0; ok && i < c->n; i++) {
		const char *model = c->all[i].model;

		if (set_has(&seen, model))
			continue;
		ok = set_add(&seen, model, e);
		if (out->kept < c->rule->keep)
			out->kept++;
		else if (set_has(&c->stay, model))
			out->needed++;
		else
			out->go[out->n++] = c->all[i];
	}
	set_release(&seen);
	return ok;
}

bool choose_models(const struct trial_log *log, const struct choose_rule *rule,
		   struct choose_result *out, struct err *e)
{
	size_t n = trial_log_count(log);
	struct choosing c = {.rule = rule, .all = calloc(n + 1, sizeof(*c.all))};
	bool ok;

	*out = (struct choose_result){.go = calloc(n + 1, sizeof(*out->go))};
	ok = (c.all && out->go) || err_nomem(e);
	for (size_t i = 0; ok && i < n; i++) {
		const cJSON *rec = trial_log_at(log, i);

		ok = take(&c, rec, out, e);
		if (!ok && e->kind == ERR_INPUT)
			err_prefix(e, "trial %s", trial_id(rec));
	}
	if (ok && c.n > 0)
		qsort(c.all, c.n, sizeof(*c.all),
		      json_true(c.first, "minimize") ? by_score_up : by_score_down);
	ok = ok && divide(&c, out, e);
	set_release(&c.stay);
	free(c.all);
	return ok;
}

void choose_release(struct choose_result *r)
{
	free(r->go);
	*r = (struct choose_result){0};
}
