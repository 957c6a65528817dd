#include "learners/enet_auto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/partition.h"
#include "learners/enet.h"

#define STEPS 40       /* lambdas at most */
#define STEP_RATIO 0.6 /* of one lambda to the one before it */
#define PATIENCE 2     /* lambdas that may lose more than the best before we stop */
#define ALL ENET_FOLDS /* the model of all training rows */

/* The training rows of one model, by row of x. */
struct sums {
	double *w, *y; /* how many, and their mean target */
};

struct path {
	struct enet_auto *a;
	struct partition folds;
	struct sums of[ENET_FOLDS + 1]; /* without each fold; of all */
	struct enet model[ENET_FOLDS + 1];
};

static bool make_model(struct path *p, unsigned k, struct err *e)
{
	const struct enet_auto *a = p->a;
	struct sums *s = &p->of[k];

	s->w = calloc(a->x->rows, sizeof *s->w);
	s->y = calloc(a->x->rows, sizeof *s->y);
	if (!s->w || !s->y)
		return err_nomem(e);
	for (size_t i = 0; i < a->n; i++) {
		if (p->folds.fold && p->folds.fold[i] == k)
			continue;
		s->w[a->at[i]]++;
		s->y[a->at[i]] += a->y[i];
	}
	for (size_t row = 0; row < a->x->rows; row++)
		s->y[row] /= s->w[row] > 0 ? s->w[row] : 1;
	p->model[k] = (struct enet){
		.x = a->x,
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
		double eta = p->model[p->folds.fold[i]].eta[a->at[i]];

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
		a->out_of_fold[i] = p->model[p->folds.fold[i]].eta[a->at[i]];
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

bool enet_auto_fit(struct enet_auto *a, struct err *e)
{
	struct path p = {.a = a};
	bool ok = true, folds = !(a->lambda > 0) || a->want_loss || a->out_of_fold;

	if (folds)
		ok = partition_make(&p.folds, a->n, a->level, ENET_FOLDS, 0, a->seed, e);
	for (unsigned k = folds ? 0 : ALL; ok && k <= ALL; k++)
		ok = make_model(&p, k, e);
	if (ok) {
		solve(&p);
		memcpy(a->eta, p.model[ALL].eta, a->x->rows * sizeof *a->eta);
	}
	for (unsigned k = 0; k <= ALL; k++) {
		enet_release(&p.model[k]);
		free(p.of[k].w);
		free(p.of[k].y);
	}
	partition_release(&p.folds);
	return ok;
}
