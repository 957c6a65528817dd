/* The forest on data whose trees are known: means of groups, leaves of a given size,
 * classes that are certain. */
#include "learning.h"
#include "learners/forest.h"

enum { ROWS = 400, COLS = 3 };

/* The target depends on the first column alone: 10 below 0.5, 20 from there. */
static void make(struct learning *l, const struct task *task, bool regression)
{
	*l = (struct learning){.rows = ROWS, .cols = COLS};
	learning_open(l, task);
	l->in.regression = regression;
	for (size_t i = 0; i < ROWS * COLS; i++)
		l->x[i] = (float)floor(50 * learning_uniform(i)) / 50; /* a bin each */
	for (size_t i = 0; i < ROWS; i++)
		l->y[i] = regression ? (l->x[i] < 0.5F ? 10 : 20) : l->x[i] < 0.5F;
}

static double worst(const struct learning *l)
{
	double most = 0;

	for (size_t i = 0; i < ROWS; i++)
		most = fmax(most, fabs(l->in.p[i] - l->y[i]));
	return most;
}

static void test_groups(void)
{
	struct learning l;

	make(&l, &forest_regressor, true);
	learning_set(&l, "bootstrap_share", 1);
	learning_set(&l, "max_features", 1);
	learning_set(&l, "n_estimators", 10);
	learning_fit(&l, forest_fit);
	is_near(worst(&l), 0, 1e-4, "a step is learned exactly from all rows and columns");
	learning_set(&l, "min_samples_leaf", ROWS / 2 + 1);
	learning_fit(&l, forest_fit);
	is_near(l.in.p[0], l.in.p[ROWS - 1], 1e-6, "leaves of more than half the rows: one");
	learning_close(&l);
}

static void test_draws(void)
{
	struct learning l;
	double first[ROWS], differ = 0;

	make(&l, &forest_classifier, false);
	for (size_t i = 0; i < ROWS; i += 5)
		l.y[i] = 1 - l.y[i];
	learning_set(&l, "n_estimators", 20);
	learning_fit(&l, forest_fit);
	memcpy(first, l.in.p, sizeof first);
	learning_fit(&l, forest_fit);
	ok(!memcmp(first, l.in.p, sizeof first), "the same again, to the bit");
	learning_set(&l, "random_state", 1);
	learning_fit(&l, forest_fit);
	for (size_t i = 0; i < ROWS; i++)
		differ = fmax(differ, fabs(first[i] - l.in.p[i]));
	ok(differ > 0.01, "another seed draws other rows");
	learning_close(&l);
}

static void test_certain(void)
{
	struct learning l;
	double low = 1, high = 0;

	make(&l, &forest_classifier, false);
	learning_set(&l, "max_features", 1);
	learning_fit(&l, forest_fit);
	for (size_t i = 0; i < ROWS; i++) {
		low = fmin(low, l.in.p[i]);
		high = fmax(high, l.in.p[i]);
	}
	is_near(low, FOREST_LOW, 1e-12, "what never happened may happen");
	is_near(high, 1 - FOREST_LOW, 1e-12, "what always happened may not");
	learning_close(&l);
}

int main(void)
{
	test_groups();
	test_draws();
	test_certain();
	return tap_end();
}
