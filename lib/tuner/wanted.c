/*
 * wanted: what counts as the best so far, and the worth of a setting where more than one
 * process has a say.  See internal.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "tuner/internal.h"
#include "tuner/view.h"

/* The reference point of a hypervolume lies this share of the front's extent beyond its worst
 * values (Ishibuchi et al., "How to specify a reference point in hypervolume calculation",
 * 2018, on why about so much). */
#define BEYOND 0.1

bool wanted_at(const struct tuner *t, const struct known *k)
{
	return trials_sample(&t->trials, k) ==
	       trials_proposed_sample(&t->trials, t->o.fidelity);
}

/* From one percent to all on a logarithmic scale: what twice as much costs and brings is
 * much the same anywhere on it. */
double wanted_coordinate(double percent)
{
	return log(fmax(percent, 1)) / log(100);
}

static size_t objectives(const struct tuner *t)
{
	return t->o.goals ? goals_objectives(t->o.goals) : 1;
}

static size_t constraints(const struct tuner *t)
{
	return t->o.goals ? goals_constraints(t->o.goals) : 0;
}

static struct gp *cost_of(const struct tuner *t)
{
	bool has = t->o.goals && goals_cost(t->o.goals);

	return has ? t->process[t->n_processes - 1].gp : NULL;
}

bool wanted_several(const struct tuner *t)
{
	return t->n_processes > 1 || t->dx > t->d;
}

/* ---- the order of what was tried ---- */

struct ranked {
	const struct known *k;
	int class;  /* 0: counts; 1: of another sample size; 2: breaks a constraint */
	double key; /* the less the better, within a class */
};

static int best_first(const void *a, const void *b)
{
	const struct ranked *p = a, *q = b;

	if (p->class != q->class)
		return p->class - q->class;
	if (p->key != q->key)
		return p->key < q->key ? -1 : 1;
	return strcmp(p->k->id, q->k->id);
}

static int class_of(const struct tuner *t, const struct known *k)
{
	return !k->feasible ? 2 : !wanted_at(t, k);
}

/* By how much a trial breaks the constraints, in units of the most that any does. */
static double breach(const struct tuner *t, const struct known *k, const double *most)
{
	size_t K = objectives(t);
	double sum = 0;

	for (size_t c = 0; c < constraints(t); c++) {
		double v = k->quantity[K + c];

		sum += isnan(v) ? 1 : v > 0 ? v / most[c] : 0;
	}
	return sum;
}

/* How many of a class dominate it: the front of several objectives has 0. */
static double dominated(const struct tuner *t, const struct ranked *r, size_t n, size_t i)
{
	double count = 0;

	for (size_t j = 0; j < n; j++)
		if (r[j].class == r[i].class &&
		    front_dominates(r[j].k->quantity, r[i].k->quantity, objectives(t)))
			count++;
	return count;
}

static void rank(const struct tuner *t, struct ranked *r, size_t n, double *most)
{
	size_t K = objectives(t);

	for (size_t c = 0; c < constraints(t); c++) {
		most[c] = 0;
		for (size_t i = 0; i < n; i++)
			most[c] = fmax(most[c], r[i].k->quantity[K + c]);
	}
	for (size_t i = 0; i < n; i++)
		r[i].key = r[i].class == 2 ? breach(t, r[i].k, most)
			   : K == 1        ? r[i].k->score
					   : dominated(t, r, n, i);
}

double wanted_shape(const struct tuner *t, const struct known *const *k, size_t m, size_t q)
{
	size_t K = objectives(t);
	double worst = -HUGE_VAL;

	if (q == K + constraints(t))
		return HUGE_VAL;
	if (K == 1 || q >= K)
		return worst;
	for (size_t i = 0; i < m; i++) {
		bool on_front = !isnan(k[i]->score) && class_of(t, k[i]) == 0;

		for (size_t j = 0; on_front && j < m; j++)
			on_front = isnan(k[j]->score) || class_of(t, k[j]) != 0 ||
				   !front_dominates(k[j]->quantity, k[i]->quantity, K);
		if (on_front)
			worst = fmax(worst, k[i]->quantity[q]);
	}
	return worst;
}

bool wanted_order(struct tuner *t, struct err *e)
{
	struct ranked *r = calloc(t->n_rows + 1, sizeof(*r));
	double *most = calloc(constraints(t) + 1, sizeof(*most));
	size_t n = 0;

	free(t->tried);
	if (!r || !most || !(t->tried = calloc(t->n_rows * t->d + 1, sizeof(double)))) {
		free(most);
		free(r);
		return err_nomem(e);
	}
	for (size_t i = 0; i < t->n_rows; i++)
		if (!isnan(t->rows[i]->score))
			r[n++] = (struct ranked){t->rows[i], class_of(t, t->rows[i]), 0};
	rank(t, r, n, most);
	qsort(r, n, sizeof(*r), best_first);
	for (size_t i = 0; i < n; i++)
		memcpy(t->tried + i * t->d, r[i].k->x, t->d * sizeof(double));
	t->n_tried = n;
	t->incumbent = n && r[0].class == 0;
	t->n_best = 0;
	while (objectives(t) > 1 && t->n_best < n && r[t->n_best].class == 0 &&
	       r[t->n_best].key == 0)
		t->n_best++;
	free(most);
	free(r);
	return true;
}

/* ---- what counts, in warped units ---- */

/* Outcomes that count, rows of K: of n_known observed trials in every draw, then of those
 * pending in one. */
struct outcomes {
	size_t K, n, n_known;
	double *v;
};

static void add_row(struct tuner *t, struct outcomes *o, size_t i)
{
	for (size_t k = 0; k < o->K; k++)
		o->v[o->n * o->K + k] = gp_score(t->process[k].gp, i);
	o->n++;
}

/* Of a trial that has only another sample size: what is predicted of it for that wanted. */
static void add_predicted(struct tuner *t, struct outcomes *o, size_t i, double *x,
			  double *mean)
{
	double sd;

	memcpy(x, t->rows[i]->x, t->d * sizeof(*x));
	x[t->d] = wanted_coordinate(trials_proposed_sample(&t->trials, t->o.fidelity));
	for (size_t k = 0; k < o->K; k++) {
		gp_predict(t->process[k].gp, x, 1, mean, &sd);
		o->v[o->n * o->K + k] = 0;
		for (size_t s = 0; s < gp_means(t->gp); s++)
			o->v[o->n * o->K + k] += mean[s] / (double)gp_means(t->gp);
	}
	o->n++;
}

static bool collect(struct tuner *t, struct outcomes *o, struct err *e)
{
	double *x = malloc((t->d + 1 + gp_means(t->gp)) * sizeof(*x));

	o->v = malloc((t->n_rows + gp_pending(t->gp) + 1) * o->K * sizeof(*o->v));
	if (!x || !o->v) {
		free(x);
		return err_nomem(e);
	}
	for (size_t i = 0; i < t->n_rows; i++)
		if (!isnan(t->rows[i]->score) && class_of(t, t->rows[i]) == 0)
			add_row(t, o, i);
	for (size_t i = 0; o->n_known == 0 && !t->incumbent && i < t->n_rows; i++)
		if (!isnan(t->rows[i]->score) && class_of(t, t->rows[i]) == 1)
			add_predicted(t, o, i, x, x + t->d + 1);
	o->n_known = o->n;
	free(x);
	return true;
}

/* The pending outcomes of draw s that count. */
static void add_drawn(struct tuner *t, struct outcomes *o, size_t s)
{
	size_t p = 0;

	o->n = o->n_known;
	for (size_t i = 0; i < t->trials.n; i++) {
		const struct known *k = t->trials.at[i];
		bool keeps = true;

		if (k->final || p == gp_pending(t->gp))
			continue;
		for (size_t c = 0; c < constraints(t); c++)
			keeps = keeps && gp_drawn(t->process[o->K + c].gp, s, p) <= t->bound[c];
		for (size_t q = 0; q < o->K && keeps && wanted_at(t, k); q++)
			o->v[o->n * o->K + q] = gp_drawn(t->process[q].gp, s, p);
		o->n += keeps && wanted_at(t, k);
		p++;
	}
}

/* Beyond the worst values of the front in each objective. */
static void reference(const struct outcomes *o, double *ref)
{
	double least[FRONT_MOST], most[FRONT_MOST];

	for (size_t k = 0; k < o->K; k++) {
		least[k] = HUGE_VAL;
		most[k] = -HUGE_VAL;
	}
	for (size_t i = 0; i < o->n_known; i++) {
		const double *p = o->v + i * o->K;
		bool on_front = true;

		for (size_t j = 0; on_front && j < o->n_known; j++)
			on_front = !front_dominates(o->v + j * o->K, p, o->K);
		for (size_t k = 0; on_front && k < o->K; k++) {
			least[k] = fmin(least[k], p[k]);
			most[k] = fmax(most[k], p[k]);
		}
	}
	for (size_t k = 0; k < o->K; k++)
		ref[k] = most[k] + BEYOND * (most[k] > least[k] ? most[k] - least[k] : 1);
}

static bool fronts(struct tuner *t, struct outcomes *o, struct err *e)
{
	double ref[FRONT_MOST];

	reference(o, ref);
	if (!(t->front = calloc(gp_means(t->gp), sizeof(struct front *))))
		return err_nomem(e);
	for (size_t s = 0; s < gp_means(t->gp); s++) {
		add_drawn(t, o, s);
		if (!(t->front[s] = front_new(o->v, o->n, o->K, ref)))
			return err_nomem(e);
		t->n_fronts++;
	}
	return true;
}

static void bests(struct tuner *t, struct outcomes *o)
{
	for (size_t s = 0; s < gp_means(t->gp); s++) {
		double best = HUGE_VAL;

		add_drawn(t, o, s);
		for (size_t i = 0; i < o->n; i++)
			best = fmin(best, o->v[i]);
		gp_set_best(t->gp, s, best);
	}
}

void wanted_release(struct tuner *t)
{
	goals_worth_free(t->worth);
	for (size_t s = 0; s < t->n_fronts; s++)
		front_free(t->front[s]);
	free(t->front);
	free(t->bound);
	free(t->gps);
	t->gps = NULL;
	t->worth = NULL;
	t->front = NULL;
	t->bound = NULL;
	t->n_fronts = 0;
}

/* The bound of each constraint is 0, as goals.h turns them. */
static bool bounds(struct tuner *t)
{
	size_t K = objectives(t), C = constraints(t);

	if (!(t->bound = calloc(C + 1, sizeof(double))) ||
	    !(t->gps = calloc(K + C, sizeof(struct gp *))))
		return false;
	for (size_t i = 0; i < K + C; i++)
		t->gps[i] = t->process[i].gp;
	for (size_t c = 0; c < C; c++)
		t->bound[c] = gp_bend(t->gps[K + c], 0);
	return true;
}

bool wanted_worth(struct tuner *t, struct err *e)
{
	struct outcomes o = {.K = objectives(t)};
	struct acq_goals g = {.d = t->d,
			      .n_rest = t->dx - t->d,
			      .rest = &t->rest,
			      .objectives = o.K,
			      .constraints = constraints(t)};
	bool good = false;

	wanted_release(t);
	if (!wanted_several(t))
		return true;
	t->rest = wanted_coordinate(trials_proposed_sample(&t->trials, t->o.fidelity));
	if (!bounds(t)) {
		err_nomem(e);
		goto out;
	}
	if (!collect(t, &o, e))
		goto out;
	g.improves = t->improves = o.n_known > 0;
	if (g.improves && o.K == 1)
		bests(t, &o);
	else if (g.improves && !fronts(t, &o, e))
		goto out;
	g.gp = t->gps;
	g.bound = t->bound;
	g.cost = cost_of(t);
	g.front = t->front;
	good = (t->worth = goals_worth_new(&g, e));
out:
	free(o.v);
	return good;
}

double wanted_value(struct tuner *t, const double *x)
{
	double mean[DRAWS], sd;

	if (t->worth)
		return goals_worth_at(t->worth, x);
	gp_predict(t->gp, x, 1, mean, &sd);
	return acq_value(t->gp, mean, sd, NULL, NULL);
}

bool wanted_in_units(const struct tuner *t)
{
	return objectives(t) == 1 && !cost_of(t) && (!constraints(t) || t->improves);
}

/* ---- what a proposal says ---- */

/* Mean and deviation over the draws together. */
static void predicted(struct tuner *t, size_t i, const double *x, double *mean, double *sd)
{
	double means[DRAWS], centre = 0, var = 0;
	size_t S = gp_means(t->gp);

	if (t->worth) {
		goals_worth_predicted(t->worth, i, mean, sd);
		return;
	}
	gp_predict(t->gp, x, 1, means, sd);
	for (size_t s = 0; s < S; s++)
		centre += means[s] / (double)S;
	for (size_t s = 0; s < S; s++)
		var += (means[s] - centre) * (means[s] - centre) / (double)S;
	*mean = centre;
	*sd = sqrt(*sd * *sd + var);
}

/* Objective i in units of the record. */
static bool add_objective(struct tuner *t, cJSON *to, size_t i, const double *x)
{
	double mean, sd;

	predicted(t, i, x, &mean, &sd);
	gp_metric(t->process[i].gp, mean, sd, &mean, &sd);
	if (t->o.goals)
		mean = goals_back(t->o.goals, i, t->trials.minimize, mean);
	else if (!t->trials.minimize)
		mean = -mean;
	return json_set_num(to, "mean", mean) && json_set_num(to, "sd", sd);
}

static bool add_each(struct tuner *t, cJSON *o, const double *x)
{
	for (size_t i = 0; i < objectives(t); i++) {
		cJSON *one = cJSON_CreateObject();

		if (!json_set(o, goals_text(t->o.goals, i), one) ||
		    !add_objective(t, one, i, x))
			return false;
	}
	return true;
}

static bool add_cost(struct tuner *t, cJSON *o)
{
	double mean, sd;

	goals_worth_cost(t->worth, &mean, &sd);
	return json_set_num(o, "cost", exp(mean));
}

bool wanted_predict(struct tuner *t, cJSON *rec, const double *x, struct err *e)
{
	double worth = wanted_value(t, x);
	cJSON *o = cJSON_CreateObject();

	if (!o || !json_set_num(rec, "acquisition", worth) ||
	    (wanted_in_units(t) &&
	     !json_set_num(rec, "improvement", exp(worth) * tuner_unit(t->gp))) ||
	    !(objectives(t) == 1 ? add_objective(t, o, 0, x) : add_each(t, o, x)) ||
	    (constraints(t) && !json_set_num(o, "feasible", goals_worth_feasible(t->worth))) ||
	    (cost_of(t) && !add_cost(t, o))) {
		cJSON_Delete(o);
		return err_nomem(e);
	}
	return json_set(rec, "predicted", o) || err_nomem(e);
}
