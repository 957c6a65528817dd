#include "learners/knn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learners/design.h"
#include "learners/neighbours.h"
#include "learners/split.h"

#define CLOSE 1e-3 /* added to distances: a row at none of its own is not all that counts */

static const char *const automatic[] = {"auto", NULL};
static const char *const metrics[] = {"euclidean", "manhattan", "chebyshev", "minkowski", NULL};
static const char *const weightings[] = {"uniform", "distance", NULL};

static const struct param params[] = {
	{"metric", .options = metrics, .grid = true, .initial = {"euclidean", 0},
	 .help = "the distance; minkowski: the cube root of the sum of cubes"},
	{"n_neighbors", .options = automatic, .integer = {true, 1, 1000}, .grid = true,
	 .initial = {"auto", 0},
	 .help = "neighbours; auto: the best of 5, 10, 20, 50, 100, 200 and 400 on rows set "
		 "aside"},
	{"weights", .options = weightings, .grid = true, .initial = {"distance", 0},
	 .help = "distance: the nearer, the more a neighbour counts"},
};

static const struct task_link links[] = {
	{"Nearest neighbor pattern classification", "https://doi.org/10.1109/TIT.1967.1053964"},
	{NULL, NULL},
};

#define DESCRIPTION                                                                            \
	"Predicts the mean of the nearest training rows. It knows no formula and makes no "    \
	"assumption, but every column counts the same, also those that mean nothing."

const struct task knn_classifier = {
	.name = "Auto-tuned K-Nearest Neighbors Classifier",
	.title = "Nearest neighbours",
	.description = DESCRIPTION,
	TASK_PARAMS(params),
	.links = links,
};

const struct task knn_regressor = {
	.name = "Auto-tuned K-Nearest Neighbors Regressor",
	.title = "Nearest neighbours",
	.description = DESCRIPTION,
	TASK_PARAMS(params),
	.links = links,
};

/* Some rows and their answers, to predict others by. */
struct known {
	const struct learner_input *in;
	const uint32_t *row; /* of the table */
	size_t n;
	float *x;
	size_t outputs;
	double *mean, *p; /* outputs: of all rows; what is said of one */
	bool by_distance;
	struct neighbours near;
};

static enum neighbours_metric metric_of(const struct params *p)
{
	size_t i = 0;

	while (!params_is(p, "metric", metrics[i]))
		i++;
	return (enum neighbours_metric)i;
}

/* A row's answer, w times: its number, or that it is of its class. */
static void add_row(const struct known *m, uint32_t row, double w, double *to)
{
	if (m->outputs > 1)
		to[(size_t)m->in->y[row]] += w;
	else
		to[0] += w * m->in->y[row];
}

static bool open_known(struct known *m, const struct learner_input *in, const uint32_t *row,
		       size_t n, size_t k, struct err *e)
{
	*m = (struct known){.in = in,
			    .row = row,
			    .n = n,
			    .by_distance = params_is(&in->params, "weights", "distance")};
	m->outputs = in->classes > 2 ? in->classes : 1;
	m->mean = calloc(m->outputs, sizeof *m->mean);
	m->p = calloc(m->outputs, sizeof *m->p);
	if (!m->mean || !m->p)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++)
		add_row(m, row[i], 1 / (double)n, m->mean);
	if (!(m->x = design_dense(in, row, n, e)))
		return false;
	m->near = (struct neighbours){.metric = metric_of(&in->params),
				      .x = m->x,
				      .n = n,
				      .cols = in->sparse->cols + in->x->cols,
				      .k = k < n ? k : n};
	return neighbours_init(&m->near, e);
}

static void close_known(struct known *m)
{
	neighbours_release(&m->near);
	free(m->x);
	free(m->p);
	free(m->mean);
}

/* What the k nearest of a query say, into p. */
static void predict(const struct known *m, const struct neighbour *found, size_t k, double *p)
{
	double weight = 0, one;

	memset(p, 0, m->outputs * sizeof *p);
	for (size_t i = 0; i < k; i++) {
		double w = m->by_distance ? 1 / (CLOSE + (double)found[i].distance) : 1;

		weight += w;
		add_row(m, m->row[found[i].row], w, p);
	}
	one = m->in->regression ? 0 : weight / (double)k;
	for (size_t c = 0; c < m->outputs; c++)
		p[c] = (p[c] + one * m->mean[c]) / (weight + one);
}

static double loss_of(const struct known *m, const double *p, uint32_t row)
{
	double y = m->in->y[row];

	if (m->in->regression)
		return (p[0] - y) * (p[0] - y);
	return -log(fmax(m->outputs > 1 ? p[(size_t)y] : y > 0 ? p[0] : 1 - p[0], 1e-15));
}

/* Call each for every row, with its neighbours. */
static bool each_row(struct known *m, const uint32_t *row, size_t n,
		     void (*each)(const struct known *, const struct neighbour *, uint32_t row,
				  size_t i, void *),
		     void *ctx, struct err *e)
{
	for (size_t at = 0; at < n; at += NEIGHBOURS_BLOCK) {
		size_t some = n - at < NEIGHBOURS_BLOCK ? n - at : NEIGHBOURS_BLOCK;
		float *query = design_dense(m->in, row + at, some, e);

		if (!query)
			return false;
		neighbours_find(&m->near, query, some);
		for (size_t i = 0; i < some; i++)
			each(m, m->near.found + i * m->near.k, row[at + i], at + i, ctx);
		free(query);
	}
	return true;
}

static const size_t candidates[] = {5, 10, 20, 50, 100, 200, 400};
#define CANDIDATES (sizeof candidates / sizeof *candidates)

static void add_losses(const struct known *m, const struct neighbour *found, uint32_t row,
		       size_t i, void *ctx)
{
	double *loss = ctx;

	(void)i;
	for (size_t c = 0; c < CANDIDATES && candidates[c] <= m->near.k; c++) {
		predict(m, found, candidates[c], m->p);
		loss[c] += loss_of(m, m->p, row);
	}
}

/* The best number of neighbours, of rows set aside. */
static bool choose(const struct learner_input *in, size_t *k, struct err *e)
{
	uint32_t *row = malloc((in->n_train + 1) * sizeof *row);
	double loss[CANDIDATES] = {0};
	struct known m = {0};
	size_t stay;
	bool ok = row || err_nomem(e);

	if (ok) {
		memcpy(row, in->train, in->n_train * sizeof *row);
		ok = split_rows(row, in->n_train, in->level, KNN_INNER_SHARE, in->seed, &stay,
				e) &&
		     open_known(&m, in, row, stay, candidates[CANDIDATES - 1], e) &&
		     each_row(&m, row + stay, in->n_train - stay, add_losses, loss, e);
	}
	*k = candidates[0];
	for (size_t c = 1, best = 0; ok && c < CANDIDATES && candidates[c] <= m.near.k; c++)
		if (loss[c] < loss[best]) {
			best = c;
			*k = candidates[c];
		}
	close_known(&m);
	free(row);
	return ok;
}

static void keep_prediction(const struct known *m, const struct neighbour *found, uint32_t row,
			    size_t i, void *ctx)
{
	double *p = ctx;

	(void)row;
	predict(m, found, m->near.k, p + i * m->outputs);
}

bool knn_fit(struct learner_input *in, struct err *e)
{
	struct known m = {0};
	size_t k = 0;
	bool ok;

	in->iterations = -1;
	if (!design_check(in, e))
		return false;
	if (!params_word(&in->params, "n_neighbors"))
		k = (size_t)params_number(&in->params, "n_neighbors");
	else if (!choose(in, &k, e))
		return false;
	ok = open_known(&m, in, in->train, in->n_train, k, e) &&
	     each_row(&m, in->apply, in->n_apply, keep_prediction, in->p, e);
	close_known(&m);
	return ok;
}
