#include "tasks/kmeans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rng/rng.h"

/* A run over given rows. */
struct run {
	const float *x;
	size_t n, d, k;
	double *centre;  /* k by d */
	uint32_t *label; /* n */
	double *near;    /* n: squared distance to the centre of its label */
	double *size;    /* k */
	double loss;
};

/* Squared; four sums at a time, since one would wait for its last addition. */
static double distance(const float *x, const double *centre, size_t d)
{
	double sum[4] = {0};
	size_t j = 0;

	for (; j + 4 <= d; j += 4)
		for (size_t i = 0; i < 4; i++) {
			double gap = (double)x[j + i] - centre[j + i];

			sum[i] += gap * gap;
		}
	for (; j < d; j++)
		sum[0] += ((double)x[j] - centre[j]) * ((double)x[j] - centre[j]);
	return sum[0] + sum[1] + sum[2] + sum[3];
}

static void put_centre(struct run *r, size_t c, size_t row)
{
	for (size_t j = 0; j < r->d; j++)
		r->centre[c * r->d + j] = (double)r->x[row * r->d + j];
	for (size_t i = 0; i < r->n; i++) {
		double d = distance(r->x + i * r->d, r->centre + c * r->d, r->d);

		if (c && d >= r->near[i])
			continue;
		r->near[i] = d;
		r->label[i] = (uint32_t)c;
	}
}

/* k-means++: each next centre is a row, drawn by its squared distance to those there are.
 * Fewer than k where no row is left that differs. */
static void start(struct run *r, size_t k, struct rng *random)
{
	put_centre(r, 0, (size_t)rng_below(random, r->n));
	for (r->k = 1; r->k < k; r->k++) {
		double total = 0, draw;
		size_t row = 0;

		for (size_t i = 0; i < r->n; i++)
			total += r->near[i];
		if (!(total > 0))
			return;
		draw = rng_uniform(random) * total;
		for (size_t i = 0; i < r->n; i++) {
			if (r->near[i] > 0)
				row = i;
			if ((draw -= r->near[i]) < 0)
				break;
		}
		put_centre(r, r->k, row);
	}
}

static void label_rows(struct run *r)
{
	r->loss = 0;
	for (size_t i = 0; i < r->n; i++) {
		r->near[i] = INFINITY;
		for (size_t c = 0; c < r->k; c++) {
			double d = distance(r->x + i * r->d, r->centre + c * r->d, r->d);

			if (d < r->near[i]) {
				r->near[i] = d;
				r->label[i] = (uint32_t)c;
			}
		}
		r->loss += r->near[i];
	}
}

/* Each centre to the mean of its rows; one without rows stays where it is. */
static void move_centres(struct run *r)
{
	memset(r->size, 0, r->k * sizeof *r->size);
	for (size_t i = 0; i < r->n; i++)
		r->size[r->label[i]]++;
	for (size_t c = 0; c < r->k; c++)
		for (size_t j = 0; r->size[c] > 0 && j < r->d; j++)
			r->centre[c * r->d + j] = 0;
	for (size_t i = 0; i < r->n; i++) {
		size_t c = r->label[i];

		for (size_t j = 0; j < r->d; j++)
			r->centre[c * r->d + j] += (double)r->x[i * r->d + j] / r->size[c];
	}
}

static void iterate(struct run *r)
{
	double before = INFINITY;

	label_rows(r);
	for (int i = 0; i < KMEANS_ITERATIONS && r->loss < before * (1 - KMEANS_TOLERANCE);
	     i++) {
		before = r->loss;
		move_centres(r);
		label_rows(r);
	}
}

/* Clusters by falling size, those of one size as they were drawn. */
static void take(struct kmeans *m, struct run *r)
{
	memset(r->size, 0, r->k * sizeof *r->size);
	for (size_t i = 0; i < r->n; i++)
		r->size[r->label[i]]++;
	m->k = r->k;
	m->loss = r->loss;
	for (size_t c = 0; c < r->k; c++) {
		size_t largest = 0;

		for (size_t o = 1; o < r->k; o++)
			if (r->size[o] > r->size[largest])
				largest = o;
		memcpy(m->centre + c * r->d, r->centre + largest * r->d,
		       r->d * sizeof *m->centre);
		r->size[largest] = -1;
	}
}

bool kmeans_fit(struct kmeans *m, const float *x, size_t n, size_t d, size_t k, uint64_t seed,
		struct err *e)
{
	struct run r = {.x = x, .n = n, .d = d};
	bool ok;

	*m = (struct kmeans){.d = d, .loss = INFINITY};
	m->centre = malloc((k * d + 1) * sizeof *m->centre);
	r.centre = malloc((k * d + 1) * sizeof *r.centre);
	r.label = malloc(n * sizeof *r.label);
	r.near = malloc(n * sizeof *r.near);
	r.size = malloc(k * sizeof *r.size);
	ok = (m->centre && r.centre && r.label && r.near && r.size) || err_nomem(e);
	for (uint64_t i = 0; ok && i < KMEANS_STARTS; i++) {
		struct rng random;

		rng_init(&random, seed, i);
		start(&r, k, &random);
		iterate(&r);
		if (r.loss < m->loss)
			take(m, &r);
	}
	free(r.size);
	free(r.near);
	free(r.label);
	free(r.centre);
	if (!ok)
		kmeans_release(m);
	return ok;
}

void kmeans_release(struct kmeans *m)
{
	free(m->centre);
	*m = (struct kmeans){0};
}

/* Calinski and Harabasz' ratio, of which the largest is best. */
static double separation(double total, double loss, size_t n, size_t k)
{
	double within = loss / (double)(n - k);

	return (total - loss) / (double)(k - 1) / fmax(within, 1e-300);
}

/* Pham, Dimov and Nguyen's f(K), equations 2 and 3, of which the smallest is best;
 * *a is alpha(K) and becomes alpha(K + 1). */
static double distortion(double before, double loss, size_t d, size_t k, double *a)
{
	*a = k == 2 ? 1 - 3 / (4 * (double)d) : *a + (1 - *a) / 6;
	return before > 0 ? loss / (*a * before) : 1;
}

bool kmeans_choose(const float *x, size_t n, size_t d, bool pham, uint64_t seed, size_t *k,
		   struct err *e)
{
	double total = 0, before, best = 0, a = 0;

	*k = 1;
	for (size_t try = 1; try <= KMEANS_MOST && try < n; try++) {
		struct kmeans m;
		double score = 0, loss;
		bool fewer;

		if (!kmeans_fit(&m, x, n, d, try, seed, e))
			return false;
		loss = m.loss;
		fewer = m.k < try;
		kmeans_release(&m);
		if (fewer) /* no more rows that differ */
			return true;
		if (try == 1)
			total = loss;
		else
			score = pham ? -distortion(before, loss, d, try, &a)
				     : separation(total, loss, n, try);
		if (try == 2 || (try > 2 && score > best)) {
			best = score;
			*k = try;
		}
		before = loss;
	}
	return true;
}

static const char *const choices[] = {"auto", "pham", NULL};

static const struct param params[] = {
	{"n_clusters", .options = choices, .integer = {true, 2, 10000}, .initial = {"auto", 0},
	 .help = "clusters; auto: by the variance between and within them, pham: by the "
		 "distortion compared to that of evenly spread rows, both among 2 to 12"},
};

static const struct task_link links[] = {
	{"k-means++: the advantages of careful seeding",
	 "https://theory.stanford.edu/~sergei/papers/kMeansPP-soda.pdf"},
	{NULL, NULL},
};

const struct task kmeans_task = {
	.name = "K-Means Clustering",
	.title = "Clusters",
	.description =
		"Rows that are alike are put into clusters. The distance of a row to the "
		"centre of each cluster, and the nearest cluster, are inputs of the "
		"learner.",
	TASK_PARAMS(params),
	.links = links,
};

/* Evenly drawn of the n rows, at most KMEANS_SAMPLE. */
static float *sample(const float *x, size_t *n, size_t d, struct err *e)
{
	size_t m = *n < KMEANS_SAMPLE ? *n : KMEANS_SAMPLE;
	float *out = malloc((m * d + 1) * sizeof *out);

	if (!out) {
		err_nomem(e);
		return NULL;
	}
	for (size_t i = 0; i < m; i++)
		memcpy(out + i * d, x + i * *n / m * d, d * sizeof *out);
	*n = m;
	return out;
}

static bool choose(const float *x, size_t n, size_t d, const struct params *s, uint64_t seed,
		   size_t *k, struct err *e)
{
	float *some;
	size_t m = n;
	bool ok;

	if (!params_word(s, "n_clusters")) {
		*k = (size_t)params_number(s, "n_clusters");
		return *k <= n || err_set(e, ERR_REFUSED,
					  "%s: n_clusters=%zu is above the number of training "
					  "rows, %zu",
					  kmeans_task.name, *k, n);
	}
	if (!(some = sample(x, &m, d, e)))
		return false;
	ok = kmeans_choose(some, m, d, params_is(s, "n_clusters", "pham"), seed, k, e);
	free(some);
	return ok;
}

/* Distances to the centres, and the number of the nearest. */
static bool write_distances(const struct kmeans *m, const struct matrix *in, struct matrix *out,
			    struct err *e)
{
	size_t first = out->cols;
	float *row = malloc(m->d * sizeof *row);
	bool ok = row || err_nomem(e);

	for (size_t c = 0; ok && c <= m->k; c++)
		ok = matrix_add(out, e);
	for (size_t i = 0; ok && i < in->rows; i++) {
		double least = INFINITY;

		for (size_t j = 0; j < m->d; j++)
			row[j] = in->x[j * in->rows + i];
		for (size_t c = 0; c < m->k; c++) {
			double d = sqrt(distance(row, m->centre + c * m->d, m->d));

			out->x[(first + c) * out->rows + i] = (float)d;
			if (d >= least)
				continue;
			least = d;
			out->x[(first + m->k) * out->rows + i] = (float)c;
		}
	}
	free(row);
	return ok;
}

bool kmeans_encode(const struct matrix *in, const uint32_t *train, size_t n,
		   const struct params *s, uint64_t seed, struct matrix *out, struct err *e)
{
	struct kmeans m = {0};
	float *x;
	size_t k;
	bool ok;

	if (!in->cols)
		return true;
	if (!(x = matrix_gather(in, train, n, e)))
		return false;
	ok = choose(x, n, in->cols, s, seed, &k, e) &&
	     kmeans_fit(&m, x, n, in->cols, k, seed, e) && write_distances(&m, in, out, e);
	kmeans_release(&m);
	free(x);
	return ok;
}
