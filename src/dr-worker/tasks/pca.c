/*
 * Notation: X the training rows, n by p, mu its column means, C = X'X / n - mu mu' the
 * covariance, V (p by k) its first eigenvectors.  A row x becomes (x - mu) V.
 */
#include "tasks/pca.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "la/la.h"
#include "rng/rng.h"
#include "tasks/cells.h"

#define SPARE 10      /* dimensions of the subspace beyond those wanted */
#define ITERATIONS 6  /* of the subspace */
#define NOTHING 1e-12 /* share of the largest variance that counts as none */

static const char *const automatic[] = {"auto", NULL};

#define K(share, most)                                                                         \
	{                                                                                      \
		"k", .options = automatic, .integer = {true, 1, 100000},                       \
		     .initial = {"auto", 0},                                                   \
		     .help = "components that are kept; auto: as many as hold " share          \
			     " % of the variance, at most " most                               \
	}

static const struct param params[] = {K("90", "20")};
static const struct param near_params[] = {K("99", "200")};

static const struct task_link links[] = {
	{"Finding structure with randomness: Probabilistic algorithms for constructing "
	 "approximate matrix decompositions",
	 "https://arxiv.org/abs/0909.4061"},
	{NULL, NULL},
};

#define DESCRIPTION                                                                            \
	"The columns are replaced by the few weighted sums of them in which the rows differ "  \
	"most."

const struct task pca_task = {
	.name = "Partial Principal Components Analysis",
	.title = "Principal components",
	.description = DESCRIPTION,
	TASK_PARAMS(params),
	.links = links,
};

const struct task pca_near_task = {
	.name = "Principal Components Analysis",
	.title = "Principal components",
	.description = DESCRIPTION,
	TASK_PARAMS(near_params),
	.links = links,
};

struct pca {
	struct cells x; /* all rows */
	const uint32_t *train;
	size_t n, p, k; /* k: wanted, then kept */
	double *mean;   /* p */
	double total;   /* variance */
	double *value, *vector;
};

static void measure(struct pca *c)
{
	for (size_t i = 0; i < c->n; i++) {
		size_t row = c->train[i];

		for (size_t a = c->x.start[row]; a < c->x.start[row + 1]; a++) {
			double x = (double)c->x.x[a];

			c->mean[c->x.col[a]] += x / (double)c->n;
			c->total += x * x / (double)c->n;
		}
	}
	for (size_t j = 0; j < c->p; j++)
		c->total -= c->mean[j] * c->mean[j];
}

/* The lower triangle of the covariance. */
static void covariance(const struct pca *c, double *C)
{
	for (size_t i = 0; i < c->n; i++) {
		size_t from = c->x.start[c->train[i]], to = c->x.start[c->train[i] + 1];

		for (size_t a = from; a < to; a++) {
			double x = (double)c->x.x[a] / (double)c->n;
			double *column = C + c->x.col[a] * c->p;

			for (size_t b = a; b < to; b++) /* columns rise: b is below a */
				column[c->x.col[b]] += x * (double)c->x.x[b];
		}
	}
	for (size_t j = 0; j < c->p; j++)
		for (size_t i = j; i < c->p; i++)
			C[i + j * c->p] -= c->mean[i] * c->mean[j];
}

static bool solve_exactly(struct pca *c, struct err *e)
{
	double *C = calloc(c->p * c->p, sizeof *C);
	bool ok;

	if (!C)
		return err_nomem(e);
	covariance(c, C);
	ok = la_eigen((int)c->p, C, (int)c->k, c->value, c->vector) || err_nomem(e);
	free(C);
	return ok;
}

/* z (m) = (x - mu) Q for a row and Q (p by m, row by row), shift = mu Q. */
static void project(const struct pca *c, size_t row, const double *Q, size_t m,
		    const double *shift, double *z)
{
	for (size_t j = 0; j < m; j++)
		z[j] = -shift[j];
	for (size_t a = c->x.start[row]; a < c->x.start[row + 1]; a++) {
		const double *q = Q + c->x.col[a] * m;
		double x = (double)c->x.x[a];

		for (size_t j = 0; j < m; j++)
			z[j] += x * q[j];
	}
}

static void shift_of(const struct pca *c, const double *Q, size_t m, double *shift)
{
	memset(shift, 0, m * sizeof *shift);
	for (size_t i = 0; i < c->p; i++)
		for (size_t j = 0; j < m; j++)
			shift[j] += c->mean[i] * Q[i * m + j];
}

/* Y = C Q, both p by m and row by row; z and shift are room for m. */
static void multiply(const struct pca *c, const double *Q, size_t m, double *Y, double *z,
		     double *shift)
{
	double *sum = shift + m;

	shift_of(c, Q, m, shift);
	memset(Y, 0, c->p * m * sizeof *Y);
	memset(sum, 0, m * sizeof *sum);
	for (size_t i = 0; i < c->n; i++) {
		size_t row = c->train[i];

		project(c, row, Q, m, shift, z);
		for (size_t j = 0; j < m; j++)
			sum[j] += z[j] / (double)c->n;
		for (size_t a = c->x.start[row]; a < c->x.start[row + 1]; a++) {
			double *y = Y + c->x.col[a] * m, x = (double)c->x.x[a] / (double)c->n;

			for (size_t j = 0; j < m; j++)
				y[j] += x * z[j];
		}
	}
	for (size_t i = 0; i < c->p; i++)
		for (size_t j = 0; j < m; j++)
			Y[i * m + j] -= c->mean[i] * sum[j];
}

/* Make the m columns of Q, p by m and row by row, orthonormal: modified Gram-Schmidt,
 * twice.  A column that has nothing left becomes 0. */
static void orthonormalise(double *Q, size_t p, size_t m)
{
	for (size_t j = 0; j < m; j++) {
		double before = 0, norm = 0;

		for (size_t i = 0; i < p; i++)
			before += Q[i * m + j] * Q[i * m + j];
		for (size_t l = 0; l < 2 * j; l++) {
			double dot = 0;

			for (size_t i = 0; i < p; i++)
				dot += Q[i * m + l % j] * Q[i * m + j];
			for (size_t i = 0; i < p; i++)
				Q[i * m + j] -= dot * Q[i * m + l % j];
		}
		for (size_t i = 0; i < p; i++)
			norm += Q[i * m + j] * Q[i * m + j];
		norm = norm > 1e-24 * before ? 1 / sqrt(norm) : 0;
		for (size_t i = 0; i < p; i++)
			Q[i * m + j] *= norm;
	}
}

/* The eigenvectors of Q'CQ, turned back: V = Q W. */
static bool rayleigh_ritz(struct pca *c, const double *Q, const double *Y, size_t m,
			  struct err *e)
{
	double *B = calloc(m * m, sizeof *B), *W = malloc(m * c->k * sizeof *W);
	bool ok = (B && W) || err_nomem(e);

	for (size_t i = 0; ok && i < c->p; i++)
		for (size_t j = 0; j < m; j++)
			for (size_t l = j; l < m; l++)
				B[l + j * m] += Q[i * m + l] * Y[i * m + j];
	ok = ok && (la_eigen((int)m, B, (int)c->k, c->value, W) || err_nomem(e));
	for (size_t j = 0; ok && j < c->k; j++)
		for (size_t i = 0; i < c->p; i++) {
			double v = 0;

			for (size_t l = 0; l < m; l++)
				v += Q[i * m + l] * W[l + j * m];
			c->vector[i + j * c->p] = v;
		}
	free(W);
	free(B);
	return ok;
}

static bool solve_wide(struct pca *c, uint64_t seed, struct err *e)
{
	size_t m = c->k + SPARE;
	double *Q = malloc(c->p * m * sizeof *Q), *Y = malloc(c->p * m * sizeof *Y);
	double *room = malloc(3 * m * sizeof *room);
	struct rng r;
	bool ok = (Q && Y && room) || err_nomem(e);

	rng_init(&r, seed, 0);
	for (size_t i = 0; ok && i < c->p * m; i++)
		Q[i] = rng_normal(&r);
	for (int i = 0; ok && i <= ITERATIONS; i++) {
		orthonormalise(Q, c->p, m);
		multiply(c, Q, m, Y, room, room + m);
		if (i < ITERATIONS)
			memcpy(Q, Y, c->p * m * sizeof *Q);
	}
	ok = ok && rayleigh_ritz(c, Q, Y, m, e);
	free(room);
	free(Y);
	free(Q);
	return ok;
}

/* How many of the components are worth keeping: those that hold a share of the variance. */
static size_t keep(const struct pca *c, double share)
{
	double sum = 0;
	size_t k = 0;

	while (k < c->k && c->value[k] > NOTHING * c->value[0] && sum < share * c->total)
		sum += c->value[k++];
	return k;
}

static bool write_components(const struct pca *c, struct matrix *out, struct err *e)
{
	size_t first = out->cols;
	double *Q = malloc((c->p * c->k + 1) * sizeof *Q);
	double *room = malloc((2 * c->k + 1) * sizeof *room);
	bool ok = (Q && room) || err_nomem(e);

	for (size_t j = 0; ok && j < c->k; j++) {
		ok = matrix_add(out, e);
		for (size_t i = 0; ok && i < c->p; i++)
			Q[i * c->k + j] = c->vector[i + j * c->p];
	}
	if (ok)
		shift_of(c, Q, c->k, room + c->k);
	for (size_t row = 0; ok && row < c->x.rows; row++) {
		project(c, row, Q, c->k, room + c->k, room);
		for (size_t j = 0; j < c->k; j++)
			out->x[(first + j) * out->rows + row] = (float)room[j];
	}
	free(room);
	free(Q);
	return ok;
}

/* How many components to compute. */
static bool choose(struct pca *c, const struct params *s, struct err *e)
{
	double most = s->table == near_params ? PCA_NEAR_MOST : PCA_AUTO_MOST;
	double want = params_word(s, "k") ? most : params_number(s, "k");

	if (c->p > PCA_EXACT_COLUMNS && want > PCA_WIDE_MOST)
		return err_set(e, ERR_REFUSED,
			       "%s: k=%g is above %d, the most for more than %d columns",
			       pca_task.name, want, PCA_WIDE_MOST, PCA_EXACT_COLUMNS);
	c->k = (size_t)fmin(want, (double)c->p);
	return true;
}

bool pca_encode(const struct block *in, const uint32_t *train, size_t n, const struct params *s,
		uint64_t seed, struct matrix *out, struct err *e)
{
	struct pca c = {.train = train, .n = n};
	double share = !params_word(s, "k")      ? INFINITY
		       : s->table == near_params ? PCA_NEAR_SHARE
						 : PCA_AUTO_SHARE;
	bool ok;

	if (!(in->x.cols + in->sparse.cols))
		return true;
	if (!cells_make(&c.x, in, e))
		return false;
	c.p = c.x.cols;
	ok = choose(&c, s, e);
	if (ok && (!(c.mean = calloc(c.p, sizeof *c.mean)) ||
		   !(c.value = malloc(c.k * sizeof *c.value)) ||
		   !(c.vector = malloc(c.p * c.k * sizeof *c.vector))))
		ok = err_nomem(e);
	if (ok) {
		measure(&c);
		ok = c.p > PCA_EXACT_COLUMNS ? solve_wide(&c, seed, e) : solve_exactly(&c, e);
	}
	if (ok) {
		c.k = c.total > 0 ? keep(&c, share) : 0;
		ok = write_components(&c, out, e);
	}
	free(c.vector);
	free(c.value);
	free(c.mean);
	cells_release(&c.x);
	return ok;
}
