/* trials: see trials.h. */
#include "tuner/trials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

#define LEARN_LEAST 0.85 /* share of the trials that the parameters are learnt from */
#define PATIENT 100      /* final trials, from which on it is worth to wait for others */

void trials_init(struct trials *t, const struct space *space, const char *model,
		 const struct goals *goals)
{
	*t = (struct trials){.space = space,
			     .goals = goals,
			     .largest = TRIALS_SAMPLE,
			     .model = model,
			     .d = space_dims(space)};
	t->seen.d = t->d;
}

double trials_sample(const struct trials *t, const struct known *k)
{
	return isnan(k->sample) ? t->largest : k->sample;
}

double trials_proposed_sample(const struct trials *t, double asked)
{
	return asked > 0 ? asked : t->largest;
}

static void known_free(struct known *k)
{
	if (!k)
		return;
	free(k->x);
	free(k);
}

void trials_release(struct trials *t)
{
	seen_release(&t->seen);
	for (size_t i = 0; i < t->n; i++)
		known_free(t->at[i]);
	free(t->at);
	free(t->only);
	free(t->partition);
	free(t->metric);
}

/* Where id stands or would stand. */
static size_t position(const struct trials *t, const char *id)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(t->at[mid]->id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct known *trials_find(const struct trials *t, const char *id)
{
	size_t i = position(t, id);

	return i < t->n && !strcmp(t->at[i]->id, id) ? t->at[i] : NULL;
}

bool trials_hold(const struct trials *t, const double *x, double sample)
{
	if (!seen_hold(&t->seen, x))
		return false;
	if (!t->sampled)
		return true;
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i]->exact && !memcmp(t->at[i]->snapped, x, t->d * sizeof(*x)) &&
		    trials_sample(t, t->at[i]) == trials_proposed_sample(t, sample))
			return true;
	return false;
}

/* The field of rec, where it has it, is that of all: *all, or it becomes that. */
static bool same(char **all, const cJSON *rec, const char *field, const char *hint,
		 struct err *e)
{
	const char *its = json_str(rec, field);

	if (its && *all && strcmp(its, *all) != 0)
		return err_set(e, ERR_INPUT,
			       "trial %s: its %s is '%.100s', that of others is '%.100s'%s",
			       trial_id(rec), field, its, *all, hint);
	return !its || *all || (*all = strdup(its)) || err_nomem(e);
}

/* Scores of different metrics or partitions, or of one that is to be less here and
 * more there, cannot be compared. */
static bool comparable(struct trials *t, const cJSON *rec, struct err *e)
{
	bool minimize = !cJSON_IsFalse(json_get(rec, "minimize"));

	if (!same(&t->metric, rec, "metric", "", e) ||
	    !same(&t->partition, rec, "partition", "", e))
		return false;
	if (t->directed && minimize != t->minimize)
		return err_set(e, ERR_INPUT,
			       "trial %s: its score is to be %s, that of others %s",
			       trial_id(rec), minimize ? "minimized" : "maximized",
			       minimize ? "maximized" : "minimized");
	t->directed = true;
	t->minimize = minimize;
	return true;
}

/* Does the space know a name of params?  *all: does it know every one? */
static bool known_names(const struct trials *t, const cJSON *params, bool *all)
{
	bool any = false;
	const cJSON *p;

	*all = true;
	cJSON_ArrayForEach (p, params) {
		size_t j = 0;

		while (j < t->d && strcmp(space_dim(t->space, j)->name, p->string) != 0)
			j++;
		any = any || j < t->d;
		*all = *all && j < t->d;
	}
	return any;
}

/* A whole number below 2^53, or -1. */
static double number_of(const cJSON *rec)
{
	double v = json_num(rec, "number", -1);

	return v >= 0 && v < 0x1p53 && v == floor(v) ? v : -1;
}

/*
 * The deviation of a mean over K folds as an estimate for other data, from that of the
 * folds: s sqrt(1/K + 1/(K - 1)), a fold being 1/(K - 1) of what is learnt from (Nadeau &
 * Bengio, "Inference for the generalization error", 2003, section 3).
 */
static double noise_of(const cJSON *rec)
{
	const cJSON *folds = json_get(rec, "folds"), *f;
	double n = 0, mean = 0, sum = 0;

	cJSON_ArrayForEach (f, folds) { /* Welford */
		double off = cJSON_IsNumber(f) ? f->valuedouble - mean : NAN;

		mean += off / ++n;
		sum += off * (cJSON_IsNumber(f) ? f->valuedouble - mean : NAN);
	}
	if (!cJSON_IsArray(folds) || n < 2 || !isfinite(sum))
		return NAN;
	return sqrt(sum / (n - 1) * (1 / n + 1 / (n - 1)));
}

/* Is rec a trial of the model and space?  If not it is counted as passed over, or it
 * cannot be told: false with e set. */
static bool belongs(struct trials *t, const cJSON *rec, struct err *e)
{
	const char *model = json_str(rec, "model");
	bool all;

	if (model && t->model && strcmp(model, t->model) != 0)
		t->other_model++;
	else if (!known_names(t, json_get(rec, "params"), &all))
		t->unknown++;
	else
		return t->model ||
		       same(&t->only, rec, "model",
			    t->earlier ? "; jq can select one" : "; --model says which to tune",
			    e);
	return false;
}

/* More than none and at most all, or NAN. */
static double sample_of(const cJSON *rec)
{
	double v = json_num(json_get(rec, "fidelity"), "sample_pct", NAN);

	return v > 0 && v <= 100 ? v : NAN;
}

/* NULL: out of memory. */
static struct known *known_new(const struct trials *t, const cJSON *rec, struct err *e)
{
	const cJSON *params = json_get(rec, "params");
	const char *source = json_str(rec, "source");
	size_t goals = t->goals ? goals_count(t->goals) : 0;
	struct known *k;
	bool all;

	known_names(t, params, &all);
	if (!(k = calloc(1, sizeof(*k))) ||
	    !(k->x = calloc(2 * (t->d + goals), sizeof(double)))) {
		known_free(k);
		err_nomem(e);
		return NULL;
	}
	k->snapped = k->x + t->d;
	k->quantity = k->snapped + t->d; /* and as much room again: judge */
	for (size_t i = 0; i < goals; i++)
		k->quantity[i] = NAN;
	k->sample = sample_of(rec);
	memcpy(k->id, trial_id(rec), sizeof(k->id));
	k->number = number_of(rec);
	k->expected = k->noise = NAN;
	if (source && !strcmp(source, "model"))
		k->expected = json_num(rec, "improvement", NAN);
	k->exact = space_encode(t->space, params, k->x) == SPACE_INSIDE && all;
	memcpy(k->snapped, k->x, t->d * sizeof(double));
	space_snap(t->space, k->snapped);
	k->score = NAN;
	return k;
}

static bool insert(struct trials *t, struct known *k, struct err *e)
{
	size_t i = position(t, k->id);

	if (t->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 64;
		struct known **more = realloc(t->at, cap * sizeof(struct known *));

		if (!more)
			return err_nomem(e);
		t->at = more;
		t->cap = cap;
	}
	if (k->exact && !seen_add(&t->seen, k->snapped))
		return err_nomem(e);
	memmove(t->at + i + 1, t->at + i, (t->n - i) * sizeof(*t->at));
	t->at[i] = k;
	t->n++;
	return true;
}

static double score_of(const struct trials *t, const cJSON *rec)
{
	double score = json_num(rec, "score", NAN);

	if (!isfinite(score))
		return NAN;
	return t->minimize ? score : -score;
}

static bool differ(double a, double b)
{
	return a != b && !(isnan(a) && isnan(b));
}

/* What the trial came to: its score, or the quantities of the goals, of which the first
 * stands for its score.  Did it differ before? */
static bool judge(const struct trials *t, struct known *k, const cJSON *rec, bool completed)
{
	size_t n = t->goals ? goals_count(t->goals) : 0;
	double score = completed ? score_of(t, rec) : NAN, *old = k->quantity, *now = old + n;
	bool changed = false;

	if (n && completed)
		goals_read(t->goals, rec, t->minimize, now);
	for (size_t i = 0; i < n; i++) {
		double v = completed ? now[i] : NAN;

		changed = changed || differ(v, old[i]);
		old[i] = v;
	}
	k->feasible = completed && (!n || goals_met(t->goals, old));
	if (n)
		score = old[0];
	changed = changed || differ(score, k->score);
	k->score = score;
	return changed;
}

bool trials_put(struct trials *t, const cJSON *rec, bool *changed, struct err *e)
{
	enum trial_state state = trial_state(rec, e);
	struct known *k, *new = NULL;
	bool other = false;

	if (state == TRIAL_NONE || !belongs(t, rec, e))
		return !e->kind;
	if (state == TRIAL_COMPLETED && !comparable(t, rec, e))
		return false;
	if (!(k = (struct known *)trials_find(t, trial_id(rec)))) {
		if (!(k = new = known_new(t, rec, e)))
			return false;
		if (!insert(t, new, e)) {
			known_free(new);
			return false;
		}
		t->sampled += !isnan(k->sample);
	}
	if (k->sample > t->largest) {
		t->largest = k->sample;
		other = true;
	}
	if (trial_is_final(state)) {
		t->scored -= !isnan(k->score);
		other = judge(t, k, rec, state == TRIAL_COMPLETED) || !k->final || other;
		t->scored += !isnan(k->score);
		t->final += !k->final;
		k->final = true;
		k->noise = isnan(k->score) ? NAN : noise_of(rec);
	}
	if (changed)
		*changed = *changed || other;
	return true;
}

static int by_number(const void *a, const void *b)
{
	const struct known *p = *(struct known *const *)a, *q = *(struct known *const *)b;

	if (p->number != q->number)
		return p->number < q->number ? -1 : 1;
	return strcmp(p->id, q->id);
}

const struct known **trials_in_order(const struct trials *t)
{
	const struct known **order = calloc(t->n + 1, sizeof(struct known *));
	size_t n = 0;

	for (size_t i = 0; order && i < t->n; i++)
		if (t->at[i]->final)
			order[n++] = t->at[i];
	if (order)
		qsort(order, n, sizeof(*order), by_number);
	return order;
}

static int by_id(const void *a, const void *b)
{
	const struct known *p = *(struct known *const *)a, *q = *(struct known *const *)b;

	return strcmp(p->id, q->id);
}

/* How many of n trials, in order, are looked at: see trials_to_learn. */
static size_t settled(const struct known *const *order, size_t n)
{
	size_t step = n / 20 > 1 ? n / 20 : 1, m = n - n % step, open = 0;

	while (open < m && order[open]->final)
		open++;
	while (m > open && (double)(m - step) >= LEARN_LEAST * (double)n)
		m -= step;
	return m;
}

const struct known **trials_to_learn(const struct trials *t, size_t *m)
{
	const struct known **order = calloc(t->n + 1, sizeof(struct known *));
	size_t n = 0, first, among = 0, all = 0;

	if (!order)
		return NULL;
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i]->final || t->final >= PATIENT)
			order[all++] = t->at[i];
	qsort(order, all, sizeof(*order), by_number);
	first = settled(order, all);
	for (size_t i = 0; i < first; i++)
		among += order[i]->final;
	if (among < (t->final + 1) / 2) /* most results came from later ones */
		first = all;
	for (size_t i = 0; i < first; i++)
		if (order[i]->final)
			order[n++] = order[i];
	qsort(order, n, sizeof(*order), by_id);
	*m = n;
	return order;
}

int trials_by_score(const void *a, const void *b)
{
	const struct known *p = *(struct known *const *)a, *q = *(struct known *const *)b;

	if (isnan(p->score) != isnan(q->score))
		return isnan(p->score) ? 1 : -1;
	if (p->score != q->score && !isnan(p->score))
		return p->score < q->score ? -1 : 1;
	return strcmp(p->id, q->id);
}
