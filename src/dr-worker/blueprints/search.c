#include "blueprints/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/metrics.h"
#include "learners/split.h"

/* A setting with several candidates. */
struct axis {
	struct setting *setting;
	size_t at, best, step; /* numbers of candidates; the length of a step */
};

struct search {
	struct pipeline *line;
	struct axis *axis;
	size_t n_axes;
	uint32_t *row; /* those learned from, then those compared on */
	size_t n_learn, n_compare;
	double *y, *p;
	size_t *tried; /* points x n_axes */
	size_t points;
	double best; /* score of the best point, smaller is better */
};

static int by_value(const void *a, const void *b)
{
	const struct param_value *x = a, *y = b;

	if (x->word || y->word) /* words keep their order: they are equal to all else */
		return 0;
	return (x->number > y->number) - (x->number < y->number);
}

/* Where the default is among the candidates, or the middle. */
static size_t start_of(const struct setting *s)
{
	const struct param_value *d = &s->param->initial;

	for (size_t i = 0; i < s->n; i++)
		if (d->word ? s->candidate[i].word && !strcmp(s->candidate[i].word, d->word)
			    : !s->candidate[i].word && s->candidate[i].number == d->number)
			return i;
	return s->n / 2;
}

static bool set_axes(struct search *s, struct settings *settings, struct err *e)
{
	for (size_t i = 0; i < settings->n; i++)
		s->n_axes += settings->s[i].n > 1;
	if (!(s->axis = calloc(s->n_axes + 1, sizeof *s->axis)) ||
	    !(s->tried = calloc(SEARCH_POINTS * (s->n_axes + 1), sizeof *s->tried)))
		return err_nomem(e);
	for (size_t i = 0, k = 0; i < settings->n; i++) {
		struct setting *one = &settings->s[i];

		if (one->n < 2)
			continue;
		/* Sorting must be stable for words: they are few, and never mixed. */
		if (!one->candidate[0].word)
			qsort(one->candidate, one->n, sizeof *one->candidate, by_value);
		s->axis[k].setting = one;
		s->axis[k].at = s->axis[k].best = start_of(one);
		s->axis[k++].step = one->n / 4 ? one->n / 4 : 1;
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
	s->points++;
	return false;
}

/* Train where the axes are; *better: is it the best so far? */
static bool try(struct search *s, bool *better, struct err *e)
{
	const struct prepared *p = s->line->p;
	const struct metric *list[METRICS_MAX];
	size_t metrics = metrics_list(p->regression, list);
	double score[METRICS_MAX], loss = INFINITY;

	*better = false;
	if (s->points == SEARCH_POINTS || known(s))
		return true;
	for (size_t k = 0; k < s->n_axes; k++)
		s->axis[k].setting->value = s->axis[k].setting->candidate[s->axis[k].at];
	if (!pipeline_learn(s->line, s->row, s->n_learn, s->row + s->n_learn, s->n_compare,
			    s->p, NULL, e) ||
	    !metrics_score(p->regression, s->y, s->p, s->n_compare, score, e))
		return false;
	for (size_t i = 0; i < metrics; i++)
		if (list[i] == p->metric && isfinite(score[i]))
			loss = p->metric->ascending ? score[i] : -score[i];
	if (s->points == 1 || loss < s->best) {
		s->best = loss;
		*better = true;
		for (size_t k = 0; k < s->n_axes; k++)
			s->axis[k].best = s->axis[k].at;
	}
	return true;
}

static void back_to_best(struct search *s)
{
	for (size_t k = 0; k < s->n_axes; k++)
		s->axis[k].at = s->axis[k].best;
}

static bool try_all(struct search *s, struct err *e)
{
	size_t k = 0;
	bool better;

	for (size_t i = 0; i < s->n_axes; i++)
		s->axis[i].at = 0;
	while (k < s->n_axes) {
		if (!try(s, &better, e))
			return false;
		for (k = 0; k < s->n_axes; k++) { /* count on, the first axis fastest */
			if (++s->axis[k].at < s->axis[k].setting->n)
				break;
			s->axis[k].at = 0;
		}
	}
	return true;
}

/* One step each way along each axis, from the best point; *better: did one help? */
static bool explore(struct search *s, bool *better, struct err *e)
{
	*better = false;
	for (size_t k = 0; k < s->n_axes; k++) {
		struct axis *a = &s->axis[k];

		for (int up = 1; up >= 0; up--) {
			bool one;

			back_to_best(s);
			if (up ? a->at + a->step >= a->setting->n : a->at < a->step)
				continue;
			a->at = up ? a->at + a->step : a->at - a->step;
			if (!try(s, &one, e))
				return false;
			*better = *better || one;
		}
	}
	return true;
}

static bool pattern(struct search *s, struct err *e)
{
	bool better, finest = false;

	if (!try(s, &better, e))
		return false;
	for (;;) {
		if (!explore(s, &better, e))
			return false;
		if (s->points == SEARCH_POINTS || (!better && finest))
			return true;
		if (better)
			continue;
		finest = true;
		for (size_t k = 0; k < s->n_axes; k++) {
			finest = finest && s->axis[k].step == 1;
			s->axis[k].step = s->axis[k].step / 2 ? s->axis[k].step / 2 : 1;
		}
	}
}

static bool open_rows(struct search *s, const uint32_t *train, size_t n, struct err *e)
{
	struct pipeline *l = s->line;

	s->row = malloc((n ? n : 1) * sizeof *s->row);
	s->y = malloc((n ? n : 1) * sizeof *s->y);
	s->p = malloc((n ? n : 1) * sizeof *s->p);
	if (!s->row || !s->y || !s->p)
		return err_nomem(e);
	memcpy(s->row, train, n * sizeof *s->row);
	if (!split_rows(s->row, n, l->level, SEARCH_INNER_SHARE, l->seed, &s->n_learn, e))
		return false;
	s->n_compare = n - s->n_learn;
	for (size_t i = 0; i < s->n_compare; i++)
		s->y[i] = l->p->y[s->row[s->n_learn + i]];
	return pipeline_encode(l, s->row, s->n_learn, e);
}

bool search_run(struct pipeline *line, struct settings *settings, const uint32_t *train,
		size_t n, struct err *e)
{
	struct search s = {.line = line};
	double combinations = 1;
	bool ok = set_axes(&s, settings, e);

	for (size_t k = 0; ok && k < s.n_axes; k++)
		combinations *= (double)s.axis[k].setting->n;
	if (ok && s.n_axes) {
		ok = open_rows(&s, train, n, e) &&
		     (combinations > SEARCH_POINTS ? pattern(&s, e) : try_all(&s, e));
		for (size_t k = 0; k < s.n_axes; k++)
			s.axis[k].setting->value = s.axis[k].setting->candidate[s.axis[k].best];
	}
	free(s.p);
	free(s.y);
	free(s.row);
	free(s.tried);
	free(s.axis);
	return ok;
}
