#include "blueprints/walks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/metrics.h"
#include "data/mix.h"
#include "learners/split.h"

static int by_value(const void *a, const void *b)
{
	const struct param_value *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static bool same(const struct param_value *a, const struct param_value *b)
{
	return a->word ? b->word && !strcmp(a->word, b->word)
		       : !b->word && a->number == b->number;
}

/* Where the default is among the candidates, or the middle. */
static size_t start_of(const struct setting *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (same(&s->candidate[i], &s->param->initial))
			return i;
	return s->n / 2;
}

/* Leave out what is listed twice, and put numbers in order. */
static void arrange(struct setting *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		size_t k = 0;

		while (k < n && !same(&s->candidate[k], &s->candidate[i]))
			k++;
		if (k == n)
			s->candidate[n++] = s->candidate[i];
	}
	s->n = n;
	for (size_t i = 0; i < n; i++)
		if (s->candidate[i].word) /* words have no order, nor what they are with */
			return;
	qsort(s->candidate, n, sizeof *s->candidate, by_value);
}

static bool set_axes(struct search *s, struct settings *settings, struct err *e)
{
	if (!(s->axis = calloc(settings->n + 1, sizeof *s->axis)))
		return err_nomem(e);
	s->combinations = 1;
	for (size_t i = 0; i < settings->n; i++) {
		struct setting *one = &settings->s[i];

		arrange(one);
		if (one->n < 2)
			continue;
		s->axis[s->n_axes].setting = one;
		s->axis[s->n_axes].encodes = pipeline_encodes(s->line, one);
		s->axis[s->n_axes].at = s->axis[s->n_axes].best = start_of(one);
		s->axis[s->n_axes++].step = one->n / 4 ? one->n / 4 : 1;
		s->combinations *= (double)one->n;
	}
	return true;
}

/* Was the point where the axes are tried before?  If not, note it. */
static bool known(struct search *s)
{
	size_t i, k;

	for (i = 0; i < s->points; i++) {
		for (k = 0; k < s->n_axes; k++)
			if (s->tried[i * s->n_axes + k] != s->axis[k].at)
				break;
		if (k == s->n_axes)
			return true;
	}
	for (k = 0; k < s->n_axes; k++)
		s->tried[s->points * s->n_axes + k] = s->axis[k].at;
	return false;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

bool search_late(const struct search *s, size_t trained)
{
	const struct search_request *r = s->request;

	return r->time_limit > 0 && trained && trained % r->batch == 0 &&
	       now() - s->start_s >= r->time_limit;
}

bool search_over(const struct search *s)
{
	return s->points >= s->most || search_late(s, s->points);
}

/* Run the steps before the learner, unless they would make the same again. */
static bool encode(struct search *s, struct err *e)
{
	bool stale = s->n_encoded != s->n_now;

	for (size_t k = 0; k < s->n_axes; k++) {
		struct axis *a = &s->axis[k];

		stale = stale || (a->encodes && a->encoded != a->at);
		a->encoded = a->at;
	}
	s->n_encoded = s->n_now;
	return !stale || pipeline_encode(s->line, s->learn, s->n_now, e);
}

static bool learn(struct search *s, double *loss, struct err *e)
{
	const struct prepared *p = s->line->p;
	const struct metric *list[METRICS_MAX];
	size_t metrics = metrics_list(prepared_kind(p), list);
	double score[METRICS_MAX];

	*loss = INFINITY;
	if (!pipeline_learn(s->line, s->learn, s->n_now, s->row + s->n_learn, s->n_compare,
			    s->p, NULL, e)) {
		/* One that cannot be fitted (it diverges, say) is a bad one. */
		if (e->kind != ERR_REFUSED)
			return false;
		*e = (struct err){0};
		return true;
	}
	if (!metrics_score(prepared_kind(p), p->classes, s->y, s->p, s->n_compare, score, e))
		return false;
	for (size_t i = 0; i < metrics; i++)
		if (list[i] == p->metric && isfinite(score[i]))
			*loss = p->metric->ascending ? score[i] : -score[i];
	return true;
}

bool search_loss(struct search *s, double *loss, struct err *e)
{
	for (size_t k = 0; k < s->n_axes; k++)
		s->axis[k].setting->value = s->axis[k].setting->candidate[s->axis[k].at];
	return encode(s, e) && learn(s, loss, e);
}

bool search_try(struct search *s, bool *better, struct err *e)
{
	double loss;

	*better = false;
	if (search_over(s) || known(s))
		return true;
	if (!search_loss(s, &loss, e))
		return false;
	s->loss[s->points++] = loss;
	if (s->points == 1 || loss < s->best) {
		s->best = loss;
		*better = true;
		for (size_t k = 0; k < s->n_axes; k++)
			s->axis[k].best = s->axis[k].at;
	}
	return true;
}

void search_back_to_best(struct search *s)
{
	for (size_t k = 0; k < s->n_axes; k++)
		s->axis[k].at = s->axis[k].best;
}

static bool open_rows(struct search *s, const uint32_t *train, size_t n, struct err *e)
{
	struct pipeline *l = s->line;

	s->row = malloc((n ? n : 1) * sizeof *s->row);
	s->y = malloc((n ? n : 1) * sizeof *s->y);
	s->p = malloc((n ? n : 1) * prepared_outputs(l->p) * sizeof *s->p);
	if (!s->row || !s->y || !s->p)
		return err_nomem(e);
	memcpy(s->row, train, n * sizeof *s->row);
	if (!split_rows(s->row, n, l->level, SEARCH_INNER_SHARE,
			s->request->seed ? mix(l->seed, s->request->seed) : l->seed,
			&s->n_learn, e))
		return false;
	s->learn = s->row;
	s->n_now = s->n_learn;
	s->n_compare = n - s->n_learn;
	for (size_t i = 0; i < s->n_compare; i++)
		s->y[i] = l->p->y[s->row[s->n_learn + i]];
	return true;
}

static bool open_points(struct search *s, struct err *e)
{
	enum search_kind kind = s->request->kind;
	size_t want = s->request->iterations;
	bool all = !want && kind == SEARCH_EXHAUSTIVE;

	if (all && s->combinations > SEARCH_POINTS_MAX)
		return err_set(e, ERR_REFUSED,
			       "the lists have %.0f combinations; an exhaustive search tries "
			       "at most %d",
			       s->combinations, SEARCH_POINTS_MAX);
	s->most = all ? SEARCH_POINTS_MAX : want ? want : SEARCH_POINTS;
	s->most = (size_t)fmin((double)s->most, s->combinations);
	s->tried = calloc((s->most + 1) * s->n_axes, sizeof *s->tried);
	s->loss = calloc(s->most + 1, sizeof *s->loss);
	return (s->tried && s->loss) || err_nomem(e);
}

static bool walk(struct search *s, struct err *e)
{
	switch (s->request->kind) {
	case SEARCH_EXHAUSTIVE:
		return walks_exhaustive(s, e);
	case SEARCH_GREEDY:
		return walks_greedy(s, e);
	case SEARCH_PATTERN:
		return walks_pattern(s, e);
	case SEARCH_HALVING:
		return walks_halving(s, e);
	case SEARCH_PARZEN:
		return walks_parzen(s, e);
	case SEARCH_GAUSSIAN:
		return walks_gaussian(s, e);
	default:
		return s->combinations > (double)s->most ? walks_pattern(s, e)
							 : walks_exhaustive(s, e);
	}
}

bool search_run(struct pipeline *line, struct settings *settings,
		const struct search_request *request, const uint32_t *train, size_t n,
		struct err *e)
{
	struct search s = {.line = line, .request = request, .start_s = now()};
	bool ok = set_axes(&s, settings, e);

	if (ok && s.n_axes) {
		ok = open_points(&s, e) && open_rows(&s, train, n, e) && walk(&s, e);
		for (size_t k = 0; k < s.n_axes; k++)
			s.axis[k].setting->value = s.axis[k].setting->candidate[s.axis[k].best];
	}
	free(s.p);
	free(s.y);
	free(s.row);
	free(s.loss);
	free(s.tried);
	free(s.axis);
	return ok;
}
