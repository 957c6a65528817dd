#include "blueprints/steps.h"

#include <stdlib.h>
#include <string.h>

#include "learners/linear.h"
#include "tasks/differences.h"
#include "tasks/impute.h"
#include "tasks/kmeans.h"
#include "tasks/one_hot.h"
#include "tasks/ordinal.h"
#include "tasks/pca.h"
#include "tasks/standardize.h"
#include "tasks/text_modeler.h"
#include "tasks/word_grams.h"

static bool encode_ordinal(struct pipeline *l, const struct column *c, const struct step *s,
			   struct err *e)
{
	float *out = matrix_add(&s->out->x, e);

	return out && ordinal_encode(c, l->p->y, s->train, s->n, &s->params, l->seed, out,
				     l->p->frame.rows, e);
}

static bool encode_one_hot(struct pipeline *l, const struct column *c, const struct step *s,
			   struct err *e)
{
	(void)l;
	return one_hot_encode(c, s->train, s->n, &s->params, &s->out->sparse, e);
}

static bool encode_number(struct pipeline *l, const struct column *c, const struct step *s,
			  struct err *e)
{
	(void)l;
	return impute_encode(c, s->train, s->n, &s->params, &s->out->x, e);
}

/* Do a step for every column of a kind that may be used. */
static bool each_column(struct pipeline *l, bool (*kind)(const struct column *),
			bool (*encode)(struct pipeline *, const struct column *,
				       const struct step *, struct err *),
			const struct step *s, struct err *e)
{
	for (size_t i = 0; i < l->p->frame.cols; i++) {
		const struct column *c = &l->p->frame.column[i];

		if (l->use[i] && kind(c) && !encode(l, c, s, e))
			return false;
	}
	return true;
}

/* The terms of a node's column, counted when they are needed first. */
static bool need_corpus(struct pipeline *l, const struct step *s, struct err *e)
{
	const struct node *node = &l->b->node[s->node];

	return l->corpus[s->node].start ||
	       corpus_make(&l->corpus[s->node], &l->p->frame.column[node->column], &s->params,
			   e) ||
	       err_prefix(e, "%s", node->label);
}

static bool encode_words(struct pipeline *l, const struct step *s, struct err *e)
{
	size_t column = l->b->node[s->node].column;

	return !l->use[column] ||
	       (need_corpus(l, s, e) &&
		word_grams_encode(&l->corpus[s->node], &l->p->frame.column[column], s->train,
				  s->n, &s->params, &s->out->sparse, e));
}

static bool encode_text(struct pipeline *l, const struct step *s, struct err *e)
{
	size_t column = l->b->node[s->node].column;
	struct text_input in = {
		.corpus = &l->corpus[s->node],
		.column = &l->p->frame.column[column],
		.y = l->p->y,
		.regression = l->p->regression,
		.level = l->level,
		.train = s->train,
		.n_train = s->n,
		.rows = l->p->frame.rows,
		.params = s->params,
		.seed = l->seed,
	};
	double *is = NULL;
	float *out;
	bool ok;

	if (!l->use[column])
		return true;
	if (!need_corpus(l, s, e))
		return false;
	if (l->p->classes <= 2)
		return (out = matrix_add(&s->out->x, e)) && text_modeler_encode(&in, out, e);
	ok = (in.y = is = malloc(in.rows * sizeof *is)) || err_nomem(e);
	for (size_t k = 0; ok && k < l->p->classes; k++) { /* each against the rest */
		for (size_t row = 0; row < in.rows; row++)
			is[row] = l->p->y[row] == (double)k;
		ok = (out = matrix_add(&s->out->x, e)) && text_modeler_encode(&in, out, e);
	}
	free(is);
	return ok;
}

static bool encode_margin(struct pipeline *l, const struct step *s, struct err *e)
{
	const struct learner_input in = {
		.x = &s->in->x,
		.sparse = &s->in->sparse,
		.y = l->p->y,
		.regression = l->p->regression,
		.train = s->train,
		.n_train = s->n,
		.level = l->level,
		.params = s->params,
		.seed = l->seed,
	};
	float *out = matrix_add(&s->out->x, e);

	if (!out)
		return false;
	/* Nothing to learn from, but perhaps the trees have: they start from 0. */
	if (!in.x->cols && !in.sparse->cols) {
		memset(out, 0, l->p->frame.rows * sizeof *out);
		return true;
	}
	return linear_margin(&in, out, e);
}

/* The number that the imputing node before this one writes for a missing one. */
static double missing_number(const struct pipeline *l, const struct step *s)
{
	for (size_t i = 0; i < s->node; i++)
		for (size_t k = 0; l->b->node[i].task && k < l->b->node[i].task->n_params;
		     k++) {
			const struct setting *one = &l->settings->s[l->settings->first[i] + k];

			if (!strcmp(one->param->name, "arbimp"))
				return one->value.number;
		}
	return 0;
}

bool steps_run(struct pipeline *l, const struct step *s, struct err *e)
{
	switch (l->b->node[s->node].kind) {
	case NODE_ORDINAL:
		return each_column(l, column_is_category, encode_ordinal, s, e);
	case NODE_ONE_HOT:
		return each_column(l, column_is_category, encode_one_hot, s, e);
	case NODE_IMPUTE:
		return each_column(l, column_is_number, encode_number, s, e);
	case NODE_STANDARDIZE:
		block_move(s->out, s->in);
		return standardize(&s->out->x, s->train, s->n, e);
	case NODE_DIFFERENCES:
		return differences_encode(&s->in->x, l->p->y, l->p->regression, s->train, s->n,
					  missing_number(l, s), &s->out->x, e);
	case NODE_PCA:
		return pca_encode(s->in, s->train, s->n, &s->params, l->seed, &s->out->x, e);
	case NODE_KMEANS:
		return kmeans_encode(&s->in->x, s->train, s->n, &s->params, l->seed, &s->out->x,
				     e);
	case NODE_MARGIN:
		return encode_margin(l, s, e);
	case NODE_TEXT_MODELER:
	case NODE_TEXT_LEARNER: /* fitted with the tasks, as its words are not tuned */
		return encode_text(l, s, e);
	case NODE_WORD_GRAMS:
		return encode_words(l, s, e);
	case NODE_BIND:
		block_move(s->out, s->in);
		return true;
	default: /* the data, or a step that is part of the next */
		return true;
	}
}
