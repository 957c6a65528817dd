#include "blueprints/pipeline.h"

#include <math.h>
#include <stdlib.h>

#include "learners/linear.h"
#include "learners/majority.h"
#include "learners/xgboost.h"
#include "tasks/impute.h"
#include "tasks/one_hot.h"
#include "tasks/ordinal.h"
#include "tasks/standardize.h"
#include "tasks/text_modeler.h"
#include "tasks/word_grams.h"

bool pipeline_init(struct pipeline *l, const struct prepared *p, const struct blueprint *b,
		   const struct settings *settings, const bool *use, uint64_t seed,
		   struct err *e)
{
	size_t rows = p->frame.rows;

	*l = (struct pipeline){
		.p = p, .b = b, .settings = settings, .use = use, .seed = seed, .x.rows = rows};
	if (!(l->corpus = calloc(b->n_nodes, sizeof *l->corpus)))
		return err_nomem(e);
	if (p->regression)
		return true;
	if (!(l->level = malloc(rows)))
		return err_nomem(e);
	for (size_t row = 0; row < rows; row++)
		l->level[row] = p->y[row] > 0;
	return true;
}

void pipeline_release(struct pipeline *l)
{
	for (size_t i = 0; l->corpus && i < l->b->n_nodes; i++)
		corpus_release(&l->corpus[i]);
	free(l->corpus);
	matrix_release(&l->x);
	sparse_release(&l->sparse);
	free(l->level);
}

static bool has_node(const struct blueprint *b, enum node_kind kind)
{
	for (size_t i = 0; i < b->n_nodes; i++)
		if (b->node[i].kind == kind)
			return true;
	return false;
}

bool pipeline_reads(const struct blueprint *b, const struct column *c)
{
	return has_node(b, c->type == COLUMN_TEXT  ? NODE_TEXT
			   : column_is_category(c) ? NODE_CATEGORICAL
						   : NODE_NUMERIC);
}

static bool check_classes(const struct pipeline *l, const uint32_t *train, size_t n,
			  struct err *e)
{
	if (!n)
		return err_set(e, ERR_REFUSED, "the sample has no rows");
	for (size_t i = 1; i < n; i++)
		if (l->p->regression || l->level[train[i]] != l->level[train[0]])
			return true;
	return err_set(e, ERR_REFUSED, "the sample of %zu rows has one class only", n);
}

/* What a step is fitted with. */
struct step {
	size_t node;
	struct params params;
	const uint32_t *train;
	size_t n;
};

static bool encode_ordinal(struct pipeline *l, const struct column *c, const struct step *s,
			   struct err *e)
{
	float *out = matrix_add(&l->x, e);

	return out && ordinal_encode(c, l->p->y, s->train, s->n, &s->params, l->seed, out,
				     l->x.rows, e);
}

static bool encode_one_hot(struct pipeline *l, const struct column *c, const struct step *s,
			   struct err *e)
{
	return one_hot_encode(c, s->train, s->n, &s->params, &l->sparse, e);
}

static bool encode_number(struct pipeline *l, const struct column *c, const struct step *s,
			  struct err *e)
{
	return impute_encode(c, s->train, s->n, &s->params, &l->x, e);
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
				  s->n, &s->params, &l->sparse, e));
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
		.rows = l->x.rows,
		.params = s->params,
		.seed = l->seed,
	};
	float *out;

	if (!l->use[column])
		return true;
	return need_corpus(l, s, e) && (out = matrix_add(&l->x, e)) &&
	       text_modeler_encode(&in, out, e);
}

static bool run_step(struct pipeline *l, const struct step *s, struct err *e)
{
	switch (l->b->node[s->node].kind) {
	case NODE_ORDINAL:
		return each_column(l, column_is_category, encode_ordinal, s, e);
	case NODE_ONE_HOT:
		return each_column(l, column_is_category, encode_one_hot, s, e);
	case NODE_IMPUTE:
		return each_column(l, column_is_number, encode_number, s, e);
	case NODE_STANDARDIZE:
		return standardize(&l->x, s->train, s->n, e);
	case NODE_TEXT_MODELER:
		return encode_text(l, s, e);
	case NODE_WORD_GRAMS:
		return encode_words(l, s, e);
	default: /* the data, a learner, or a step that is part of the next */
		return true;
	}
}

bool pipeline_encode(struct pipeline *l, const uint32_t *train, size_t n, struct err *e)
{
	struct param_value *room = calloc(l->settings->n + 1, sizeof *room);
	bool ok = room || err_nomem(e);

	l->x.cols = 0;
	sparse_release(&l->sparse);
	ok = ok && check_classes(l, train, n, e) && sparse_init(&l->sparse, l->x.rows, e);
	for (size_t i = 0; ok && i < l->b->n_nodes; i++) {
		struct step s = {.node = i, .train = train, .n = n};

		if (l->b->node[i].task)
			s.params = settings_of(l->settings, l->b, i, room);
		ok = run_step(l, &s, e);
	}
	free(room);
	return ok;
}

static learner_fn *learner_of(enum node_kind kind)
{
	switch (kind) {
	case NODE_MAJORITY:
		return majority_fit;
	case NODE_XGBOOST:
		return xgboost_fit;
	case NODE_LINEAR:
		return linear_fit;
	default:
		return NULL;
	}
}

bool pipeline_learn(struct pipeline *l, const uint32_t *train, size_t n, const uint32_t *apply,
		    size_t n_apply, double *out, long *iterations, struct err *e)
{
	struct learner_input in = {
		.x = &l->x,
		.sparse = &l->sparse,
		.y = l->p->y,
		.regression = l->p->regression,
		.train = train,
		.n_train = n,
		.level = l->level,
		.seed = l->seed,
		.apply = apply,
		.n_apply = n_apply,
		.p = out,
	};
	size_t node = 0;
	struct param_value *room;
	bool ok;

	while (!learner_of(l->b->node[node].kind))
		node++;
	if (!(room = calloc(l->settings->n + 1, sizeof *room)))
		return err_nomem(e);
	in.params = settings_of(l->settings, l->b, node, room);
	ok = learner_of(l->b->node[node].kind)(&in, e);
	free(room);
	for (size_t i = 0; ok && i < n_apply; i++)
		if (!isfinite(out[i]))
			ok = err_set(e, ERR_REFUSED,
				     "the model diverged: its predictions are not finite");
	if (iterations)
		*iterations = in.iterations;
	return ok;
}
