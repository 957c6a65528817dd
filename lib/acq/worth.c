/* acq_goals: see worth.h. */
#include "acq/worth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 64 /* settings predicted at once */

struct goals_worth {
	struct acq_goals g;
	struct acq_worth worth;
	size_t n, dx, S; /* processes without the cost's; coordinates; draws */

	double *x;    /* BLOCK by dx */
	double *mean; /* n by BLOCK by S */
	double *sd;   /* n by BLOCK */
	double *cost; /* BLOCK: mean; and as many sd */

	double *term;        /* S: logarithms of the draws' worth */
	double *dmean, *dsd; /* n by S: their derivatives */
	double *grad;        /* dx */
};

static const double *means(const struct goals_worth *w, size_t i, size_t at)
{
	return w->mean + (i * BLOCK + at) * w->S;
}

static double deviation(const struct goals_worth *w, size_t i, size_t at)
{
	return w->sd[i * BLOCK + at];
}

static double improvement(struct goals_worth *w, size_t s, size_t at, bool slopes)
{
	const struct acq_goals *g = &w->g;
	double mean[FRONT_MOST], sd[FRONT_MOST], dmean[FRONT_MOST], dsd[FRONT_MOST], value,
		slope, z;

	if (g->objectives == 1) {
		sd[0] = deviation(w, 0, at);
		z = (gp_best(g->gp[0], s) - means(w, 0, at)[s]) / sd[0];
		value = acq_log_h(z, &slope) + log(sd[0]);
		w->dmean[s] = -slope / sd[0];
		w->dsd[s] = (1 - slope * z) / sd[0];
		return value;
	}
	for (size_t k = 0; k < g->objectives; k++) {
		mean[k] = means(w, k, at)[s];
		sd[k] = deviation(w, k, at);
	}
	value = front_value(g->front[s], mean, sd, slopes ? dmean : NULL, dsd);
	for (size_t k = 0; slopes && k < g->objectives; k++) {
		w->dmean[k * w->S + s] = dmean[k];
		w->dsd[k * w->S + s] = dsd[k];
	}
	return value;
}

/* ln of the probability that constraint c is kept in draw s. */
static double kept(struct goals_worth *w, size_t c, size_t s, size_t at)
{
	size_t i = w->g.objectives + c;
	double sd = deviation(w, i, at), slope, z = (w->g.bound[c] - means(w, i, at)[s]) / sd,
	       value = acq_log_phi(z, &slope);

	w->dmean[i * w->S + s] = -slope / sd;
	w->dsd[i * w->S + s] = -slope * z / sd;
	return value;
}

/* ln of the mean over the draws; terms become their shares in it. */
static double average(double *term, size_t S)
{
	double top = -HUGE_VAL, sum = 0;

	for (size_t s = 0; s < S; s++)
		top = fmax(top, term[s]);
	for (size_t s = 0; s < S; s++)
		sum += term[s] = exp(term[s] - top);
	for (size_t s = 0; s < S; s++)
		term[s] /= sum;
	return top + log(sum / (double)S);
}

/* Worth of the at-th setting predicted; the shares of its draws stay in term. */
static double combine(struct goals_worth *w, size_t at, bool slopes)
{
	double value;

	for (size_t s = 0; s < w->S; s++) {
		w->term[s] = w->g.improves ? improvement(w, s, at, slopes) : 0;
		for (size_t c = 0; c < w->g.constraints; c++)
			w->term[s] += kept(w, c, s, at);
	}
	value = average(w->term, w->S);
	if (w->g.cost) {
		double mean, sd;

		gp_metric(w->g.cost, w->cost[at], w->cost[BLOCK + at], &mean, &sd);
		value -= mean;
	}
	return value;
}

static void widen(struct goals_worth *w, const double *x, size_t m)
{
	const struct acq_goals *g = &w->g;

	for (size_t i = 0; i < m; i++) {
		memcpy(w->x + i * w->dx, x + i * g->d, g->d * sizeof(*x));
		if (g->n_rest)
			memcpy(w->x + i * w->dx + g->d, g->rest, g->n_rest * sizeof(*x));
	}
}

static void values(void *ctx, const double *x, size_t m, double *value)
{
	struct goals_worth *w = ctx;

	for (size_t from = 0; from < m; from += BLOCK) {
		size_t b = m - from < BLOCK ? m - from : BLOCK;

		widen(w, x + from * w->g.d, b);
		for (size_t i = 0; i < w->n; i++)
			gp_predict(w->g.gp[i], w->x, b, w->mean + i * BLOCK * w->S,
				   w->sd + i * BLOCK);
		if (w->g.cost)
			gp_predict(w->g.cost, w->x, b, w->cost, w->cost + BLOCK);
		for (size_t i = 0; i < b; i++)
			value[from + i] = combine(w, i, false);
	}
}

/* Add the gradient of sum_s a_s mean_s + b sd of a process at w->x. */
static void add_gradient(struct goals_worth *w, struct gp *gp, const double *a, double b,
			 double *grad)
{
	gp_gradient(gp, a, b, w->grad);
	for (size_t j = 0; j < w->g.d; j++)
		grad[j] += w->grad[j];
}

static double slope_at(void *ctx, const double *x, double *grad)
{
	struct goals_worth *w = ctx;
	double value, per, rate;

	widen(w, x, 1);
	for (size_t i = 0; i < w->n; i++)
		gp_at(w->g.gp[i], w->x, w->mean + i * BLOCK * w->S, w->sd + i * BLOCK);
	if (w->g.cost)
		gp_at(w->g.cost, w->x, w->cost, w->cost + BLOCK);
	value = combine(w, 0, true);
	memset(grad, 0, w->g.d * sizeof(*grad));
	for (size_t i = w->g.improves ? 0 : w->g.objectives; i < w->n; i++) {
		double *a = w->dmean + i * w->S, b = 0;

		for (size_t s = 0; s < w->S; s++) {
			a[s] *= w->term[s];
			b += w->dsd[i * w->S + s] * w->term[s];
		}
		add_gradient(w, w->g.gp[i], a, b, grad);
	}
	if (w->g.cost) { /* the slope of the warping at the mean */
		gp_metric(w->g.cost, w->cost[0], 1e-6, &per, &rate);
		rate /= -1e-6;
		add_gradient(w, w->g.cost, &rate, 0, grad);
	}
	return value;
}

struct goals_worth *goals_worth_new(const struct acq_goals *g, struct err *e)
{
	struct goals_worth *w = calloc(1, sizeof(*w));

	if (!w) {
		err_nomem(e);
		return NULL;
	}
	w->g = *g;
	w->n = g->objectives + g->constraints;
	w->dx = g->d + g->n_rest;
	w->S = gp_means(g->gp[0]);
	w->worth = (struct acq_worth){values, slope_at, w, (double)w->n + (g->cost ? 1 : 0)};
	w->x = calloc(BLOCK * w->dx, sizeof(double));
	w->mean = calloc(w->n * BLOCK * w->S, sizeof(double));
	w->sd = calloc(w->n * BLOCK, sizeof(double));
	w->cost = calloc(2 * BLOCK, sizeof(double));
	w->term = calloc(w->S, sizeof(double));
	w->dmean = calloc(w->n * w->S, sizeof(double));
	w->dsd = calloc(w->n * w->S, sizeof(double));
	w->grad = calloc(w->dx, sizeof(double));
	if (w->x && w->mean && w->sd && w->cost && w->term && w->dmean && w->dsd && w->grad)
		return w;
	goals_worth_free(w);
	err_nomem(e);
	return NULL;
}

void goals_worth_free(struct goals_worth *w)
{
	if (!w)
		return;
	free(w->grad);
	free(w->dsd);
	free(w->dmean);
	free(w->term);
	free(w->cost);
	free(w->sd);
	free(w->mean);
	free(w->x);
	free(w);
}

const struct acq_worth *goals_worth_of(const struct goals_worth *w)
{
	return &w->worth;
}

double goals_worth_at(struct goals_worth *w, const double *x)
{
	double value;

	values(w, x, 1, &value);
	return value;
}

void goals_worth_predicted(const struct goals_worth *w, size_t i, double *mean, double *sd)
{
	const double *m = means(w, i, 0);
	double centre = 0, var = 0;

	for (size_t s = 0; s < w->S; s++)
		centre += m[s] / (double)w->S;
	for (size_t s = 0; s < w->S; s++)
		var += (m[s] - centre) * (m[s] - centre) / (double)w->S;
	*mean = centre;
	*sd = sqrt(w->sd[i * BLOCK] * w->sd[i * BLOCK] + var);
}

void goals_worth_cost(const struct goals_worth *w, double *mean, double *sd)
{
	gp_metric(w->g.cost, w->cost[0], w->cost[BLOCK], mean, sd);
}

double goals_worth_feasible(const struct goals_worth *w)
{
	double sum = 0;

	for (size_t s = 0; s < w->S; s++) {
		double p = 1;

		for (size_t c = 0; c < w->g.constraints; c++) {
			size_t i = w->g.objectives + c;
			double z = (w->g.bound[c] - means(w, i, 0)[s]) / deviation(w, i, 0);

			p *= 0.5 * erfc(-z * M_SQRT1_2);
		}
		sum += p;
	}
	return sum / (double)w->S;
}
