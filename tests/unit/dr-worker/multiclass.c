/* Several classes: what the learners make of groups that are plain to tell apart, and how
 * what is said of each class becomes probabilities. */
#include "learners/forest.h"
#include "learners/knn.h"
#include "learners/linear.h"
#include "learners/logistic.h"
#include "learners/majority.h"
#include "learners/multinomial.h"
#include "learners/network.h"
#include "learners/one_rest.h"
#include "learners/xgboost.h"
#include "learning.h"

enum { ROWS = 450, CLASSES = 3 };

static struct learning l;

/* Three clouds around the corners of a triangle; every 15th row belongs to another. */
static void make(const struct task *task)
{
	static const float centre[CLASSES][2] = {{0, 0}, {4, 0}, {0, 4}};

	l = (struct learning){.rows = ROWS, .cols = 2};
	learning_open(&l, task);
	l.in.classes = CLASSES;
	free(l.in.p);
	l.in.p = calloc((size_t)ROWS * CLASSES, sizeof *l.in.p);
	for (size_t i = 0; i < ROWS; i++) {
		size_t k = i % CLASSES;

		for (size_t j = 0; j < 2; j++)
			l.x[j * ROWS + i] =
				centre[k][j] + (float)(2 * learning_uniform(i * 2 + j) - 1);
		l.y[i] = (double)(i % 15 ? k : (k + 1) % CLASSES);
	}
	for (size_t i = 0; i < ROWS; i++)
		l.level[i] = (uint8_t)l.y[i];
	l.in.level = l.level;
}

static double loss(void)
{
	double sum = 0;

	for (size_t i = 0; i < ROWS; i++)
		sum -= log(l.in.p[i * CLASSES + (size_t)l.y[i]]);
	return sum / ROWS;
}

static void check(const char *name, double most)
{
	double off = 0;

	for (size_t i = 0; i < ROWS; i++) {
		double sum = 0;

		for (size_t k = 0; k < CLASSES; k++)
			sum += l.in.p[i * CLASSES + k];
		off = fmax(off, fabs(sum - 1));
	}
	is_near(off, 0, 1e-5, "probabilities sum to one");
	ok(loss() < most, "%s: LogLoss %g", name, loss());
}

static void fit(const char *name, const struct task *task, learner_fn *f, double most)
{
	struct err e = {0};

	make(task);
	if (ok(f(&l.in, &e), "%s fits %s", name, e.text))
		check(name, most);
	learning_close(&l);
}

static void test_margin(void)
{
	struct err e = {0};
	double first[ROWS * CLASSES], differ = 0;

	make(&xgboost_multiclass);
	learning_set(&l, "n_estimators", 1);
	learning_set(&l, "learning_rate", 0.0005);
	for (size_t i = 0; i < ROWS; i += 4)
		l.y[i] = 0;
	ok(xgboost_fit(&l.in, &e), "one small step of boosting");
	memcpy(first, l.in.p, sizeof first);
	is_near(first[0], 1.0 / CLASSES, 2e-3, "starts from equal shares");
	learning_set_word(&l, "base_margin_initialize", "True");
	ok(xgboost_fit(&l.in, &e), "or");
	for (size_t i = 0; i < ROWS; i++)
		differ += l.y[i] > 0 ? 0 : 1.0 / ROWS;
	is_near(l.in.p[0], differ, 0.02, "from those of the classes");
	learning_close(&l);
}

static void test_absent(void)
{
	struct err e = {0};

	make(&logistic_task);
	for (size_t i = 0; i < ROWS; i++)
		l.y[i] = (double)(i % 2);
	if (ok(logistic_fit(&l.in, &e), "a class without rows"))
		is_near(l.in.p[2], 0, 0, "is never predicted");
	learning_close(&l);
}

/* At the smallest penalised loss of a ridge regression b_k = -1 / (lambda n) sum_i x_i (p_ik -
 * y_ik): what the model says is then what b says. */
static void test_multinomial(void)
{
	enum { COLS = 2 };
	struct err e = {0};
	struct sparse x = {0};
	double eta[ROWS * CLASSES], off = 0, constant = 0;
	struct multinomial m = {
		.x = &x,
		.n = ROWS,
		.classes = CLASSES,
		.lambda = 0.01,
		.tolerance = 1e-10,
		.newton_max = 100,
		.eta = eta,
	};

	make(&ridge_classifier);
	m.train = l.row;
	m.y = l.y;
	sparse_init(&x, ROWS, &e);
	for (size_t j = 0; j < COLS; j++) {
		for (size_t i = 0; i < ROWS; i++)
			sparse_put(&x, (uint32_t)i, l.x[j * ROWS + i], &e);
		sparse_end_column(&x, &e);
	}
	if (!ok(multinomial_fit(&m, &e), "a linear model of several classes %s", e.text))
		return;
	for (size_t k = 0; k < CLASSES; k++) {
		double b[COLS] = {0}, sum = 0, p[CLASSES];

		for (size_t i = 0; i < ROWS; i++) {
			double rest;

			multinomial_probabilities(eta, ROWS, CLASSES, i, p);
			rest = p[k] - (l.y[i] == (double)k);
			sum += rest;
			for (size_t j = 0; j < COLS; j++)
				b[j] -= (double)l.x[j * ROWS + i] * rest / ROWS / m.lambda;
		}
		constant = fmax(constant, fabs(sum) / ROWS);
		for (size_t i = 1; i < ROWS; i++) {
			double says = eta[k * ROWS + i] - eta[k * ROWS];

			for (size_t j = 0; j < COLS; j++)
				says -= b[j] * (double)(l.x[j * ROWS + i] - l.x[j * ROWS]);
			off = fmax(off, fabs(says));
		}
	}
	is_near(constant, 0, 1e-4, "each class is predicted as often as it is there");
	is_near(off, 0, 0.02, "the weights have the gradient that the penalty asks for");
	sparse_release(&x);
	learning_close(&l);
}

int main(void)
{
	double p[] = {.2, .2, .4, 0, 0, 0};

	one_rest_scale(p, 2, CLASSES);
	is_near(p[2], 0.5, 1e-12, "scaled to sum to one");
	is_near(p[5], 1.0 / 3, 1e-12, "equal where nothing is known");
	fit("majority", &majority_task, majority_fit, log(3) + 1e-3);
	fit("boosted trees", &xgboost_multiclass, xgboost_fit, 0.35);
	fit("forest", &forest_classifier, forest_fit, 0.35);
	fit("elastic net", &elastic_net_classifier, linear_fit, 0.55);
	fit("logistic regression", &logistic_task, logistic_fit, 0.55);
	fit("neighbours", &knn_classifier, knn_fit, 0.4);
	fit("network", &network_classifier, network_fit, 0.55);
	test_margin();
	test_absent();
	test_multinomial();
	return tap_end();
}
