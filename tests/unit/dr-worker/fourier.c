/* Random features stand for a radial kernel: what only such a kernel can tell apart. */
#include "learners/fourier.h"
#include "learning.h"

enum { ROWS = 500 };

/* Inside or outside a circle of radius 0.8 within a square of side 2. */
static void make(struct learning *l, const struct task *task)
{
	*l = (struct learning){.rows = ROWS, .cols = 2};
	learning_open(l, task);
	for (size_t i = 0; i < 2 * ROWS; i++)
		l->x[i] = (float)(2 * learning_uniform(i) - 1);
	for (size_t i = 0; i < ROWS; i++) {
		double a = (double)l->x[i], b = (double)l->x[ROWS + i];

		l->y[i] = a * a + b * b < 0.64;
	}
}

static void test_circle(void)
{
	struct learning l;
	double wrong = 0, first[ROWS];

	make(&l, &fourier_classifier);
	learning_set(&l, "C", 100);
	learning_fit(&l, fourier_fit);
	for (size_t i = 0; i < ROWS; i++)
		wrong += (l.in.p[i] > 0.5) != (l.y[i] > 0);
	ok(wrong < 0.05 * ROWS, "a circle is told from what is outside: %g wrong", wrong);
	memcpy(first, l.in.p, sizeof first);
	learning_fit(&l, fourier_fit);
	ok(!memcmp(first, l.in.p, sizeof first), "the same again, to the bit");
	learning_set(&l, "random_state", 1);
	learning_fit(&l, fourier_fit);
	ok(memcmp(first, l.in.p, sizeof first) != 0, "another seed draws other features");
	learning_close(&l);
}

static void test_wave(void)
{
	struct learning l;
	double worst = 0;

	make(&l, &fourier_regressor);
	l.in.regression = true;
	for (size_t i = 0; i < ROWS; i++)
		l.y[i] = 500 + 100 * sin(3 * (double)l.x[i]);
	learning_set(&l, "C", 10000);
	learning_set(&l, "gamma", 2);
	learning_fit(&l, fourier_fit);
	for (size_t i = 0; i < ROWS; i++)
		worst = fmax(worst, fabs(l.in.p[i] - l.y[i]));
	ok(worst < 5, "a wave of numbers is learned: at most %g off of 100", worst);
	learning_close(&l);
}

int main(void)
{
	test_circle();
	test_wave();
	return tap_end();
}
