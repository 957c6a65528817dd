/*
 * Notation of the paper: eta_i = b0 + x_i b; for the binomial p_i = 1/(1 + exp(-eta_i)),
 * curvature v_i = w_i p_i (1 - p_i); for squared error v_i = w_i.  The residual kept is
 * r_i = v_i (z_i - eta_i), z the working response, so that at the point of expansion it
 * is the gradient w_i (y_i - p_i), and a step d of coordinate j makes it
 * r_i - v_i x_ij d.
 */
#include "learners/enet.h"

#include <math.h>
#include <stdlib.h>

#define ALPHA_MIN 0.02       /* in the largest lambda, which ridge regression does not have */
#define PASSES_MAX 20000     /* over all lambdas: a bound on time, not a rule to stop by */
#define PROBABILITY_MIN 1e-5 /* as in the paper: v is kept away from 0 */

static double sigmoid(double eta)
{
	return 1 / (1 + exp(-eta));
}

/* Expand around the current eta: set residual and curvature. */
static void expand(struct enet *m)
{
	for (size_t i = 0; i < m->x->rows; i++) {
		double p, v;

		if (!(m->w[i] > 0)) /* both stay 0 */
			continue;
		if (!m->binomial) {
			m->curvature[i] = m->w[i];
			m->residual[i] = m->w[i] * (m->y[i] - m->eta[i]);
			continue;
		}
		p = sigmoid(m->eta[i]);
		v = fmax(p * (1 - p), PROBABILITY_MIN);
		m->curvature[i] = m->w[i] * v;
		m->residual[i] = m->w[i] * (m->y[i] - p);
	}
	m->round++; /* the Hessians of the last expansion are no longer valid */
}

static double gradient(const struct enet *m, size_t j)
{
	const struct sparse *x = m->x;
	double g = 0;

	for (size_t k = x->start[j]; k < x->start[j + 1]; k++)
		g += (double)x->x[k] * m->residual[x->row[k]];
	return g;
}

static double hessian(struct enet *m, size_t j)
{
	const struct sparse *x = m->x;
	double h = 0;

	if (m->stamp[j] == m->round)
		return m->hessian[j];
	for (size_t k = x->start[j]; k < x->start[j + 1]; k++)
		h += (double)x->x[k] * (double)x->x[k] * m->curvature[x->row[k]];
	m->stamp[j] = m->round;
	return m->hessian[j] = h;
}

/* The best step of the intercept; returns what the loss gains, twice. */
static double step_intercept(struct enet *m)
{
	double g = 0, h = 0, d;

	if (m->no_intercept)
		return 0;
	for (size_t i = 0; i < m->x->rows; i++) {
		g += m->residual[i];
		h += m->curvature[i];
	}
	d = g / h;
	m->intercept += d;
	for (size_t i = 0; i < m->x->rows; i++)
		m->residual[i] -= m->curvature[i] * d;
	return h * d * d;
}

static double step_column(struct enet *m, size_t j)
{
	const struct sparse *x = m->x;
	double h = hessian(m, j), g, d, threshold = m->lambda * m->alpha * m->total;
	double old = m->beta[j], at;

	if (h <= 0)
		return 0;
	g = gradient(m, j) + h * old;
	at = fabs(g) - threshold;
	m->beta[j] =
		at <= 0 ? 0 : copysign(at, g) / (h + m->lambda * (1 - m->alpha) * m->total);
	if (!(d = m->beta[j] - old))
		return 0;
	for (size_t k = x->start[j]; k < x->start[j + 1]; k++)
		m->residual[x->row[k]] -= m->curvature[x->row[k]] * (double)x->x[k] * d;
	return h * d * d;
}

/* Passes over the columns that are let in, until none gains: first all of them, then those
 * that are not zero, then all again to make sure.  Returns the largest gain of all. */
static double descend(struct enet *m)
{
	double stop = m->tolerance * m->null_loss, largest = 0;
	bool all = true;

	while (m->passes++ < PASSES_MAX) {
		double gain = step_intercept(m);

		for (size_t i = 0; i < m->candidates; i++) {
			size_t j = m->candidate[i];

			if (all || m->beta[j] != 0)
				gain = fmax(gain, step_column(m, j));
		}
		largest = fmax(largest, gain);
		if (gain < stop && all)
			break;
		all = gain < stop;
	}
	return largest;
}

static void update_eta(struct enet *m)
{
	const struct sparse *x = m->x;

	for (size_t i = 0; i < x->rows; i++)
		m->eta[i] = m->intercept;
	for (size_t j = 0; j < x->cols; j++)
		for (size_t k = x->start[j]; m->beta[j] != 0 && k < x->start[j + 1]; k++)
			m->eta[x->row[k]] += (double)x->x[k] * m->beta[j];
}

static void let_in(struct enet *m, size_t j)
{
	m->is_candidate[j] = true;
	m->candidate[m->candidates++] = (uint32_t)j;
}

/* Let in the columns whose gradient is beyond the bound; were there any? */
static bool let_in_beyond(struct enet *m, double bound)
{
	size_t before = m->candidates;

	for (size_t j = 0; j < m->x->cols; j++)
		if (!m->is_candidate[j] && fabs(gradient(m, j)) > bound)
			let_in(m, j);
	return m->candidates > before;
}

static void solve_candidates(struct enet *m)
{
	for (long i = 0; i < m->newton_max && m->passes < PASSES_MAX; i++) {
		double gain = descend(m);

		update_eta(m);
		expand(m);
		if (!m->binomial || gain < m->tolerance * m->null_loss)
			break;
	}
}

void enet_solve(struct enet *m, double lambda)
{
	double strong = m->alpha * (2 * lambda - m->lambda) * m->total;

	expand(m);
	m->lambda = lambda;
	let_in_beyond(m, fmax(strong, 0));
	do
		solve_candidates(m);
	while (m->passes < PASSES_MAX && let_in_beyond(m, lambda * m->alpha * m->total));
}

double enet_lambda_max(struct enet *m)
{
	double largest = 0;

	expand(m);
	for (size_t j = 0; j < m->x->cols; j++)
		largest = fmax(largest, fabs(gradient(m, j)));
	return m->lambda = largest / m->total / fmax(m->alpha, ALPHA_MIN);
}

/* The constant model, and what it loses. */
static void start(struct enet *m)
{
	double sum = 0, square = 0, mean;

	m->total = 0;
	for (size_t i = 0; i < m->x->rows; i++) {
		m->total += m->w[i];
		sum += m->w[i] * m->y[i];
	}
	mean = sum / m->total;
	for (size_t i = 0; i < m->x->rows; i++)
		square += m->w[i] * (m->y[i] - mean) * (m->y[i] - mean);
	if (m->binomial) {
		mean = fmin(fmax(mean, PROBABILITY_MIN), 1 - PROBABILITY_MIN);
		m->intercept = log(mean / (1 - mean));
		m->null_loss = -m->total * (mean * log(mean) + (1 - mean) * log1p(-mean));
	} else {
		m->intercept = mean;
		m->null_loss = fmax(square / 2, 1e-300);
	}
	if (m->no_intercept)
		m->intercept = 0;
	m->lambda = INFINITY;
	update_eta(m);
}

bool enet_init(struct enet *m, struct err *e)
{
	size_t rows = m->x->rows, cols = m->x->cols ? m->x->cols : 1;

	m->beta = calloc(cols, sizeof *m->beta);
	m->eta = calloc(rows, sizeof *m->eta);
	m->residual = calloc(rows, sizeof *m->residual);
	m->curvature = calloc(rows, sizeof *m->curvature);
	m->hessian = calloc(cols, sizeof *m->hessian);
	m->stamp = calloc(cols, sizeof *m->stamp);
	m->candidate = calloc(cols, sizeof *m->candidate);
	m->is_candidate = calloc(cols, sizeof *m->is_candidate);
	m->round = 0;
	m->candidates = m->passes = 0;
	if (!m->beta || !m->eta || !m->residual || !m->curvature || !m->hessian || !m->stamp ||
	    !m->candidate || !m->is_candidate)
		return err_nomem(e);
	start(m);
	return true;
}

void enet_release(struct enet *m)
{
	free(m->is_candidate);
	free(m->candidate);
	free(m->stamp);
	free(m->hessian);
	free(m->curvature);
	free(m->residual);
	free(m->eta);
	free(m->beta);
}
