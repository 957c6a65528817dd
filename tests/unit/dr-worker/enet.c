/* The elastic net, by the conditions of optimality: at the minimum the gradient of the
 * loss is lambda alpha sign(b) + lambda (1 - alpha) b where b is not zero, and not larger
 * than lambda alpha where it is. */
#include <stdlib.h>

#include "../tap.h"
#include "data/mix.h"
#include "learners/enet.h"

enum { ROWS = 400, COLS = 60, CELLS = 6 };

static size_t start[COLS + 1];
static uint32_t row[ROWS * CELLS];
static float value[ROWS * CELLS];
static double w[ROWS], y[ROWS];
static const struct sparse x = {ROWS, COLS, start, row, value};

static double uniform(uint64_t i)
{
	return (double)(mix(5, i) >> 11) * 0x1p-53;
}

/* Each row has some columns; the first five of them matter. */
static void make(bool binomial)
{
	double eta[ROWS] = {0};
	size_t n = 0;

	for (size_t j = 0; j < COLS; j++) {
		start[j] = n;
		for (uint32_t i = 0; i < ROWS; i++)
			if (uniform(i * COLS + j) < 0.1 && n < ROWS * CELLS) {
				row[n] = i;
				value[n] = (float)(0.5 + uniform(1000000 + i * COLS + j));
				eta[i] += j < 5 ? (j % 2 ? -2 : 2) * (double)value[n] : 0;
				n++;
			}
	}
	start[COLS] = n;
	for (size_t i = 0; i < ROWS; i++) {
		double noise = uniform(2000000 + i);

		w[i] = i % 7 == 0 ? 0 : 1 + (double)(i % 3);
		y[i] = binomial ? noise < 1 / (1 + exp(-eta[i])) : eta[i] + noise;
	}
}

/* By how much the conditions are violated, at most. */
static double violation(const struct enet *m, double lambda)
{
	double worst = 0, total = 0, sum = 0;

	for (size_t i = 0; i < ROWS; i++)
		total += w[i];
	for (size_t j = 0; j <= COLS; j++) {
		double g = 0, b = j < COLS ? m->beta[j] : 0;

		for (size_t k = j < COLS ? start[j] : 0; k < (j < COLS ? start[j + 1] : ROWS);
		     k++) {
			size_t i = j < COLS ? row[k] : k;
			double p = m->binomial ? 1 / (1 + exp(-m->eta[i])) : m->eta[i];

			g += w[i] * (y[i] - p) * (j < COLS ? (double)value[k] : 1) / total;
		}
		if (j == COLS)
			sum = fabs(g); /* the intercept is not penalised */
		else if (b != 0)
			worst = fmax(worst, fabs(g - lambda * (1 - m->alpha) * b -
						 copysign(lambda * m->alpha, b)));
		else
			worst = fmax(worst, fabs(g) - lambda * m->alpha);
	}
	return fmax(worst, sum);
}

static void test_optimality(bool binomial, double alpha)
{
	struct enet m = {.x = &x,
			 .w = w,
			 .y = y,
			 .binomial = binomial,
			 .alpha = alpha,
			 .tolerance = 1e-14,
			 .newton_max = 100};
	struct err e = {0};
	double lambda;
	size_t zero = 0;

	make(binomial);
	if (!ok(enet_init(&m, &e), "%s, alpha %g", binomial ? "binomial" : "gaussian", alpha))
		return;
	lambda = enet_lambda_max(&m);
	enet_solve(&m, lambda * 1.0001);
	for (size_t j = 0; j < COLS; j++)
		zero += m.beta[j] == 0;
	ok(zero == COLS, "all coefficients are zero above the largest lambda");
	for (int step = 1; step <= 8; step++)
		enet_solve(&m, lambda *= 0.6);
	is_near(violation(&m, lambda), 0, 1e-7, "the conditions of optimality hold");
	ok(m.beta[0] > 0 && m.beta[1] < 0 && m.beta[2] > 0, "what matters is found");
	enet_solve(&m, lambda *= 0.05);
	is_near(violation(&m, lambda), 0, 1e-7, "also after one long step");
	enet_release(&m);
}

static void test_ridge(void)
{
	struct enet m = {.x = &x,
			 .w = w,
			 .y = y,
			 .binomial = true,
			 .no_intercept = true,
			 .tolerance = 1e-14,
			 .newton_max = 100};
	struct err e = {0};
	double worst = 0, total = 0, lambda = 0.01;

	make(true);
	if (!ok(enet_init(&m, &e), "ridge regression"))
		return;
	enet_solve(&m, lambda);
	for (size_t i = 0; i < ROWS; i++)
		total += w[i];
	for (size_t j = 0; j < COLS; j++) {
		double g = 0;

		for (size_t k = start[j]; k < start[j + 1]; k++)
			g += w[row[k]] * (y[row[k]] - 1 / (1 + exp(-m.eta[row[k]]))) *
			     (double)value[k] / total;
		worst = fmax(worst, fabs(g - lambda * m.beta[j]));
	}
	is_near(worst, 0, 1e-7, "the gradient is lambda times the coefficient");
	ok(m.intercept == 0, "without an intercept it is 0");
	enet_release(&m);
}

static void test_weights(void)
{
	struct enet one = {.x = &x,
			   .w = w,
			   .y = y,
			   .binomial = true,
			   .alpha = 0.5,
			   .tolerance = 1e-14,
			   .newton_max = 100};
	struct enet two = one;
	double twice[ROWS], lambda;
	struct err e = {0};

	make(true);
	for (size_t i = 0; i < ROWS; i++)
		twice[i] = 2 * w[i];
	two.w = twice;
	if (!ok(enet_init(&one, &e) && enet_init(&two, &e), "two models"))
		return;
	lambda = enet_lambda_max(&one) / 5;
	enet_lambda_max(&two);
	enet_solve(&one, lambda);
	enet_solve(&two, lambda);
	is_near(one.beta[0], two.beta[0], 1e-9, "every row twice is the same model");
	enet_release(&one);
	enet_release(&two);
}

static void test_no_columns(void)
{
	static size_t none[1];
	struct sparse empty = {.rows = ROWS, .start = none};
	struct enet m = {.x = &empty,
			 .w = w,
			 .y = y,
			 .binomial = true,
			 .alpha = 0.5,
			 .tolerance = 1e-6,
			 .newton_max = 100};
	struct err e = {0};
	double sum = 0, total = 0;

	make(true);
	for (size_t i = 0; i < ROWS; i++) {
		sum += w[i] * y[i];
		total += w[i];
	}
	ok(enet_init(&m, &e) && enet_lambda_max(&m) == 0, "no columns: nothing to find");
	enet_solve(&m, 0.1);
	is_near(1 / (1 + exp(-m.eta[0])), sum / total, 1e-9, "the mean is left");
	enet_release(&m);
}

int main(void)
{
	test_optimality(true, 0.5);
	test_optimality(true, 1);
	test_optimality(false, 0.5);
	test_optimality(false, 0.05);
	test_ridge();
	test_weights();
	test_no_columns();
	return tap_end();
}
