/* liblinear by the conditions of optimality: at the minimum of |b|_1 + C sum loss the
 * gradient of the loss is -sign(b) where b is not zero, and at most 1 where it is. */
#include "learners/liblinear.h"
#include "learners/logistic.h"
#include "learning.h"

enum { ROWS = 300, COLS = 8 };

static struct learning l;

/* Rows of numbers around zero, of which the first two matter. */
static void make(void)
{
	l = (struct learning){.rows = ROWS, .cols = COLS};
	learning_open(&l, &logistic_task);
	for (size_t i = 0; i < ROWS * COLS; i++)
		l.x[i] = (float)(2 * learning_uniform(i) - 1);
	for (size_t i = 0; i < ROWS; i++) {
		double eta = (double)(3 * l.x[i] - 2 * l.x[ROWS + i]);

		l.y[i] = learning_uniform(100000 + i) < 1 / (1 + exp(-eta));
	}
}

/* Derivative of C sum loss along column j; COLS: the constant. */
static double gradient(const double *eta, double C, size_t j)
{
	double g = 0;

	for (size_t i = 0; i < ROWS; i++)
		g += C * (1 / (1 + exp(-eta[i])) - l.y[i]) *
		     (j < COLS ? (double)l.x[j * ROWS + i] : 1);
	return g;
}

static void test_l1(void)
{
	double eta[ROWS], C = 0.1, most = 0, least = 1;

	learning_set(&l, "C", C);
	learning_set(&l, "tol", 1e-8);
	learning_fit(&l, logistic_fit);
	for (size_t i = 0; i < ROWS; i++)
		eta[i] = log(l.in.p[i] / (1 - l.in.p[i]));
	for (size_t j = 0; j <= COLS; j++)
		most = fmax(most, fabs(gradient(eta, C, j)));
	is_near(most, 1, 1e-4, "no gradient is above 1");
	for (size_t j = 0; j < 2; j++)
		least = fmin(least, fabs(gradient(eta, C, j)));
	is_near(least, 1, 1e-4, "it is 1 for what matters");
}

/* Ridge: b = -gradient, so eta must be x times that. */
static void test_l2(void)
{
	double eta[ROWS], C = 0.5, worst = 0;

	learning_set(&l, "C", C);
	learning_set_word(&l, "penalty", "l2");
	learning_fit(&l, logistic_fit);
	for (size_t i = 0; i < ROWS; i++)
		eta[i] = log(l.in.p[i] / (1 - l.in.p[i]));
	for (size_t i = 0; i < ROWS; i++) {
		double sum = -gradient(eta, C, COLS);

		for (size_t j = 0; j < COLS; j++)
			sum -= gradient(eta, C, j) * (double)l.x[j * ROWS + i];
		worst = fmax(worst, fabs(sum - eta[i]));
	}
	is_near(worst, 0, 1e-3, "weights of l2 are C times the gradient");
}

int main(void)
{
	make();
	test_l1();
	test_l2();
	learning_close(&l);
	return tap_end();
}
