#include "tasks/text_modeler.h"

#include <stdlib.h>

#include "learners/enet_auto.h"
#include "tasks/word_grams.h"

#define ALPHA 0.5
#define TOLERANCE 1e-5
#define NEWTON_MAX 30

/* What the elastic net is given of each training row, and gives back. */
struct rows {
	uint32_t *doc;
	double *y, *out_of_fold;
	uint8_t *level;
	double *rows_of, *eta; /* of each document */
};

static bool open_rows(struct rows *r, const struct text_input *in, struct err *e)
{
	size_t n = in->n_train, docs = in->corpus->docs;

	r->doc = malloc(n * sizeof *r->doc);
	r->y = malloc(n * sizeof *r->y);
	r->out_of_fold = malloc(n * sizeof *r->out_of_fold);
	r->level = malloc(n);
	r->rows_of = calloc(docs, sizeof *r->rows_of);
	r->eta = malloc(docs * sizeof *r->eta);
	if (!r->doc || !r->y || !r->out_of_fold || !r->level || !r->rows_of || !r->eta)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++) {
		r->doc[i] = (uint32_t)corpus_doc(in->corpus, in->column, in->train[i]);
		r->y[i] = in->y[in->train[i]];
		r->level[i] = in->level ? in->level[in->train[i]] : 0;
		r->rows_of[r->doc[i]]++;
	}
	return true;
}

static void close_rows(struct rows *r)
{
	free(r->eta);
	free(r->rows_of);
	free(r->level);
	free(r->out_of_fold);
	free(r->y);
	free(r->doc);
}

bool text_modeler_encode(const struct text_input *in, float *out, struct err *e)
{
	struct rows r = {0};
	struct sparse x = {0};
	bool ok = open_rows(&r, in, e) &&
		  word_grams_make(&x, in->corpus, r.rows_of, &in->params, e);
	struct enet_auto a = {
		.x = &x,
		.at = r.doc,
		.y = r.y,
		.level = r.level,
		.n = in->n_train,
		.binomial = !in->regression,
		.alpha = ALPHA,
		.tolerance = TOLERANCE,
		.newton_max = NEWTON_MAX,
		.seed = in->seed,
		.out_of_fold = r.out_of_fold,
		.eta = r.eta,
	};

	if (ok && (ok = enet_auto_fit(&a, e))) {
		for (size_t row = 0; row < in->rows; row++)
			out[row] = (float)r.eta[corpus_doc(in->corpus, in->column, row)];
		for (size_t i = 0; i < in->n_train; i++)
			out[in->train[i]] = (float)r.out_of_fold[i];
	}
	sparse_release(&x);
	close_rows(&r);
	return ok;
}
