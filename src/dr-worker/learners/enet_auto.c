#include "learners/enet_auto.h"

#include <math.h>
#include <stdlib.h>

#include "data/partition.h"
#include "learners/enet.h"

#define STEPS 40       /* lambdas at most */
#define STEP_RATIO 0.6 /* of one lambda to the one before it */
#define PATIENCE 2     /* lambdas that may lose more than the best before we stop */
#define ALL ENET_FOLDS /* the model of all training rows */

#define NOWHERE UINT32_MAX

/* The training rows of one model, by row of x. */
struct sums {
	double *w, *y; /* how many, and their mean target */
};

struct path {
	struct enet_auto *a;
	struct sparse x; /* of the caller's x the rows that are trained on, closed up */
	uint32_t *at;    /* of each training row, in this x */
	struct partition folds;
	struct sums of[ENET_FOLDS + 1]; /* without each fold; of all */
	struct enet model[ENET_FOLDS + 1];
};

/* Number the rows of the caller's x that are trained on; returns how many there are. */
static size_t number_rows(const struct enet_auto *a, uint32_t *number)
{
	uint32_t n = 0;

	for (size_t row = 0; row < a->x->rows; row++)
		number[row] = NOWHERE;
	for (size_t i = 0; i < a->n; i++)
		number[a->at[i]] = 0;
	for (size_t row = 0; row < a->x->rows; row++)
		if (number[row] != NOWHERE)
			number[row] = n++;
	return n;
}

static bool copy_cells(struct path *p, const uint32_t *number, struct err *e)
{
	const struct sparse *from = p->a->x;
	struct sparse *to = &p->x;
	size_t n = 0;

	to->cols = from->cols;
	for (size_t k = 0; k < from->start[from->cols]; k++)
		n += number[from->row[k]] != NOWHERE;
	to->start = malloc((to->cols + 1) * sizeof *to->start);
	to->row = malloc((n + 1) * sizeof *to->row);
	to->x = malloc((n + 1) * sizeof *to->x);
	if (!to->start || !to->row || !to->x)
		return err_nomem(e);
	n = 0;
	for (size_t j = 0; j < from->cols; j++) {
		to->start[j] = n;
		for (size_t k = from->start[j]; k < from->start[j + 1]; k++)
			if (number[from->row[k]] != NOWHERE) {
				to->row[n] = number[from->row[k]];
				to->x[n++] = from->x[k];
			}
	}
	to->start[to->cols] = n;
	return true;
}

static bool close_up(struct path *p, struct err *e)
{
	const struct enet_auto *a = p->a;
	uint32_t *number = malloc((a->x->rows + 1) * sizeof *number);
	bool ok = (number && (p->at = malloc((a->n + 1) * sizeof *p->at))) || err_nomem(e);

	if (ok) {
		p->x.rows = number_rows(a, number);
		ok = copy_cells(p, number, e);
	}
	for (size_t i = 0; ok && i < a->n; i++)
		p->at[i] = number[a->at[i]];
	free(number);
	return ok;
}

static bool make_model(struct path *p, unsigned k, struct err *e)
{
	const struct enet_auto *a = p->a;
	struct sums *s = &p->of[k];

	s->w = calloc(p->x.rows, sizeof *s->w);
	s->y = calloc(p->x.rows, sizeof *s->y);
	if (!s->w || !s->y)
		return err_nomem(e);
	for (size_t i = 0; i < a->n; i++) {
		if (p->folds.fold && p->folds.fold[i] == k)
			continue;
		s->w[p->at[i]]++;
		s->y[p->at[i]] += a->y[i];
	}
	for (size_t row = 0; row < p->x.rows; row++)
		s->y[row] /= s->w[row] > 0 ? s->w[row] : 1;
	p->model[k] = (struct enet){
		.x = &p->x,
		.w = s->w,
		.y = s->y,
		.binomial = a->binomial,
		.no_intercept = a->no_intercept,
		.alpha = a->alpha,
		.tolerance = a->tolerance,
		.newton_max = a->newton_max,
	};
	return enet_init(&p->model[k], e);
}

/* Loss of the training rows, each by the model that has not seen it. */
static double unseen_loss(const struct path *p)
{
	const struct enet_auto *a = p->a;
	double loss = 0;

	for (size_t i = 0; i < a->n; i++) {
		double eta = p->model[p->folds.fold[i]].eta[p->at[i]];

		if (a->binomial)
			loss += log1p(exp(-fabs(eta))) + fmax(eta, 0) - a->y[i] * eta;
		else
			loss += (a->y[i] - eta) * (a->y[i] - eta);
	}
	return loss;
}

static void keep_unseen(const struct path *p)
{
	const struct enet_auto *a = p->a;

	for (size_t i = 0; a->out_of_fold && i < a->n; i++)
		a->out_of_fold[i] = p->model[p->folds.fold[i]].eta[p->at[i]];
}

/* Step down from lambda_max; returns how many steps to the best lambda. */
static int choose(struct path *p, double lambda_max)
{
	double lambda = lambda_max;
	int best = 0;

	for (unsigned k = 0; k < ENET_FOLDS; k++)
		enet_lambda_max(&p->model[k]);
	p->a->loss = unseen_loss(p);
	keep_unseen(p);
	for (int step = 1; lambda_max > 0 && step <= STEPS && step <= best + PATIENCE; step++) {
		double loss;

		lambda *= STEP_RATIO;
		for (unsigned k = 0; k < ENET_FOLDS; k++)
			enet_solve(&p->model[k], lambda);
		if ((loss = unseen_loss(p)) < p->a->loss) {
			p->a->loss = loss;
			best = step;
			keep_unseen(p);
		}
	}
	return best;
}

/* Step down to lambda. */
static void walk(struct enet *m, double lambda)
{
	double at = enet_lambda_max(m);

	while (at * STEP_RATIO > lambda * (1 + 1e-9))
		enet_solve(m, at *= STEP_RATIO);
	enet_solve(m, lambda);
}

static void solve(struct path *p)
{
	struct enet *all = &p->model[ALL];
	double lambda = p->a->lambda;
	int steps;

	if (lambda > 0) {
		for (unsigned k = 0; p->folds.fold && k < ENET_FOLDS; k++)
			walk(&p->model[k], lambda);
		walk(all, lambda);
		if (p->folds.fold) {
			p->a->loss = unseen_loss(p);
			keep_unseen(p);
		}
		return;
	}
	lambda = enet_lambda_max(all);
	steps = choose(p, lambda);
	while (steps--)
		enet_solve(all, lambda *= STEP_RATIO);
}

/* What the model of all training rows says of all rows of the caller's x. */
static void apply(const struct path *p)
{
	const struct enet *m = &p->model[ALL];
	const struct sparse *x = p->a->x;
	double *eta = p->a->eta;

	for (size_t row = 0; row < x->rows; row++)
		eta[row] = m->intercept;
	for (size_t j = 0; j < x->cols; j++)
		for (size_t k = x->start[j]; m->beta[j] != 0 && k < x->start[j + 1]; k++)
			eta[x->row[k]] += (double)x->x[k] * m->beta[j];
}

bool enet_auto_fit(struct enet_auto *a, struct err *e)
{
	struct path p = {.a = a};
	bool ok = close_up(&p, e), folds = !(a->lambda > 0) || a->want_loss || a->out_of_fold;

	if (ok && folds)
		ok = partition_make(&p.folds, a->n, a->level, ENET_FOLDS, 0, a->seed, e);
	for (unsigned k = folds ? 0 : ALL; ok && k <= ALL; k++)
		ok = make_model(&p, k, e);
	if (ok) {
		solve(&p);
		apply(&p);
	}
	for (unsigned k = 0; k <= ALL; k++) {
		enet_release(&p.model[k]);
		free(p.of[k].w);
		free(p.of[k].y);
	}
	partition_release(&p.folds);
	free(p.at);
	sparse_release(&p.x);
	return ok;
}
