/* The network's steps against differences of its loss; what it learns that no linear
 * model can. */
#include "learners/network.h"
#include "learners/perceptron.h"
#include "learning.h"

enum { ROWS = 7, COLS = 4, OUTPUTS = 3 };

static float x[ROWS * COLS];
static double y[ROWS];

static double loss(struct perceptron *m)
{
	double p[ROWS * OUTPUTS], sum = 0;

	perceptron_predict(m, x, ROWS, p);
	for (size_t i = 0; i < ROWS; i++) {
		const double *q = p + i * m->outputs;

		if (m->regression)
			sum += (q[0] - y[i]) * (q[0] - y[i]) / 2;
		else if (m->outputs == 1)
			sum -= log(y[i] > 0 ? q[0] : 1 - q[0]);
		else
			sum -= log(q[(size_t)y[i]]);
	}
	return sum / ROWS;
}

/* The first sgd step is the gradient times the rate: compare it with differences. */
static void test_gradient(size_t outputs, bool regression, bool tanh_, const char *what)
{
	struct perceptron m = {.inputs = COLS,
			       .hidden = 5,
			       .layers = 2,
			       .outputs = outputs,
			       .regression = regression,
			       .tanh = tanh_,
			       .sgd = true,
			       .batch_max = ROWS};
	struct rng rng;
	struct err e = {0};
	double worst = 0, most = 0;

	rng_init(&rng, 1, 1);
	if (!ok(perceptron_init(&m, &rng, &e), "%s", what))
		return;
	for (size_t i = 0; i < ROWS; i++)
		y[i] = regression ? learning_uniform(900 + i) : (double)(i % (outputs + 1));
	for (size_t i = 0; outputs > 1 && i < ROWS; i++)
		y[i] = (double)(i % outputs);
	for (size_t i = 0; i < m.n; i++) /* constants too, so that no unit is at its bend */
		m.weight[i] += (float)(0.2 * learning_uniform(500 + i));
	perceptron_step(&m, x, y, ROWS, &rng); /* at a rate of 0 */
	for (size_t i = 0; i < m.n; i++) {
		const float h = 1e-3F, w = m.weight[i];
		double up, down;

		m.weight[i] = w + h;
		up = loss(&m);
		m.weight[i] = w - h;
		down = loss(&m);
		m.weight[i] = w;
		worst = fmax(worst,
			     fabs((up - down) / (2 * (double)h) - (double)m.gradient[i]));
		most = fmax(most, fabs((double)m.gradient[i]));
	}
	ok(worst < 2e-3 * (1 + most) && most > 0.01, "gradient %g off by %g", most, worst);
	perceptron_release(&m);
}

static void make_xor(struct learning *l)
{
	*l = (struct learning){.rows = 600, .cols = 2};
	learning_open(l, &network_classifier);
	for (size_t i = 0; i < 2 * l->rows; i++)
		l->x[i] = (float)(2 * learning_uniform(i) - 1);
	for (size_t i = 0; i < l->rows; i++)
		l->y[i] = (l->x[i] > 0) != (l->x[l->rows + i] > 0);
}

static double error(const struct learning *l)
{
	double wrong = 0;

	for (size_t i = 0; i < l->rows; i++)
		wrong += (l->in.p[i] > 0.5) != (l->y[i] > 0);
	return wrong / (double)l->rows;
}

static void test_xor(const char *activation, const char *optimizer, double rate)
{
	struct learning l;
	double first[600];

	make_xor(&l);
	learning_set_word(&l, "activation", activation);
	learning_set_word(&l, "optimizer", optimizer);
	learning_set(&l, "learning_rate", rate);
	learning_set(&l, "dropout_proba", 0.1);
	learning_set(&l, "n_iter", 300);
	learning_set(&l, "batch_size", 32);
	learning_fit(&l, network_fit);
	ok(error(&l) < 0.1, "%s and %s learn the exclusive or: %g wrong after %ld passes",
	   activation, optimizer, error(&l), l.in.iterations);
	memcpy(first, l.in.p, sizeof first);
	learning_fit(&l, network_fit);
	ok(!memcmp(first, l.in.p, sizeof first), "the same again, to the bit");
	learning_close(&l);
}

static void test_number(void)
{
	struct learning l = {.rows = 500, .cols = 1};
	double worst = 0;

	learning_open(&l, &network_regressor);
	l.in.regression = true;
	for (size_t i = 0; i < l.rows; i++) {
		l.x[i] = (float)(2 * learning_uniform(i) - 1);
		l.y[i] = 1000 + 100 * fabs((double)l.x[i]);
	}
	learning_set(&l, "dropout_proba", 0);
	learning_set(&l, "learning_rate", 0.01);
	learning_set(&l, "n_iter", 200);
	learning_fit(&l, network_fit);
	for (size_t i = 0; i < l.rows; i++)
		worst = fmax(worst, fabs(l.in.p[i] - l.y[i]));
	ok(worst < 20, "a bent line of numbers is learned: at most %g off of 100", worst);
	learning_close(&l);
}

int main(void)
{
	for (size_t i = 0; i < ROWS * COLS; i++)
		x[i] = (float)(2 * learning_uniform(i) - 1);
	test_gradient(1, true, true, "a number, tanh");
	test_gradient(1, false, false, "two classes, relu");
	test_gradient(OUTPUTS, false, true, "three classes, tanh");
	test_xor("relu", "adam", 0.01);
	test_xor("tanh", "sgd", 0.05);
	test_number();
	return tap_end();
}
