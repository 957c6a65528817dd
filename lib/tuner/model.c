/* model: the processes of what the trials gave.  See internal.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tuner/internal.h"

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
size_t model_choose(const struct trials *t, const struct known **order)
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

static bool is_cost(const struct tuner *t, size_t q)
{
	return t->o.goals && goals_cost(t->o.goals) && q == t->n_processes - 1;
}

static bool is_constraint(const struct tuner *t, size_t q)
{
	return t->o.goals && q >= goals_objectives(t->o.goals) && !is_cost(t, q);
}

/*
 * A trial without the quantity of a constraint breaks it: as badly as the worst that was
 * seen, or where none broke it by the spread of what was seen.
 */
static void fill_broken(double *y, size_t n)
{
	double least = HUGE_VAL, most = -HUGE_VAL, worst;

	for (size_t i = 0; i < n; i++) {
		least = fmin(least, y[i]); /* fmin and fmax pass over NAN */
		most = fmax(most, y[i]);
	}
	worst = most > 0 ? most : most > least ? most - least : 1;
	for (size_t i = 0; i < n; i++)
		if (isnan(y[i]))
			y[i] = isfinite(worst) ? worst : 1;
}

/* The coordinates of m trials as rows, and where y is not NULL quantity q of them; of a
 * cost only the trials that have it.  *n: how many. */
static bool table(const struct tuner *t, const struct known *const *k, size_t m, size_t q,
		  double **x, double **y, size_t *n)
{
	double *row = *x = calloc(m * t->dx + 1, sizeof(**x));

	if (y)
		*y = calloc(m + 1, sizeof(**y));
	if (!*x || (y && !*y))
		return false;
	*n = 0;
	for (size_t i = 0; i < m; i++) {
		double value = t->o.goals ? k[i]->quantity[q] : k[i]->score;

		if (y && is_cost(t, q) && isnan(value))
			continue;
		memcpy(row, k[i]->x, t->d * sizeof(*row));
		if (t->dx > t->d)
			row[t->d] = wanted_coordinate(trials_sample(&t->trials, k[i]));
		row += t->dx;
		if (y)
			(*y)[*n] = value;
		++*n;
	}
	if (y && is_constraint(t, q))
		fill_broken(*y, *n);
	return true;
}

/* Put the trials of earlier logs behind those of this run, for the process of its score:
 * *n points of *dx coordinates. */
static bool relate(struct tuner *t, size_t q, double **x, double **y, size_t *n, size_t *dx,
		   struct err *e)
{
	if (q > 0 || t->priors.n == 0)
		return true;
	if (t->dx > t->d)
		return err_set(e, ERR_INPUT,
			       "trials of several sample sizes do not go with an earlier log; "
			       "those of another size may be one");
	*dx += t->priors.n;
	return priors_extend(&t->priors, t->trials.metric, x, y, *n, n, e);
}

/* Learn the parameters of process q from m trials unless they were learnt from these. */
static bool learn_one(struct tuner *t, const struct known *const *from, size_t m, size_t q,
		      struct err *e)
{
	struct process *p = &t->process[q];
	size_t n, dx = t->dx;
	double *x = NULL, *y = NULL, keep = wanted_shape(t, from, m, q);
	bool good = true;

	if (!table(t, from, m, q, &x, &y, &n)) {
		good = err_nomem(e);
	} else if (!relate(t, q, &x, &y, &n, &dx, e)) {
		good = false;
	} else if (n && (n != p->n_learnt || dx != p->dx_learnt || keep != p->keep_learnt ||
			 memcmp(x, p->learnt_x, n * dx * sizeof(*x)) != 0 ||
			 memcmp(y, p->learnt_y, n * sizeof(*y)) != 0)) {
		p->n_learnt = 0;
		if ((good = gp_learn_data(&(struct gp_data){x, y, n, dx, t->category, keep},
					  p->hyper, e))) {
			p->keep_learnt = keep;
			free(p->learnt_x);
			free(p->learnt_y);
			p->learnt_x = x;
			p->learnt_y = y;
			p->n_learnt = n;
			p->dx_learnt = dx;
			x = y = NULL; /* kept */
		}
	}
	free(y);
	free(x);
	return good;
}

/* The parameters are not learnt anew with every trial but when those have changed that
 * they are learnt from, which is a function of the set of trials, as all is. */
static bool learn(struct tuner *t, struct err *e)
{
	size_t m = 0;
	const struct known **from = trials_to_learn(&t->trials, &m);
	bool good = from || err_nomem(e);

	for (size_t q = 0; good && q < t->n_processes; q++)
		good = learn_one(t, from, m, q, e);
	free(from);
	return good;
}

/* A cost that none of the first trials had is not known yet. */
static bool make(struct tuner *t, size_t q, struct err *e)
{
	struct process *p = &t->process[q];
	double *x = NULL, *y = NULL;
	size_t n, dx = t->dx;
	bool good;

	if (!table(t, t->rows, t->n_rows, q, &x, &y, &n)) {
		good = err_nomem(e);
	} else if ((good = relate(t, q, &x, &y, &n, &dx, e)) && n && p->n_learnt) {
		double keep = wanted_shape(t, t->rows, t->n_rows, q);

		good = (p->gp = gp_new_data(&(struct gp_data){x, y, n, dx, t->category, keep},
					    p->hyper, e));
		if (good && dx > t->dx)
			gp_relate(p->gp, t->trials.scored ? t->n_rows : 0, dx - t->dx);
	}
	free(y);
	free(x);
	return good;
}

void model_forget(struct tuner *t)
{
	wanted_release(t);
	for (size_t q = 0; t->process && q < t->n_processes; q++) {
		gp_free(t->process[q].gp);
		t->process[q].gp = NULL;
	}
	free(t->rows);
	free(t->tried);
	t->gp = NULL;
	t->rows = NULL;
	t->tried = NULL;
}

/* The sample size is a coordinate where a trial has another than is proposed. */
static size_t coordinates(const struct tuner *t)
{
	for (size_t i = 0; i < t->trials.n; i++)
		if (t->trials.at[i]->final && !wanted_at(t, t->trials.at[i]))
			return t->d + 1;
	return t->d;
}

bool model_fit(struct tuner *t, struct err *e)
{
	bool good;

	if (t->gp)
		return true;
	model_forget(t);
	t->dx = coordinates(t);
	t->category[t->d] = t->priors.n > 0; /* of the first log, or of the sample size */
	if (!learn(t, e))
		return false;
	if (!(t->rows = trials_in_order(&t->trials)))
		return err_nomem(e);
	t->n_rows = model_choose(&t->trials, t->rows);
	good = true;
	for (size_t q = 0; good && q < t->n_processes; q++)
		good = make(t, q, e);
	if (!good || !wanted_order(t, e))
		return false;
	t->gp = t->process[0].gp;
	return true;
}

static size_t draws(const struct tuner *t)
{
	size_t objectives = t->o.goals ? goals_objectives(t->o.goals) : 1;

	return objectives == 1 ? DRAWS : objectives == 2 ? DRAWS_TWO : DRAWS_MORE;
}

/* The p pending points x for all processes but that of the cost.  *same: they all draw as
 * many scores (rounding may keep one from it). */
static bool fantasise(struct tuner *t, const double *x, size_t p, uint64_t seed, bool *same,
		      struct err *e)
{
	*same = true;
	for (size_t q = 0; q < t->n_processes && !is_cost(t, q); q++) {
		if (!gp_fantasise(t->process[q].gp, x, p, p ? draws(t) : 1, seed + q, e))
			return false;
		*same = *same && gp_means(t->process[q].gp) == gp_means(t->gp);
	}
	return true;
}

bool model_pending(struct tuner *t, uint64_t seed, struct err *e)
{
	const struct known **open = calloc(tuner_open(t) + 1, sizeof(struct known *));
	size_t p = 0;
	double *x = NULL;
	bool good = false, same;

	for (size_t i = 0; open && i < t->trials.n; i++)
		if (!t->trials.at[i]->final)
			open[p++] = t->trials.at[i];
	if (open && table(t, open, p, 0, &x, NULL, &p))
		good = fantasise(t, x, p, seed, &same, e) &&
		       (same || fantasise(t, NULL, 0, seed, &same, e));
	else
		err_nomem(e);
	free(x);
	free(open);
	return good;
}
