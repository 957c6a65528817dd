#include "tasks/text_modeler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/partition.h"
#include "learners/enet.h"
#include "tasks/word_grams.h"

#define FOLDS 5
#define LAMBDAS 12
#define LAMBDA_RATIO 0.6 /* of one lambda to the one before it */
#define PATIENCE 2       /* lambdas that may lose more than the best before we stop */
#define ALPHA 0.5
#define TOLERANCE 1e-5

/* The training rows of one model, by document. */
struct sums {
	double *w, *y; /* rows, and their mean target */
};

struct modeler {
	const struct text_input *in;
	struct sparse x;
	uint8_t *fold;             /* of each training row */
	struct sums of[FOLDS + 1]; /* without each fold; last, of all */
	struct enet model[FOLDS + 1];
	double *best_eta; /* FOLDS x docs, at the best lambda so far */
	size_t docs;
};

static bool make_folds(struct modeler *m, struct err *e)
{
	const struct text_input *in = m->in;
	struct partition p;
	uint8_t *level = NULL;
	bool ok;

	if (in->level) {
		if (!(level = malloc(in->n_train)))
			return err_nomem(e);
		for (size_t i = 0; i < in->n_train; i++)
			level[i] = in->level[in->train[i]];
	}
	ok = partition_make(&p, in->n_train, level, FOLDS, 0, in->seed, e);
	free(level);
	if (ok) {
		m->fold = p.fold;
		p.fold = NULL;
		partition_release(&p);
	}
	return ok;
}

/* Sum up the rows of each document for each model. */
static bool make_sums(struct modeler *m, struct err *e)
{
	const struct text_input *in = m->in;

	for (size_t k = 0; k <= FOLDS; k++) {
		struct sums *s = &m->of[k];

		s->w = calloc(m->docs, sizeof *s->w);
		s->y = calloc(m->docs, sizeof *s->y);
		if (!s->w || !s->y)
			return err_nomem(e);
		for (size_t i = 0; i < in->n_train; i++) {
			size_t doc = corpus_doc(in->corpus, in->column, in->train[i]);

			if (m->fold[i] == k)
				continue;
			s->w[doc]++;
			s->y[doc] += in->y[in->train[i]];
		}
		for (size_t doc = 0; doc < m->docs; doc++)
			s->y[doc] /= s->w[doc] > 0 ? s->w[doc] : 1;
	}
	return true;
}

static bool make_models(struct modeler *m, struct err *e)
{
	for (size_t k = 0; k <= FOLDS; k++) {
		m->model[k] = (struct enet){
			.x = &m->x,
			.w = m->of[k].w,
			.y = m->of[k].y,
			.binomial = !m->in->regression,
			.alpha = ALPHA,
			.tolerance = TOLERANCE,
		};
		if (!enet_init(&m->model[k], e))
			return false;
	}
	return true;
}

/* Loss of the training rows, each by the model that has not seen it. */
static double held_out_loss(const struct modeler *m)
{
	const struct text_input *in = m->in;
	double loss = 0;

	for (size_t i = 0; i < in->n_train; i++) {
		size_t row = in->train[i];
		double eta = m->model[m->fold[i]].eta[corpus_doc(in->corpus, in->column, row)];

		if (in->regression)
			loss += (in->y[row] - eta) * (in->y[row] - eta);
		else
			loss += log1p(exp(-fabs(eta))) + fmax(eta, 0) - in->y[row] * eta;
	}
	return loss;
}

static void keep_eta(struct modeler *m)
{
	for (size_t k = 0; k < FOLDS; k++)
		memcpy(m->best_eta + k * m->docs, m->model[k].eta,
		       m->docs * sizeof *m->best_eta);
}

/* Walk down the lambdas with the inner models, then with the one of all rows to the best. */
static void fit(struct modeler *m)
{
	double lambda_max = enet_lambda_max(&m->model[FOLDS]), lambda = lambda_max;
	double best = held_out_loss(m);
	int best_step = 0;

	keep_eta(m);
	for (size_t k = 0; k < FOLDS; k++)
		enet_lambda_max(&m->model[k]);
	for (int step = 1; lambda_max > 0 && step <= LAMBDAS && step <= best_step + PATIENCE;
	     step++) {
		double loss;

		lambda *= LAMBDA_RATIO;
		for (size_t k = 0; k < FOLDS; k++)
			enet_solve(&m->model[k], lambda);
		if ((loss = held_out_loss(m)) < best) {
			best = loss;
			best_step = step;
			keep_eta(m);
		}
	}
	lambda = lambda_max;
	for (int step = 1; step <= best_step; step++)
		enet_solve(&m->model[FOLDS], lambda *= LAMBDA_RATIO);
}

static void write(const struct modeler *m, float *out)
{
	const struct text_input *in = m->in;

	for (size_t row = 0; row < in->rows; row++)
		out[row] = (float)m->model[FOLDS].eta[corpus_doc(in->corpus, in->column, row)];
	for (size_t i = 0; i < in->n_train; i++) {
		size_t doc = corpus_doc(in->corpus, in->column, in->train[i]);

		out[in->train[i]] = (float)m->best_eta[m->fold[i] * m->docs + doc];
	}
}

bool text_modeler_encode(const struct text_input *in, float *out, struct err *e)
{
	struct modeler m = {.in = in, .docs = in->corpus->docs};
	bool ok = make_folds(&m, e) && make_sums(&m, e) &&
		  word_grams_make(&m.x, in->corpus, m.of[FOLDS].w, &in->params, e) &&
		  make_models(&m, e);

	if (ok && !(m.best_eta = malloc(FOLDS * m.docs * sizeof *m.best_eta)))
		ok = err_nomem(e);
	if (ok) {
		fit(&m);
		write(&m, out);
	}
	free(m.best_eta);
	for (size_t k = 0; k <= FOLDS; k++) {
		enet_release(&m.model[k]);
		free(m.of[k].w);
		free(m.of[k].y);
	}
	sparse_release(&m.x);
	free(m.fold);
	return ok;
}
