/* newton by the condition of optimality: at the minimum of |b|^2 / 2 + C sum loss b is
 * -C sum loss\' z, so that eta can be computed anew from eta. */
#include "learners/newton.h"
#include "learning.h"

enum { ROWS = 700, APPLIED = 50, COLS = 9 };

static float z[(ROWS + APPLIED) * COLS];
static double y[ROWS];

static void make(void)
{
	for (size_t i = 0; i < (ROWS + APPLIED) * COLS; i++)
		z[i] = (float)(2 * learning_uniform(i) - 1);
	for (size_t i = 0; i < ROWS; i++) {
		double eta = 3 * (double)z[i * COLS] - 2 * (double)z[i * COLS + 1];

		y[i] = learning_uniform(100000 + i) < 1 / (1 + exp(-eta));
	}
}

static double derivative(bool squares, double eta, double of)
{
	return squares ? 2 * (eta - of) : 1 / (1 + exp(-eta)) - of;
}

/* How far eta is from what its own derivatives say, over all rows. */
static double distance(const struct newton_problem *p, const double *eta)
{
	double b[COLS + 1] = {0}, worst = 0;

	for (size_t i = 0; i < ROWS; i++)
		for (size_t j = 0; j <= COLS; j++)
			b[j] -= p->C * derivative(p->squares, eta[i], y[i]) *
				(j < COLS ? (double)z[i * COLS + j] : 1);
	for (size_t i = 0; i < ROWS + APPLIED; i++) {
		double sum = b[COLS];

		for (size_t j = 0; j < COLS; j++)
			sum += b[j] * (double)z[i * COLS + j];
		worst = fmax(worst, fabs(sum - eta[i]));
	}
	return worst;
}

static void check(bool squares, double C, const char *what)
{
	double eta[ROWS + APPLIED];
	struct err e = {0};
	const struct newton_problem p = {.z = z,
					 .rows = ROWS + APPLIED,
					 .cols = COLS,
					 .n = ROWS,
					 .y = y,
					 .squares = squares,
					 .C = C,
					 .tolerance = 1e-9};

	ok(newton_fit(&p, eta, &e), "a fit");
	/* The gradient's length at the end is at most 1e-9 of some C * ROWS. */
	is_near(distance(&p, eta), 0, 1e-5 * fmax(1, C), what);
}

int main(void)
{
	make();
	check(false, 0.01, "classes, a strong penalty");
	check(false, 1, "classes");
	check(false, 1000, "classes, hardly a penalty");
	check(true, 0.01, "numbers, a strong penalty");
	check(true, 1000, "numbers, hardly a penalty");
	return tap_end();
}
