/*
 * perceptron: layers of units, each a weighted sum and a bend, trained by gradients.
 *
 * Loss of a row: the squared error of one output, or the cross entropy of the classes:
 * one output (a log odds) for two of them, one each (softmax) for more.
 *
 * Method: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015;
 * Srivastava et al., "Dropout", JMLR 15, 2014, scaled while training; weights start
 * normal with variance 2 / inputs (relu) or 1 / inputs (tanh, outputs).  Linear algebra
 * in floats, by sgemm.
 */
#ifndef PERCEPTRON_H
#define PERCEPTRON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"
#include "rng/rng.h"

#define PERCEPTRON_OUTPUTS_MAX 256
#define PERCEPTRON_LAYERS_MAX 6 /* with that of the outputs */

struct perceptron {
	/* Of the caller, before perceptron_init. */
	size_t inputs, hidden, layers; /* hidden units a layer; hidden layers */
	size_t outputs;
	bool regression, tanh, sgd; /* else classes, relu, Adam */
	double dropout, learning_rate;
	size_t batch_max; /* rows at once */

	/* Private. */
	float *weight, *gradient, *first, *second; /* of all layers; moments of gradients */
	size_t n, steps;
	size_t at[PERCEPTRON_LAYERS_MAX + 1];       /* where each layer's weights start */
	float *unit[PERCEPTRON_LAYERS_MAX + 1];     /* batch x units of each layer */
	unsigned char *keep[PERCEPTRON_LAYERS_MAX]; /* of each hidden unit: not dropped? */
	float *rows;                                /* batch x inputs, to predict */
	float *delta, *delta_below;                 /* of the loss by the sums */
};

/* Draws the weights.  ERR_SYSTEM only. */
bool perceptron_init(struct perceptron *m, struct rng *rng, struct err *e);
void perceptron_release(struct perceptron *m);

/* One step down the loss of n rows (at most batch_max) of x; y: class or number. */
void perceptron_step(struct perceptron *m, const float *x, const double *y, size_t n,
		     struct rng *rng);

/* p: n times m->outputs; probabilities, or numbers.  Always batch_max rows are worked out,
 * since a product of another size may round in another way: a row is to get the same alone as
 * among others. */
void perceptron_predict(struct perceptron *m, const float *x, size_t n, double *p);

#endif
