/* Components, clusters and differences, by what defines them. */
#include <stdlib.h>

#include "../tap.h"
#include "rng/rng.h"
#include "tasks/differences.h"
#include "tasks/kmeans.h"
#include "tasks/pca.h"

enum { ROWS = 400, TRAIN = 300, DENSE = 6, SPARSE = 5, P = DENSE + SPARSE };

static uint32_t train[ROWS];

static struct params pca_params(const struct param_value *k)
{
	return (struct params){pca_task.params, pca_task.n_params, k};
}

/* Dense columns of falling spread that go together, and a category of five levels. */
static void make_block(struct block *b)
{
	struct err e = {0};
	struct rng r;

	rng_init(&r, 5, 0);
	if (!block_init(b, ROWS, &e))
		return;
	for (size_t j = 0; j < DENSE; j++) {
		float *x = matrix_add(&b->x, &e);

		for (size_t i = 0; i < ROWS; i++)
			x[i] = (float)(3 + rng_normal(&r) * (double)(DENSE - j) +
				       (j ? (double)b->x.x[i] : 0));
	}
	for (size_t j = 0; j < SPARSE; j++) {
		for (size_t i = 0; i < ROWS; i++)
			if (i % (SPARSE + 1) == j)
				sparse_put(&b->sparse, i, 1, &e);
		sparse_end_column(&b->sparse, &e);
	}
}

static double covariance(const float *a, const float *b)
{
	double x = 0, y = 0, xy = 0;

	for (size_t i = 0; i < TRAIN; i++) {
		x += (double)a[i] / TRAIN;
		y += (double)b[i] / TRAIN;
	}
	for (size_t i = 0; i < TRAIN; i++)
		xy += ((double)a[i] - x) * ((double)b[i] - y) / TRAIN;
	return xy;
}

static double cell(const struct block *b, size_t row, size_t j)
{
	if (j < DENSE)
		return (double)b->x.x[j * ROWS + row];
	return row % (SPARSE + 1) == j - DENSE;
}

static void test_pca(void)
{
	const struct param_value all = {NULL, 100}, two = {NULL, 2}, automatic = {"auto", 0};
	struct params params = pca_params(&all);
	struct block b = {0};
	struct matrix z = {.rows = ROWS};
	struct err e = {0};
	double worst = 0, total = 0, sum = 0, gap = 0;
	bool falling = true;

	make_block(&b);
	ok(pca_encode(&b, train, TRAIN, &params, 1, &z, &e) && z.cols == P,
	   "as many components as columns at most");
	for (size_t j = 0; j < z.cols; j++) {
		sum += covariance(z.x + j * ROWS, z.x + j * ROWS);
		for (size_t k = 0; k < j; k++)
			worst = fmax(worst, fabs(covariance(z.x + j * ROWS, z.x + k * ROWS)));
		falling = falling && (!j || covariance(z.x + j * ROWS, z.x + j * ROWS) <=
						    covariance(z.x + (j - 1) * ROWS,
							       z.x + (j - 1) * ROWS));
	}
	is_near(worst, 0, 1e-5, "components do not go together");
	ok(falling, "the first varies most");
	for (size_t j = 0; j < P; j++) {
		float column[TRAIN];

		for (size_t i = 0; i < TRAIN; i++)
			column[i] = (float)cell(&b, i, j);
		total += covariance(column, column);
	}
	is_near(sum / total, 1, 1e-6, "together they vary as much as the columns");
	for (size_t i = TRAIN; i + 1 < ROWS; i++) { /* rows not trained on */
		double before = 0, after = 0;

		for (size_t j = 0; j < P; j++) {
			before += pow(cell(&b, i, j) - cell(&b, i + 1, j), 2);
			after += pow((double)z.x[j * ROWS + i] - (double)z.x[j * ROWS + i + 1],
				     2);
		}
		gap = fmax(gap, fabs(before - after) / before);
	}
	is_near(gap, 0, 1e-4, "distances between rows stay");
	matrix_release(&z);
	z.rows = ROWS;
	params = pca_params(&two);
	ok(pca_encode(&b, train, TRAIN, &params, 1, &z, &e) && z.cols == 2, "two of them");
	matrix_release(&z);
	z.rows = ROWS;
	params = pca_params(&automatic);
	ok(pca_encode(&b, train, TRAIN, &params, 1, &z, &e) && z.cols > 1 && z.cols < P,
	   "auto: those that hold most of the variance");
	matrix_release(&z);
	block_release(&b);
}

/* Many columns that are weighted sums of three: three components hold everything. */
static void test_wide(void)
{
	enum { WIDE = 1100 };
	const struct param_value five = {NULL, 5}, many = {NULL, 600};
	struct params params = pca_params(&five);
	struct block b = {0};
	struct matrix z = {.rows = ROWS};
	struct err e = {0};
	struct rng r;
	static double base[3][ROWS];
	double total = 0, sum = 0;

	rng_init(&r, 6, 0);
	for (size_t k = 0; k < 3; k++)
		for (size_t i = 0; i < ROWS; i++)
			base[k][i] = rng_normal(&r);
	if (!block_init(&b, ROWS, &e))
		return;
	for (size_t j = 0; j < WIDE; j++) {
		double w[3] = {rng_normal(&r), rng_normal(&r), rng_normal(&r)};
		float *x = matrix_add(&b.x, &e);

		for (size_t i = 0; i < ROWS; i++)
			x[i] = (float)(w[0] * base[0][i] + w[1] * base[1][i] +
				       w[2] * base[2][i]);
		total += covariance(x, x);
	}
	ok(pca_encode(&b, train, TRAIN, &params, 1, &z, &e) && z.cols >= 3, "many columns");
	for (size_t j = 0; j < 3; j++)
		sum += covariance(z.x + j * ROWS, z.x + j * ROWS);
	is_near(sum / total, 1, 1e-5, "three components hold all the variance there is");
	params = pca_params(&many);
	ok(!pca_encode(&b, train, TRAIN, &params, 1, &z, &e) && e.kind == ERR_REFUSED,
	   "too many components of many columns are refused");
	matrix_release(&z);
	block_release(&b);
}

/* Three round clouds far from each other, of 200, 120 and 80 rows. */
static void make_clouds(struct matrix *m)
{
	static const double x[] = {0, 20, 0}, y[] = {0, 0, 20};
	struct err e = {0};
	struct rng r;
	float *a, *b;

	rng_init(&r, 7, 0);
	*m = (struct matrix){.rows = ROWS};
	matrix_add(m, &e);
	matrix_add(m, &e);
	a = m->x;
	b = m->x + ROWS;
	for (size_t i = 0; i < ROWS; i++) {
		size_t c = i % 10 < 5 ? 0 : i % 10 < 8 ? 1 : 2;

		a[i] = (float)(x[c] + rng_normal(&r));
		b[i] = (float)(y[c] + rng_normal(&r));
	}
}

static void test_choose(const float *x, const char *word)
{
	struct err e = {0};
	size_t k = 0;

	ok(kmeans_choose(x, ROWS, 2, *word == 'p', 1, &k, &e) && k == 3,
	   "%s finds three clusters, found %zu", word, k);
}

static void test_kmeans(void)
{
	const struct param_value automatic = {"auto", 0}, many = {NULL, 1000};
	struct params params = {kmeans_task.params, kmeans_task.n_params, &automatic};
	struct matrix m, out = {.rows = ROWS};
	struct kmeans fit;
	struct err e = {0};
	float *x, same[8] = {1, 2, 1, 2, 1, 2, 1, 2};
	double sum[3][3] = {0}, worst = 0;
	bool nearest = true, sizes;

	make_clouds(&m);
	x = matrix_gather(&m, train, ROWS, &e);
	test_choose(x, "auto");
	test_choose(x, "pham");
	ok(kmeans_encode(&m, train, ROWS, &params, 1, &out, &e) && out.cols == 4,
	   "three distances and a number");
	ok(kmeans_fit(&fit, x, ROWS, 2, 3, 1, &e) && fit.k == 3, "three centres");
	for (size_t i = 0; i < ROWS; i++) {
		size_t label = (size_t)out.x[3 * ROWS + i];

		for (size_t c = 0; c < 3; c++)
			nearest = nearest && out.x[label * ROWS + i] <= out.x[c * ROWS + i];
		sum[label][0] += (double)x[2 * i];
		sum[label][1] += (double)x[2 * i + 1];
		sum[label][2]++;
	}
	ok(nearest, "the number is that of the nearest centre");
	sizes = sum[0][2] == 200 && sum[1][2] == 120 && sum[2][2] == 80;
	ok(sizes, "the largest cluster comes first");
	for (size_t c = 0; c < 3; c++)
		for (size_t j = 0; j < 2; j++)
			worst = fmax(worst,
				     fabs(sum[c][j] / sum[c][2] - fit.centre[2 * c + j]));
	is_near(worst, 0, 1e-6, "a centre is the mean of its rows");
	kmeans_release(&fit);
	ok(kmeans_fit(&fit, same, 4, 2, 3, 1, &e) && fit.k == 1 && fit.loss == 0,
	   "equal rows are one cluster");
	kmeans_release(&fit);
	params.value = &many;
	ok(!kmeans_encode(&m, train, ROWS, &params, 1, &out, &e) && e.kind == ERR_REFUSED,
	   "more clusters than rows are refused");
	free(x);
	matrix_release(&out);
	matrix_release(&m);
}

/* Columns a, b, c of positive numbers and d of two; the target is what `says` of them. */
static size_t differences(int says, bool regression, struct matrix *m, struct matrix *out)
{
	static double y[ROWS];
	struct err e = {0};
	struct rng r;

	rng_init(&r, 8, 0);
	*m = (struct matrix){.rows = ROWS};
	*out = (struct matrix){.rows = ROWS};
	for (size_t j = 0; j < 4; j++) {
		float *x = matrix_add(m, &e);

		for (size_t i = 0; i < ROWS; i++)
			x[i] = (float)(j < 3 ? 1 + 99 * rng_uniform(&r)
					     : (double)rng_below(&r, 2));
	}
	m->x[ROWS + 1] = -9999; /* a missing one */
	for (size_t i = 0; i < ROWS; i++) {
		double a = (double)m->x[i], b = (double)m->x[ROWS + i];

		y[i] = says == '-' ? a - b : says == '/' ? log(a / b) : rng_normal(&r);
		if (i == 1)
			y[i] = 0;
		if (!regression)
			y[i] = y[i] > 0.1;
	}
	return differences_encode(m, y, regression, train, TRAIN, -9999, out, &e) ? out->cols
										  : 99;
}

static void test_differences(void)
{
	struct matrix m, out;
	bool right = true;

	ok(differences('-', true, &m, &out) > 0, "a difference is found");
	for (size_t i = 0; i < ROWS && out.cols; i++)
		right = right && out.x[i] == (i == 1 ? -9999 : m.x[i] - m.x[ROWS + i]);
	ok(right, "it is the difference, and missing where one of the two is");
	matrix_release(&m);
	matrix_release(&out);
	ok(differences('/', true, &m, &out) > 0 && out.x[0] == m.x[0] / m.x[ROWS],
	   "a ratio is told from a difference");
	matrix_release(&m);
	matrix_release(&out);
	ok(differences('-', false, &m, &out) > 0, "a difference that decides a class is found");
	matrix_release(&m);
	matrix_release(&out);
	ok(differences('?', true, &m, &out) == 0, "chance is not taken for a difference");
	matrix_release(&m);
	matrix_release(&out);
}

int main(void)
{
	for (uint32_t i = 0; i < ROWS; i++)
		train[i] = i;
	test_pca();
	test_wide();
	test_kmeans();
	test_differences();
	return tap_end();
}
