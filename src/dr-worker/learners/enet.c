/*
 * Notation of the paper: eta_i = b0 + x_i b; for the binomial p_i = 1/(1 + exp(-eta_i)),
 * curvature v_i = w_i p_i (1 - p_i); for squared error v_i = w_i.  The residual is
 * r_i = v_i (z_i - eta_i), z the working response, so that at the point of expansion it
 * is the gradient w_i (y_i - p_i), and a step d of coordinate j makes it
 * r_i - v_i x_ij d.  Steps of the intercept, which would change all of them, add up to a
 * shift s: what is kept is r_i + v_i s, and x_j r is had from x_j (r + v s) and x_j v.
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
	m->shift = m->residuals = m->curvatures = 0;
	for (size_t i = 0; i < m->x->rows; i++) {
		double p, v;

		if (!(m->w[i] > 0)) /* both stay 0 */
			continue;
		if (m->binomial) {
			p = sigmoid(m->eta[i] + (m->offset ? m->offset[i] : 0));
			v = fmax(p * (1 - p), PROBABILITY_MIN);
			m->curvature[i] = m->w[i] * v;
			m->residual[i] = m->w[i] * (m->y[i] - p);
		} else {
			m->curvature[i] = m->w[i];
			m->residual[i] = m->w[i] * (m->y[i] - m->eta[i]);
		}
		m->residuals += m->residual[i];
		m->curvatures += m->curvature[i];
	}
	if (m->binomial || !m->round)
		m->round++; /* what depends on the curvature is no longer valid */
}

/* x_j r: four sums, so that each addition need not wait for the one before. */
static double slope(const struct enet *m, size_t j)
{
	const double *r = m->residual;
	size_t k = m->x->start[j], end = m->x->start[j + 1];
	const uint32_t *row = m->x->row;
	const float *x = m->x->x;
	double a = 0, b = 0, c = 0, d = 0;

	for (; k + 4 <= end; k += 4) {
		a += (double)x[k] * r[row[k]];
		b += (double)x[k + 1] * r[row[k + 1]];
		c += (double)x[k + 2] * r[row[k + 2]];
		d += (double)x[k + 3] * r[row[k + 3]];
	}
	for (; k < end; k++)
		a += (double)x[k] * r[row[k]];
	return (a + b) + (c + d);
}

/* x_j v x_j and x_j v. */
static void curve(struct enet *m, size_t j)
{
	const struct sparse *x = m->x;
	double square = 0, sum = 0;

	if (m->stamp[j] == m->round)
		return;
	for (size_t k = x->start[j]; k < x->start[j + 1]; k++) {
		double xv = (double)x->x[k] * m->curvature[x->row[k]];

		sum += xv;
		square += xv * (double)x->x[k];
	}
	m->stamp[j] = m->round;
	m->hessian[j] = square;
	m->mixed[j] = sum;
}

/* The best step of the intercept; returns what the loss gains, twice. */
static double step_intercept(struct enet *m)
{
	double d;

	if (m->no_intercept)
		return 0;
	d = m->residuals / m->curvatures - m->shift;
	m->intercept += d;
	m->shift += d;
	return m->curvatures * d * d;
}

/* Make the residual what the intercept's steps have left of it. */
static void settle(struct enet *m)
{
	for (size_t i = 0; m->shift != 0 && i < m->x->rows; i++)
		m->residual[i] -= m->curvature[i] * m->shift;
	m->residuals -= m->curvatures * m->shift;
	m->shift = 0;
}

static double step_column(struct enet *m, size_t j)
{
	const struct sparse *x = m->x;
	double g = slope(m, j), h, d, threshold = m->lambda * m->alpha * m->total;
	double old = m->beta[j], at;

	if (old == 0 && fabs(g) <= threshold) /* most of them; and the shift is 0 */
		return 0;
	curve(m, j);
	if ((h = m->hessian[j]) <= 0)
		return 0;
	g += h * old - m->shift * m->mixed[j];
	at = fabs(g) - threshold;
	m->beta[j] =
		at <= 0 ? 0 : copysign(at, g) / (h + m->lambda * (1 - m->alpha) * m->total);
	if (!(d = m->beta[j] - old))
		return 0;
	for (size_t k = x->start[j]; k < x->start[j + 1]; k++)
		m->residual[x->row[k]] -= m->curvature[x->row[k]] * (double)x->x[k] * d;
	m->residuals -= m->mixed[j] * d;
	return h * d * d;
}

/* A pass over the columns that are let in, or those of them that are not zero; returns the
 * largest gain. */
static double pass(struct enet *m, bool all)
{
	double gain = step_intercept(m);

	if (all)
		settle(m);
	for (size_t i = 0; i < m->candidates; i++)
		if (all || m->beta[m->candidate[i]] != 0)
			gain = fmax(gain, step_column(m, m->candidate[i]));
	m->passes++;
	return gain;
}

static void update_eta(struct enet *m)
{
	const struct sparse *x = m->x;

	for (size_t i = 0; i < x->rows; i++)
		m->eta[i] = m->intercept;
	for (size_t i = 0; i < m->candidates; i++) {
		size_t j = m->candidate[i];

		for (size_t k = x->start[j]; m->beta[j] != 0 && k < x->start[j + 1]; k++)
			m->eta[x->row[k]] += (double)x->x[k] * m->beta[j];
	}
}

/* One pass over all that are let in, then over those that are not zero until none gains, then
 * a new expansion; until the first pass gains nothing. */
static void solve_candidates(struct enet *m)
{
	double stop = m->tolerance * m->null_loss, first, gain;

	for (long i = 0; (!m->binomial || i < m->newton_max) && m->passes < PASSES_MAX; i++) {
		gain = first = pass(m, true);
		while (gain >= stop && m->passes < PASSES_MAX)
			gain = pass(m, false);
		update_eta(m);
		expand(m);
		if (first < stop)
			break;
	}
}

/* The gradients of the columns that are not let in. */
static void look(struct enet *m)
{
	for (size_t j = 0; j < m->x->cols; j++)
		if (!m->is_candidate[j])
			m->gradient[j] = fabs(slope(m, j));
}

/* Let in the columns whose gradient is beyond the bound; were there any? */
static bool let_in_beyond(struct enet *m, double bound)
{
	size_t before = m->candidates;

	for (size_t j = 0; j < m->x->cols; j++)
		if (!m->is_candidate[j] && m->gradient[j] > bound) {
			m->is_candidate[j] = true;
			m->candidate[m->candidates++] = (uint32_t)j;
		}
	return m->candidates > before;
}

void enet_solve(struct enet *m, double lambda)
{
	double strong = m->alpha * (2 * lambda - m->lambda) * m->total;

	m->lambda = lambda;
	let_in_beyond(m, fmax(strong, 0));
	do {
		solve_candidates(m);
		look(m);
	} while (m->passes < PASSES_MAX && let_in_beyond(m, lambda * m->alpha * m->total));
}

void enet_offset_moved(struct enet *m)
{
	expand(m);
	look(m);
}

double enet_lambda_max(struct enet *m)
{
	double largest = 0;

	for (size_t j = 0; j < m->x->cols; j++)
		largest = fmax(largest, m->gradient[j]);
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
	expand(m);
	look(m);
}

bool enet_init(struct enet *m, struct err *e)
{
	size_t rows = m->x->rows, cols = m->x->cols ? m->x->cols : 1;

	m->beta = calloc(cols, sizeof *m->beta);
	m->eta = calloc(rows, sizeof *m->eta);
	m->residual = calloc(rows, sizeof *m->residual);
	m->curvature = calloc(rows, sizeof *m->curvature);
	m->gradient = calloc(cols, sizeof *m->gradient);
	m->hessian = calloc(cols, sizeof *m->hessian);
	m->mixed = calloc(cols, sizeof *m->mixed);
	m->stamp = calloc(cols, sizeof *m->stamp);
	m->candidate = calloc(cols, sizeof *m->candidate);
	m->is_candidate = calloc(cols, sizeof *m->is_candidate);
	m->round = 0;
	m->candidates = m->passes = 0;
	if (!m->beta || !m->eta || !m->residual || !m->curvature || !m->gradient ||
	    !m->hessian || !m->mixed || !m->stamp || !m->candidate || !m->is_candidate)
		return err_nomem(e);
	start(m);
	return true;
}

void enet_release(struct enet *m)
{
	free(m->is_candidate);
	free(m->candidate);
	free(m->stamp);
	free(m->mixed);
	free(m->hessian);
	free(m->gradient);
	free(m->curvature);
	free(m->residual);
	free(m->eta);
	free(m->beta);
}
