#include "ladder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv/grow.h"
#include "json/json.h"

struct entry {
	cJSON *params;
	char id[TRIAL_ID_LEN + 1];
	const cJSON *unfinished; /* of the log: to be handed on */
	bool over, climbed;
	double score; /* less is better; NAN: none */
};

struct rung {
	char *model;
	cJSON *fidelity;
	char *metric, *partition; /* of its scores; NULL: none yet */
	bool minimize;
	struct entry *entry;
	size_t n, cap, over;
};

struct ladder {
	struct ladder_options o;
	struct rung *rung;
	size_t rungs, cap;
	cJSON *settings; /* params that have not begun, an array */
	cJSON *seen;     /* the foot's ids of all of them, as names */
};

struct ladder *ladder_new(const struct ladder_options *o, struct err *e)
{
	struct ladder *l = calloc(1, sizeof(*l));

	if (l) {
		l->o = *o;
		l->settings = cJSON_CreateArray();
		l->seen = cJSON_CreateObject();
	}
	if (l && l->settings && l->seen)
		return l;
	ladder_free(l);
	err_nomem(e);
	return NULL;
}

void ladder_free(struct ladder *l)
{
	if (!l)
		return;
	for (size_t r = 0; r < l->rungs; r++) {
		struct rung *at = &l->rung[r];

		for (size_t i = 0; i < at->n; i++)
			cJSON_Delete(at->entry[i].params);
		free(at->entry);
		free(at->partition);
		free(at->metric);
		cJSON_Delete(at->fidelity);
		free(at->model);
	}
	free(l->rung);
	cJSON_Delete(l->seen);
	cJSON_Delete(l->settings);
	free(l);
}

bool ladder_add_rung(struct ladder *l, const char *model, cJSON *fidelity, struct err *e)
{
	struct rung *more = grow(l->rung, &l->cap, l->rungs + 1, sizeof(*more));
	char *name = strdup(model);

	if (more)
		l->rung = more;
	if (!more || !name || !fidelity) {
		free(name);
		cJSON_Delete(fidelity);
		return err_nomem(e);
	}
	l->rung[l->rungs++] = (struct rung){.model = name, .fidelity = fidelity};
	return true;
}

static bool id_on(const struct rung *r, const cJSON *params, char id[TRIAL_ID_LEN + 1],
		  struct err *e)
{
	return trial_address(params, r->model, r->fidelity, NULL, id, e);
}

bool ladder_add_setting(struct ladder *l, const cJSON *params, struct err *e)
{
	char id[TRIAL_ID_LEN + 1];
	cJSON *copy;

	if (!id_on(&l->rung[0], params, id, e))
		return false;
	if (cJSON_HasObjectItem(l->seen, id))
		return true;
	copy = cJSON_Duplicate(params, true);
	if (copy && cJSON_AddItemToArray(l->settings, copy))
		return cJSON_AddTrueToObject(l->seen, id) || err_nomem(e);
	cJSON_Delete(copy);
	return err_nomem(e);
}

/* ---- what is known ---- */

/* Scores of one rung are of one metric, partition and direction. */
static bool comparable(struct rung *r, const cJSON *rec, struct err *e)
{
	const char *metric = json_str(rec, "metric"), *partition = json_str(rec, "partition");
	bool minimize = !cJSON_IsFalse(json_get(rec, "minimize"));

	if (!metric || !partition)
		return err_set(e, ERR_INPUT, "trial %s: it does not say what its score is",
			       trial_id(rec));
	if (!r->metric) {
		r->minimize = minimize;
		r->partition = strdup(partition);
		r->metric = strdup(metric);
		return (r->metric && r->partition) || err_nomem(e);
	}
	if (strcmp(r->metric, metric) == 0 && strcmp(r->partition, partition) == 0 &&
	    r->minimize == minimize)
		return true;
	return err_set(e, ERR_INPUT,
		       "trial %s: its score is of %.100s on %.50s, that of others of %.100s on "
		       "%.50s",
		       trial_id(rec), metric, partition, r->metric, r->partition);
}

static bool judge(struct rung *r, struct entry *t, const cJSON *rec, struct err *e)
{
	enum trial_state state = trial_state(rec, e);
	double score = json_num(rec, "score", NAN);

	if (!trial_is_final(state))
		return true;
	t->score = NAN;
	if (state == TRIAL_COMPLETED && isfinite(score)) {
		if (!comparable(r, rec, e))
			return false;
		t->score = r->minimize ? score : -score;
	}
	r->over += !t->over;
	t->over = true;
	t->unfinished = NULL;
	return true;
}

static struct entry *add(struct rung *r, const cJSON *params, struct err *e)
{
	struct entry *more = grow(r->entry, &r->cap, r->n + 1, sizeof(*more));
	struct entry t = {.score = NAN};

	if (more)
		r->entry = more;
	if (!more || !(t.params = cJSON_Duplicate(params, true))) {
		err_nomem(e);
		return NULL;
	}
	if (!id_on(r, params, t.id, e)) {
		cJSON_Delete(t.params);
		return NULL;
	}
	r->entry[r->n] = t;
	return &r->entry[r->n++];
}

/* Add the trial of these params where the log has it; *found says so. */
static bool recall(struct rung *r, const struct trial_log *log, const cJSON *params,
		   bool *found, struct err *e)
{
	char id[TRIAL_ID_LEN + 1];
	const cJSON *last;
	struct entry *t;

	*found = false;
	if (!id_on(r, params, id, e))
		return false;
	if (!(last = trial_log_find(log, id)))
		return true;
	*found = true;
	if (!(t = add(r, params, e)))
		return false;
	t->unfinished = last;
	return judge(r, t, last, e);
}

bool ladder_replay(struct ladder *l, const struct trial_log *log, struct err *e)
{
	cJSON *left = cJSON_CreateArray(), *params;
	bool found, ok = left || err_nomem(e);

	while (ok && (params = cJSON_DetachItemFromArray(l->settings, 0))) {
		ok = recall(&l->rung[0], log, params, &found, e);
		if (found || !ok)
			cJSON_Delete(params);
		else
			cJSON_AddItemToArray(left, params);
	}
	cJSON_Delete(l->settings);
	l->settings = left;
	for (size_t r = 0; ok && r + 1 < l->rungs; r++)
		for (size_t i = 0; ok && i < l->rung[r].n; i++) {
			struct entry *t = &l->rung[r].entry[i];

			ok = recall(&l->rung[r + 1], log, t->params, &t->climbed, e);
		}
	return ok;
}

const cJSON *ladder_unfinished(struct ladder *l)
{
	for (size_t r = 0; r < l->rungs; r++)
		for (size_t i = 0; i < l->rung[r].n; i++) {
			const cJSON *rec = l->rung[r].entry[i].unfinished;

			l->rung[r].entry[i].unfinished = NULL;
			if (rec)
				return rec;
		}
	return NULL;
}

bool ladder_tell(struct ladder *l, const cJSON *rec, bool *ours, struct err *e)
{
	*ours = false;
	for (size_t r = 0; r < l->rungs; r++)
		for (size_t i = 0; i < l->rung[r].n; i++) {
			struct entry *t = &l->rung[r].entry[i];

			if (strcmp(t->id, trial_id(rec)) != 0)
				continue;
			*ours = true;
			return judge(&l->rung[r], t, rec, e);
		}
	return true;
}

/* ---- what is next ---- */

/* How many of the rung are better than this one; the first of equals is. */
static size_t rank(const struct rung *r, const struct entry *t)
{
	size_t better = 0;

	for (const struct entry *o = r->entry; o < r->entry + r->n; o++)
		better += o->score < t->score || (o->score == t->score && o < t);
	return better;
}

/* The best that has not climbed, of the first `quota` of the rung; or NULL. */
static struct entry *climber(struct rung *r, size_t quota)
{
	struct entry *best = NULL;

	for (struct entry *t = r->entry; t < r->entry + r->n; t++)
		if (!isnan(t->score) && !t->climbed && rank(r, t) < quota &&
		    (!best || t->score < best->score))
			best = t;
	return best;
}

static cJSON *begin(struct rung *r, const cJSON *params, struct err *e)
{
	return add(r, params, e) ? trial_new("halve", params, r->model, r->fidelity, NULL, e)
				 : NULL;
}

static cJSON *climb(struct ladder *l, size_t from, struct entry *t, struct err *e)
{
	t->climbed = true;
	return begin(&l->rung[from + 1], t->params, e);
}

static cJSON *begin_setting(struct ladder *l, struct err *e)
{
	cJSON *params = cJSON_DetachItemFromArray(l->settings, 0);
	cJSON *rec = begin(&l->rung[0], params, e);

	cJSON_Delete(params);
	return rec;
}

static size_t share(const struct ladder *l, size_t n)
{
	return (size_t)floor((double)n / l->o.share + 1e-9);
}

static cJSON *ask_async(struct ladder *l, struct err *e)
{
	struct entry *t;

	for (size_t r = l->rungs - 1; r-- > 0;)
		if ((t = climber(&l->rung[r], share(l, l->rung[r].over))))
			return climb(l, r, t, e);
	if (l->settings->child)
		return begin_setting(l, e);
	/* So few that no share of them is one. */
	for (size_t r = 0; r + 1 < l->rungs && ladder_open(l) == 0; r++)
		if (l->rung[r + 1].n == 0 && (t = climber(&l->rung[r], 1)))
			return climb(l, r, t, e);
	return NULL;
}

static cJSON *ask_in_turn(struct ladder *l, struct err *e)
{
	if (l->settings->child)
		return begin_setting(l, e);
	for (size_t r = 0; r + 1 < l->rungs; r++) {
		struct rung *at = &l->rung[r];
		size_t quota = share(l, at->n);
		struct entry *t;

		if (at->over < at->n)
			return NULL;
		if ((t = climber(at, quota ? quota : 1)))
			return climb(l, r, t, e);
	}
	return NULL;
}

cJSON *ladder_ask(struct ladder *l, struct err *e)
{
	return l->o.async ? ask_async(l, e) : ask_in_turn(l, e);
}

size_t ladder_open(const struct ladder *l)
{
	size_t open = 0;

	for (size_t r = 0; r < l->rungs; r++)
		open += l->rung[r].n - l->rung[r].over;
	return open;
}

size_t ladder_done(const struct ladder *l, size_t rung)
{
	return l->rung[rung].over;
}

size_t ladder_rungs(const struct ladder *l)
{
	return l->rungs;
}

bool ladder_complete(const struct ladder *l)
{
	return !l->settings->child && l->rung[l->rungs - 1].over > 0;
}
