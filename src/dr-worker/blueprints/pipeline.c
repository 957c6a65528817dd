#include "blueprints/pipeline.h"

#include <math.h>
#include <stdlib.h>

#include "learners/majority.h"
#include "learners/xgboost.h"
#include "tasks/impute.h"
#include "tasks/ordinal.h"
#include "tasks/text_modeler.h"

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

static bool encode_categories(struct pipeline *l, const struct params *params,
			      const uint32_t *train, size_t n, struct err *e)
{
	for (size_t i = 0; i < l->p->frame.cols; i++) {
		const struct column *c = &l->p->frame.column[i];
		float *out;

		if (!l->use[i] || !column_is_category(c))
			continue;
		if (!(out = matrix_add(&l->x, e)) ||
		    !ordinal_encode(c, l->p->y, train, n, params, l->seed, out, l->x.rows, e))
			return false;
	}
	return true;
}

static bool encode_numbers(struct pipeline *l, const struct params *params,
			   const uint32_t *train, size_t n, struct err *e)
{
	for (size_t i = 0; i < l->p->frame.cols; i++) {
		const struct column *c = &l->p->frame.column[i];

		if (l->use[i] && column_is_number(c) &&
		    !impute_encode(c, train, n, params, &l->x, e))
			return false;
	}
	return true;
}

static bool encode_text(struct pipeline *l, size_t node, const struct params *params,
			const uint32_t *train, size_t n, struct err *e)
{
	const struct column *c = &l->p->frame.column[l->b->node[node].column];
	struct corpus *corpus = &l->corpus[node];
	struct text_input in = {
		.corpus = corpus,
		.column = c,
		.y = l->p->y,
		.regression = l->p->regression,
		.level = l->level,
		.train = train,
		.n_train = n,
		.rows = l->x.rows,
		.params = *params,
		.seed = l->seed,
	};
	float *out;

	if (!l->use[l->b->node[node].column])
		return true;
	if (!corpus->start && !corpus_make(corpus, c, params, e))
		return err_prefix(e, "%s", l->b->node[node].label);
	return (out = matrix_add(&l->x, e)) && text_modeler_encode(&in, out, e);
}

bool pipeline_encode(struct pipeline *l, const uint32_t *train, size_t n, struct err *e)
{
	struct param_value *room = calloc(l->settings->n + 1, sizeof *room);
	bool ok = room || err_nomem(e);

	l->x.cols = 0;
	ok = ok && check_classes(l, train, n, e);
	for (size_t i = 0; ok && i < l->b->n_nodes; i++) {
		struct params params = {0};

		if (l->b->node[i].task)
			params = settings_of(l->settings, l->b, i, room);
		if (l->b->node[i].kind == NODE_ORDINAL)
			ok = encode_categories(l, &params, train, n, e);
		else if (l->b->node[i].kind == NODE_IMPUTE)
			ok = encode_numbers(l, &params, train, n, e);
		else if (l->b->node[i].kind == NODE_TEXT_MODELER)
			ok = encode_text(l, i, &params, train, n, e);
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
	default:
		return NULL;
	}
}

bool pipeline_learn(struct pipeline *l, const uint32_t *train, size_t n, const uint32_t *apply,
		    size_t n_apply, double *out, long *iterations, struct err *e)
{
	struct learner_input in = {
		.x = &l->x,
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
