#include "learners/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/mix.h"
#include "learners/design.h"
#include "learners/perceptron.h"
#include "learners/split.h"

static const char *const activations[] = {"relu", "tanh", NULL};
static const char *const optimizers[] = {"adam", "sgd", NULL};

#define REAL(low, high) .real = {true, low, high}
#define WHOLE(low, high) .integer = {true, low, high}
#define DEFAULT(v) .initial = {NULL, v}

#define PARAMS(dropout)                                                                        \
	{                                                                                      \
		{"activation", .options = activations, .grid = true, .initial = {"relu", 0},   \
		 .help = "the bend behind each sum"},                                          \
			{"batch_size", WHOLE(8, 4096), .grid = true, DEFAULT(128),             \
			 .help = "rows a step"},                                               \
			{"dropout_proba", REAL(0, 0.9), .grid = true, DEFAULT(dropout),        \
			 .help = "share of the hidden units left out of each step"},           \
			{"learning_rate", REAL(0.00001, 1), .grid = true, DEFAULT(0.003),      \
			 .help = "length of a step"},                                          \
			{"n_hidden_units", WHOLE(4, 512), .grid = true, DEFAULT(64),           \
			 .help = "units of each hidden layer"},                                \
			{"n_iter", WHOLE(1, 1000), .grid = true, DEFAULT(60),                  \
			 .help = "most passes over the training rows"},                        \
			{"n_layers", WHOLE(1, 5), .grid = true, DEFAULT(1),                    \
			 .help = "hidden layers"},                                             \
			{"optimizer", .options = optimizers, .grid = true,                     \
			 .initial = {"adam", 0},                                               \
			 .help = "adam scales each weight's steps by its gradients; sgd "      \
				 "does not"},                                                  \
			{"random_state", WHOLE(0, 1000000000), .grid = true, DEFAULT(1234),    \
			 .help = "what is drawn: weights, order of rows, units left out, "     \
				 "rows watched"},                                              \
	}

/* Numbers suffer more from what is left out than classes do. */
static const struct param class_params[] = PARAMS(0.3);
static const struct param number_params[] = PARAMS(0.1);

static const struct task_link links[] = {
	{"Adam: A Method for Stochastic Optimization", "https://arxiv.org/abs/1412.6980"},
	{"Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
	 "https://www.jmlr.org/papers/v15/srivastava14a.html"},
	{NULL, NULL},
};

#define DESCRIPTION                                                                            \
	"Layers of units, each a bent weighted sum of those below it. 15 % of the training "   \
	"rows are watched instead of learned from; the weights at their lowest loss are kept."

const struct task network_classifier = {
	.name = "Neural Network Classifier",
	.title = "Neural network",
	.description = DESCRIPTION,
	TASK_PARAMS(class_params),
	.links = links,
};

const struct task network_regressor = {
	.name = "Neural Network Regressor",
	.title = "Neural network",
	.description = DESCRIPTION,
	TASK_PARAMS(number_params),
	.links = links,
};

struct rows {
	uint32_t *row;
	float *x;
	double *y;
	size_t n;
};

struct training {
	const struct learner_input *in;
	struct rows learn, watch;
	uint32_t *row;   /* of both, and what learn and watch point into */
	uint32_t *order; /* of the rows that are learned from */
	float *batch_x;
	double *batch_y, *p; /* of a batch; of the rows watched */
	double mean, sd;     /* of a number as target; else 0 and 1 */
	struct perceptron net;
	float *best; /* weights */
	struct rng rng;
};

static bool open_part(struct rows *r, const struct training *t, struct err *e)
{
	const struct learner_input *in = t->in;

	if (!(r->x = design_dense(in, r->row, r->n, e)))
		return false;
	if (!(r->y = malloc((r->n + 1) * sizeof *r->y)))
		return err_nomem(e);
	for (size_t i = 0; i < r->n; i++)
		r->y[i] = (in->y[r->row[i]] - t->mean) / t->sd;
	return true;
}

static void standardise(struct training *t)
{
	const struct learner_input *in = t->in;
	double n = (double)in->n_train, square = 0;

	t->sd = 1;
	if (!in->regression)
		return;
	for (size_t i = 0; i < in->n_train; i++)
		t->mean += in->y[in->train[i]] / n;
	for (size_t i = 0; i < in->n_train; i++)
		square += (in->y[in->train[i]] - t->mean) * (in->y[in->train[i]] - t->mean) / n;
	t->sd = square > 0 ? sqrt(square) : 1;
}

static bool open_rows(struct training *t, uint64_t seed, struct err *e)
{
	const struct learner_input *in = t->in;
	size_t stay;

	if (!(t->row = malloc((in->n_train + 1) * sizeof *t->row)))
		return err_nomem(e);
	memcpy(t->row, in->train, in->n_train * sizeof *t->row);
	if (!split_rows(t->row, in->n_train, in->level, NETWORK_INNER_SHARE, seed, &stay, e))
		return false;
	standardise(t);
	t->learn.row = t->row;
	t->learn.n = stay;
	t->watch.row = t->row + stay;
	t->watch.n = in->n_train - stay;
	return open_part(&t->learn, t, e) && open_part(&t->watch, t, e);
}

static bool open_net(struct training *t, struct err *e)
{
	const struct params *p = &t->in->params;
	size_t cols = t->in->sparse->cols + t->in->x->cols;
	size_t batch = (size_t)params_number(p, "batch_size");

	t->net = (struct perceptron){
		.inputs = cols,
		.hidden = (size_t)params_number(p, "n_hidden_units"),
		.layers = (size_t)params_number(p, "n_layers"),
		.outputs = t->in->classes > 2 ? t->in->classes : 1,
		.regression = t->in->regression,
		.tanh = params_is(p, "activation", "tanh"),
		.sgd = params_is(p, "optimizer", "sgd"),
		.dropout = params_number(p, "dropout_proba"),
		.learning_rate = params_number(p, "learning_rate"),
		.batch_max = batch,
	};
	t->order = malloc((t->learn.n + 1) * sizeof *t->order);
	t->batch_x = malloc(batch * cols * sizeof *t->batch_x);
	t->batch_y = malloc(batch * sizeof *t->batch_y);
	t->p = malloc((t->watch.n + 1) * t->net.outputs * sizeof *t->p);
	if (!t->order || !t->batch_x || !t->batch_y || !t->p)
		return err_nomem(e);
	for (size_t i = 0; i < t->learn.n; i++)
		t->order[i] = (uint32_t)i;
	return perceptron_init(&t->net, &t->rng, e) &&
	       ((t->best = malloc(t->net.n * sizeof *t->best)) || err_nomem(e));
}

static void close_training(struct training *t)
{
	free(t->best);
	perceptron_release(&t->net);
	free(t->p);
	free(t->batch_y);
	free(t->batch_x);
	free(t->order);
	free(t->watch.y);
	free(t->watch.x);
	free(t->learn.y);
	free(t->learn.x);
	free(t->row);
}

/* Once over the rows that are learned from, in an order that is drawn. */
static void pass(struct training *t)
{
	size_t cols = t->net.inputs;

	for (size_t i = t->learn.n; i > 1; i--) {
		size_t k = rng_below(&t->rng, i);
		uint32_t swap = t->order[i - 1];

		t->order[i - 1] = t->order[k];
		t->order[k] = swap;
	}
	for (size_t at = 0; at < t->learn.n; at += t->net.batch_max) {
		size_t n = 0;

		for (; n < t->net.batch_max && at + n < t->learn.n; n++) {
			size_t row = t->order[at + n];

			memcpy(t->batch_x + n * cols, t->learn.x + row * cols,
			       cols * sizeof *t->batch_x);
			t->batch_y[n] = t->learn.y[row];
		}
		perceptron_step(&t->net, t->batch_x, t->batch_y, n, &t->rng);
	}
}

static double watched_loss(struct training *t)
{
	double loss = 0;

	perceptron_predict(&t->net, t->watch.x, t->watch.n, t->p);
	for (size_t i = 0; i < t->watch.n; i++) {
		double y = t->watch.y[i], p = t->p[i * t->net.outputs];

		if (t->in->regression)
			loss += (p - y) * (p - y);
		else if (t->net.outputs > 1)
			loss -= log(fmax(t->p[i * t->net.outputs + (size_t)y], 1e-15));
		else
			loss -= log(fmax(y > 0 ? p : 1 - p, 1e-15));
	}
	return loss / (double)t->watch.n;
}

static bool learn(struct training *t, long *passes, struct err *e)
{
	long most = (long)params_number(&t->in->params, "n_iter");
	double best = INFINITY;

	*passes = 0;
	for (long i = 1; i <= most && i <= *passes + NETWORK_PATIENCE; i++) {
		double loss;

		pass(t);
		loss = watched_loss(t);
		if (!(loss < best))
			continue;
		best = loss;
		*passes = i;
		memcpy(t->best, t->net.weight, t->net.n * sizeof *t->best);
	}
	return *passes > 0 ||
	       err_set(e, ERR_REFUSED, "the model diverged: its loss is no number");
}

static bool predict(struct training *t, struct err *e)
{
	const struct learner_input *in = t->in;
	float *x = design_dense(in, in->apply, in->n_apply, e);

	if (!x)
		return false;
	memcpy(t->net.weight, t->best, t->net.n * sizeof *t->best);
	perceptron_predict(&t->net, x, in->n_apply, in->p);
	for (size_t i = 0; i < in->n_apply * t->net.outputs; i++)
		in->p[i] = t->mean + t->sd * in->p[i];
	free(x);
	return true;
}

bool network_fit(struct learner_input *in, struct err *e)
{
	struct training t = {.in = in};
	uint64_t seed = mix(in->seed, (uint64_t)params_number(&in->params, "random_state"));
	bool ok;

	rng_init(&t.rng, seed, 0);
	ok = design_check(in, e) && open_rows(&t, seed, e) && open_net(&t, e) &&
	     learn(&t, &in->iterations, e) && predict(&t, e);
	close_training(&t);
	return ok;
}
