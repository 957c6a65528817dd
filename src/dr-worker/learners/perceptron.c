#include "learners/perceptron.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "la/la.h"

#define MOMENT1 0.9
#define MOMENT2 0.999
#define EPSILON 1e-8

/* Units of layer l, 0 being the inputs and m->layers + 1 the outputs. */
static size_t units(const struct perceptron *m, size_t l)
{
	return !l ? m->inputs : l <= m->layers ? m->hidden : m->outputs;
}

/* Weights of the sums that lead to layer l, then their constants. */
static float *weights(float *all, const struct perceptron *m, size_t l)
{
	return all + m->at[l - 1];
}

static float *constants(float *all, const struct perceptron *m, size_t l)
{
	return weights(all, m, l) + units(m, l - 1) * units(m, l);
}

static bool allocate(struct perceptron *m, struct err *e)
{
	size_t widest = m->outputs > m->hidden ? m->outputs : m->hidden;

	for (size_t l = 1; l <= m->layers + 1; l++) {
		m->at[l - 1] = m->n;
		m->n += (units(m, l - 1) + 1) * units(m, l);
		m->unit[l] = malloc(m->batch_max * units(m, l) * sizeof *m->unit[l]);
		if (!m->unit[l])
			return err_nomem(e);
	}
	for (size_t l = 1; l <= m->layers; l++)
		if (!(m->keep[l] = malloc(m->batch_max * m->hidden)))
			return err_nomem(e);
	m->weight = calloc(m->n, sizeof *m->weight);
	m->gradient = calloc(m->n, sizeof *m->gradient);
	m->first = calloc(m->n, sizeof *m->first);
	m->second = calloc(m->n, sizeof *m->second);
	m->rows = calloc(m->batch_max * m->inputs, sizeof *m->rows);
	m->delta = malloc(m->batch_max * widest * sizeof *m->delta);
	m->delta_below = malloc(m->batch_max * widest * sizeof *m->delta_below);
	return (m->weight && m->gradient && m->first && m->second && m->rows && m->delta &&
		m->delta_below) ||
	       err_nomem(e);
}

bool perceptron_init(struct perceptron *m, struct rng *rng, struct err *e)
{
	m->n = m->steps = 0;
	if (!allocate(m, e))
		return false;
	for (size_t l = 1; l <= m->layers + 1; l++) {
		size_t in = units(m, l - 1), out = units(m, l);
		double bend = l <= m->layers && !m->tanh ? 2 : 1;
		float *w = weights(m->weight, m, l);

		for (size_t i = 0; i < in * out; i++)
			w[i] = (float)(sqrt(bend / (double)in) * rng_normal(rng));
	}
	return true;
}

void perceptron_release(struct perceptron *m)
{
	for (size_t l = 0; l <= PERCEPTRON_LAYERS_MAX; l++)
		free(m->unit[l]);
	for (size_t l = 0; l < PERCEPTRON_LAYERS_MAX; l++)
		free(m->keep[l]);
	free(m->rows);
	free(m->delta_below);
	free(m->delta);
	free(m->second);
	free(m->first);
	free(m->gradient);
	free(m->weight);
}

static void bend(const struct perceptron *m, float *u, size_t n)
{
	for (size_t i = 0; i < n; i++)
		u[i] = m->tanh ? tanhf(u[i]) : u[i] > 0 ? u[i] : 0;
}

static void drop(const struct perceptron *m, size_t l, size_t n, struct rng *rng)
{
	float scale = (float)(1 / (1 - m->dropout));

	for (size_t i = 0; i < n * m->hidden; i++) {
		m->keep[l][i] = rng_uniform(rng) >= m->dropout;
		m->unit[l][i] *= m->keep[l][i] ? scale : 0;
	}
}

/* Sums and bends up to the outputs; with rng, hidden units are dropped. */
static void forward(struct perceptron *m, const float *x, size_t n, struct rng *rng)
{
	for (size_t l = 1; l <= m->layers + 1; l++) {
		size_t in = units(m, l - 1), out = units(m, l);

		for (size_t i = 0; i < n; i++)
			memcpy(m->unit[l] + i * out, constants(m->weight, m, l),
			       out * sizeof(float));
		la_float_times((int)n, (int)out, (int)in, l > 1 ? m->unit[l - 1] : x, false,
			       weights(m->weight, m, l), false, 1, m->unit[l]);
		if (l > m->layers)
			break;
		bend(m, m->unit[l], n * out);
		if (rng && m->dropout > 0)
			drop(m, l, n, rng);
	}
}

/* The outputs of one row as probabilities, or as they are. */
static void outcome(const struct perceptron *m, const float *u, double *p)
{
	double most = (double)u[0], sum = 0;

	if (m->regression || m->outputs == 1) {
		p[0] = m->regression ? most : 1 / (1 + exp(-most));
		return;
	}
	for (size_t k = 1; k < m->outputs; k++)
		most = fmax(most, (double)u[k]);
	for (size_t k = 0; k < m->outputs; k++)
		sum += p[k] = exp((double)u[k] - most);
	for (size_t k = 0; k < m->outputs; k++)
		p[k] /= sum;
}

/* Derivative of the mean loss by the sums of the outputs: for all three losses it is
 * what was predicted less what was. */
static void start_delta(struct perceptron *m, const double *y, size_t n)
{
	double p[PERCEPTRON_OUTPUTS_MAX];

	for (size_t i = 0; i < n; i++) {
		outcome(m, m->unit[m->layers + 1] + i * m->outputs, p);
		for (size_t k = 0; k < m->outputs; k++) {
			double truth = m->outputs == 1 ? y[i] : y[i] == (double)k;

			m->delta[i * m->outputs + k] = (float)((p[k] - truth) / (double)n);
		}
	}
}

/* From the derivatives by the sums of layer l those by its weights. */
static void set_gradient(struct perceptron *m, const float *x, size_t l, size_t n)
{
	size_t in = units(m, l - 1), out = units(m, l);
	float *constant = constants(m->gradient, m, l);

	la_float_times((int)in, (int)out, (int)n, l > 1 ? m->unit[l - 1] : x, true, m->delta,
		       false, 0, weights(m->gradient, m, l));
	memset(constant, 0, out * sizeof *constant);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < out; k++)
			constant[k] += m->delta[i * out + k];
}

/* From the derivatives by the sums of layer l those by the sums of the layer below. */
static void descend(struct perceptron *m, size_t l, size_t n)
{
	size_t in = units(m, l - 1), out = units(m, l);
	const float *u = m->unit[l - 1];
	float *swap = m->delta, scale = (float)(1 / (1 - m->dropout));

	la_float_times((int)n, (int)in, (int)out, m->delta, false, weights(m->weight, m, l),
		       true, 0, m->delta_below);
	for (size_t i = 0; i < n * in; i++) {
		float kept = m->dropout > 0 ? (m->keep[l - 1][i] ? scale : 0) : 1;
		float value = kept > 0 ? u[i] / kept : 0; /* before others were dropped */
		float slope = m->tanh ? 1 - value * value : value > 0;

		m->delta_below[i] *= kept * slope;
	}
	m->delta = m->delta_below;
	m->delta_below = swap;
}

static void update(struct perceptron *m)
{
	double rate = m->learning_rate, t = (double)++m->steps;

	if (!m->sgd)
		rate *= sqrt(1 - pow(MOMENT2, t)) / (1 - pow(MOMENT1, t));
	for (size_t i = 0; i < m->n; i++) {
		float g = m->gradient[i];

		if (m->sgd) {
			m->first[i] = (float)MOMENT1 * m->first[i] + g;
			m->weight[i] -= (float)rate * m->first[i];
			continue;
		}
		m->first[i] += (float)(1 - MOMENT1) * (g - m->first[i]);
		m->second[i] += (float)(1 - MOMENT2) * (g * g - m->second[i]);
		m->weight[i] -=
			(float)rate * m->first[i] / (sqrtf(m->second[i]) + (float)EPSILON);
	}
}

void perceptron_step(struct perceptron *m, const float *x, const double *y, size_t n,
		     struct rng *rng)
{
	forward(m, x, n, rng);
	start_delta(m, y, n);
	for (size_t l = m->layers + 1; l; l--) {
		set_gradient(m, x, l, n);
		if (l > 1)
			descend(m, l, n);
	}
	update(m);
}

void perceptron_predict(struct perceptron *m, const float *x, size_t n, double *p)
{
	for (size_t at = 0; at < n; at += m->batch_max) {
		size_t some = n - at < m->batch_max ? n - at : m->batch_max;

		memcpy(m->rows, x + at * m->inputs, some * m->inputs * sizeof *x);
		forward(m, m->rows, m->batch_max, NULL);
		for (size_t i = 0; i < some; i++)
			outcome(m, m->unit[m->layers + 1] + i * m->outputs,
				p + (at + i) * m->outputs);
	}
}
