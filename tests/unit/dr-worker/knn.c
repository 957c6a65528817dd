/* Neighbours against a plain search, in every metric; their votes by hand. */
#include "learners/knn.h"
#include "learners/neighbours.h"
#include "learning.h"

enum { ROWS = 300, QUERIES = 40, COLS = 7, K = 9 };

static float x[ROWS * COLS], query[QUERIES * COLS];

static double distance(enum neighbours_metric metric, const float *a, const float *b)
{
	static const double power[] = {2, 1, 0, NEIGHBOURS_POWER};
	double sum = 0, most = 0, p = power[metric];

	for (size_t j = 0; j < COLS; j++) {
		double d = fabs((double)a[j] - (double)b[j]);

		most = fmax(most, d);
		sum += pow(d, p);
	}
	return p > 0 ? pow(sum, 1 / p) : most;
}

/* How many rows are nearer than the k-th neighbour found, and are not among those. */
static void test_search(enum neighbours_metric metric, const char *what)
{
	struct neighbours s = {.metric = metric, .x = x, .n = ROWS, .cols = COLS, .k = K};
	struct err e = {0};
	size_t wrong = 0;

	if (!ok(neighbours_init(&s, &e), "%s", what))
		return;
	neighbours_find(&s, query, QUERIES);
	for (size_t i = 0; i < QUERIES; i++) {
		const struct neighbour *f = s.found + i * K;
		size_t nearer = 0;

		for (size_t k = 0; k < K; k++) {
			double d = distance(metric, query + i * COLS, x + f[k].row * COLS);

			wrong += fabs(d - (double)f[k].distance) > 1e-5 * (1 + d);
			wrong += k && f[k].distance < f[k - 1].distance;
		}
		for (size_t k = 0; k < ROWS; k++)
			nearer += distance(metric, query + i * COLS, x + k * COLS) <
				  (double)f[K - 1].distance - 1e-5;
		wrong += nearer > K - 1;
	}
	ok(!wrong, "the nearest are found, in order, with their distances");
	neighbours_release(&s);
}

/* Rows at 0, 1, 3 and far away, asked at 0. */
static void test_votes(void)
{
	struct learning l = {.rows = 14, .cols = 1};

	learning_open(&l, &knn_classifier);
	for (size_t i = 0; i < l.rows; i++) {
		l.x[i] = (float)(i < 3 ? i * (i + 1) / 2 : 100 + i);
		l.y[i] = i == 1 || i > 7;
	}
	learning_set(&l, "n_neighbors", 3);
	learning_set_word(&l, "weights", "uniform");
	learning_fit(&l, knn_fit);
	is_near(l.in.p[0], (1 + 0.5) / (3 + 1), 1e-12, "one of three, and one average row");
	learning_set_word(&l, "weights", "distance");
	learning_fit(&l, knn_fit);
	{
		double w0 = 1 / 1e-3, w1 = 1 / 1.001, w3 = 1 / 3.001, w = w0 + w1 + w3;

		is_near(l.in.p[0], (w1 + w / 3 * 0.5) / (w + w / 3), 1e-6, "by distance");
	}
	l.in.regression = true;
	learning_set_word(&l, "weights", "uniform");
	learning_fit(&l, knn_fit);
	is_near(l.in.p[0], 1.0 / 3, 1e-12, "a number is the mean of its neighbours'");
	learning_close(&l);
}

static void test_auto(void)
{
	struct learning l = {.rows = 300, .cols = 2};
	double loss = 0;

	learning_open(&l, &knn_classifier);
	for (size_t i = 0; i < 2 * l.rows; i++)
		l.x[i] = (float)learning_uniform(i);
	for (size_t i = 0; i < l.rows; i++)
		l.y[i] = learning_uniform(5000 + i) < (l.x[i] > 0.5F ? 0.9 : 0.1);
	learning_set_word(&l, "weights", "uniform"); /* its own row is one of them */
	learning_fit(&l, knn_fit);
	for (size_t i = 0; i < l.rows; i++)
		loss -= log(l.y[i] > 0 ? l.in.p[i] : 1 - l.in.p[i]) / (double)l.rows;
	ok(loss < 0.45, "auto chooses a number that serves (%g, a constant: 0.69)", loss);
	learning_close(&l);
}

int main(void)
{
	for (size_t i = 0; i < ROWS * COLS; i++)
		x[i] = (float)(10 * learning_uniform(i));
	for (size_t i = 0; i < QUERIES * COLS; i++)
		query[i] = (float)(10 * learning_uniform(100000 + i));
	test_search(NEIGHBOURS_EUCLIDEAN, "euclidean");
	test_search(NEIGHBOURS_MANHATTAN, "manhattan");
	test_search(NEIGHBOURS_CHEBYSHEV, "chebyshev");
	test_search(NEIGHBOURS_MINKOWSKI, "minkowski");
	test_votes();
	test_auto();
	return tap_end();
}
