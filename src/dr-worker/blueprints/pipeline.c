#include "blueprints/pipeline.h"

#include <math.h>
#include <stdlib.h>

#include "blueprints/keys.h"
#include "blueprints/steps.h"
#include "learners/forest.h"
#include "learners/fourier.h"
#include "learners/knn.h"
#include "learners/linear.h"
#include "learners/logistic.h"
#include "learners/majority.h"
#include "learners/network.h"
#include "learners/text_learner.h"
#include "learners/xgboost.h"

bool pipeline_init(struct pipeline *l, const struct prepared *p, const struct blueprint *b,
		   const struct settings *settings, const bool *use, uint64_t seed,
		   struct err *e)
{
	size_t rows = p->frame.rows;

	*l = (struct pipeline){.p = p, .b = b, .settings = settings, .use = use, .seed = seed};
	l->corpus = calloc(b->n_nodes, sizeof *l->corpus);
	l->column_key = calloc(p->frame.cols, sizeof *l->column_key);
	if (!l->corpus || !l->column_key)
		return err_nomem(e);
	if (p->regression)
		return true;
	if (!(l->level = malloc(rows)))
		return err_nomem(e);
	for (size_t row = 0; row < rows; row++)
		l->level[row] = (uint8_t)p->y[row];
	return true;
}

void pipeline_release(struct pipeline *l)
{
	for (size_t i = 0; l->corpus && i < l->b->n_nodes; i++)
		corpus_release(&l->corpus[i]);
	free(l->corpus);
	free(l->column_key);
	block_release(&l->margin);
	block_release(&l->input);
	free(l->level);
}

static bool has_node(const struct blueprint *b, enum node_kind kind)
{
	for (size_t i = 0; i < b->n_nodes; i++)
		if (b->node[i].kind == kind)
			return true;
	return false;
}

/* Is there a node that works on this column alone? */
static bool has_column(const struct blueprint *b, size_t column)
{
	for (size_t i = 0; i < b->n_nodes; i++)
		if (b->node[i].column == column)
			return true;
	return false;
}

bool pipeline_reads(const struct blueprint *b, const struct frame *f, size_t column)
{
	const struct column *c = &f->column[column];

	if (c->type == COLUMN_TEXT)
		return has_column(b, column);
	return has_node(b, column_is_category(c) ? NODE_CATEGORICAL : NODE_NUMERIC);
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

static learner_fn *learner_of(enum node_kind kind)
{
	switch (kind) {
	case NODE_MAJORITY:
		return majority_fit;
	case NODE_XGBOOST:
		return xgboost_fit;
	case NODE_FOREST:
		return forest_fit;
	case NODE_LINEAR:
		return linear_fit;
	case NODE_LOGISTIC:
		return logistic_fit;
	case NODE_FOURIER:
		return fourier_fit;
	case NODE_KNN:
		return knn_fit;
	case NODE_NETWORK:
		return network_fit;
	case NODE_TEXT_LEARNER:
		return text_learner_fit;
	default:
		return NULL;
	}
}

static size_t learner_node(const struct blueprint *b)
{
	size_t node = 0;

	while (!learner_of(b->node[node].kind))
		node++;
	return node;
}

static size_t position(const struct blueprint *b, int id)
{
	size_t i = 0;

	while (b->node[i].id != id)
		i++;
	return i;
}

/* The blocks of all nodes, while a graph is walked. */
struct walk {
	struct block *block;
	size_t *left; /* edges from each node that something still comes along */
	bool *needed; /* is the node's block to be made? */
	key_text *key;
	struct param_value *room;
};

/* Which blocks have to be made: those that the learner needs, and what they need, but for
 * those that the cache has. */
static void plan(struct walk *w, struct pipeline *l, size_t learner)
{
	const struct blueprint *b = l->b;

	w->needed[learner] = true;
	for (size_t i = learner + 1; i-- > 0;) {
		if (!w->needed[i])
			continue;
		if (l->cache && keys_worth(b->node[i].kind) &&
		    cache_get(l->cache, w->key[i], l->p->frame.rows, &w->block[i])) {
			w->needed[i] = false;
			continue;
		}
		for (size_t k = 0; k < b->n_edges; k++)
			if (b->edge[k].to == b->node[i].id) {
				size_t from = position(b, b->edge[k].from);

				w->needed[from] = true;
				w->left[from]++;
			}
	}
}

/* Hashing a large table takes its time: is there anything in the graph to be kept? */
static bool worth_keys(const struct blueprint *b)
{
	for (size_t i = 0; i < b->n_nodes; i++)
		if (keys_worth(b->node[i].kind))
			return true;
	return false;
}

static bool open_walk(struct walk *w, struct pipeline *l, const uint32_t *train, size_t n,
		      struct err *e)
{
	const struct blueprint *b = l->b;
	bool keys = l->cache && worth_keys(b);

	w->block = calloc(b->n_nodes, sizeof *w->block);
	w->left = calloc(b->n_nodes, sizeof *w->left);
	w->needed = calloc(b->n_nodes, sizeof *w->needed);
	w->room = calloc(l->settings->n + 1, sizeof *w->room);
	if (keys)
		w->key = keys_make(l, train, n);
	if (!w->block || !w->left || !w->needed || !w->room || (keys && !w->key))
		return err_nomem(e);
	plan(w, l, learner_node(b));
	return true;
}

static void close_walk(struct walk *w, size_t nodes)
{
	for (size_t i = 0; w->block && i < nodes; i++)
		block_release(&w->block[i]);
	free(w->room);
	free(w->key);
	free(w->needed);
	free(w->left);
	free(w->block);
}

/* All that comes into a node; what nobody else wants is moved or freed. */
static bool gather(struct pipeline *l, struct walk *w, size_t node, struct block *in,
		   struct err *e)
{
	if (!block_init(in, l->p->frame.rows, e))
		return false;
	for (size_t i = 0; i < l->b->n_edges; i++) {
		size_t from;

		if (l->b->edge[i].to != l->b->node[node].id)
			continue;
		from = position(l->b, l->b->edge[i].from);
		if (l->b->node[from].kind == NODE_MARGIN) {
			block_move(&l->margin, &w->block[from]);
			continue;
		}
		if (!--w->left[from] && !in->x.cols && !in->sparse.cols)
			block_move(in, &w->block[from]);
		else if (!block_append(in, &w->block[from], e))
			return false;
		if (!w->left[from])
			block_release(&w->block[from]);
	}
	return true;
}

static bool walk_node(struct pipeline *l, struct walk *w, size_t node, const uint32_t *train,
		      size_t n, struct err *e)
{
	struct block in = {0};
	struct step s = {
		.node = node, .train = train, .n = n, .in = &in, .out = &w->block[node]};
	bool ok;

	if (l->b->node[node].task)
		s.params = settings_of(l->settings, l->b, node, w->room);
	ok = gather(l, w, node, &in, e) && block_init(s.out, l->p->frame.rows, e) &&
	     steps_run(l, &s, e);
	if (ok && l->cache && keys_worth(l->b->node[node].kind))
		cache_put(l->cache, w->key[node], s.out);
	block_release(&in);
	return ok;
}

bool pipeline_encode(struct pipeline *l, const uint32_t *train, size_t n, struct err *e)
{
	struct walk w = {0};
	size_t learner = learner_node(l->b);
	bool ok = check_classes(l, train, n, e) && open_walk(&w, l, train, n, e);

	for (size_t i = 0; ok && i < learner; i++)
		ok = !w.needed[i] || walk_node(l, &w, i, train, n, e);
	block_release(&l->margin);
	block_release(&l->input);
	if (ok && l->b->node[learner].kind == NODE_TEXT_LEARNER) {
		ok = !w.needed[learner] || walk_node(l, &w, learner, train, n, e);
		block_move(&l->input, &w.block[learner]);
	} else if (ok) {
		ok = gather(l, &w, learner, &l->input, e);
	}
	close_walk(&w, l->b->n_nodes);
	return ok;
}

bool pipeline_encodes(const struct pipeline *l, const struct setting *setting)
{
	size_t learner = learner_node(l->b), i = (size_t)(setting - l->settings->s);

	return l->b->node[learner].kind == NODE_TEXT_LEARNER || i < l->settings->first[learner];
}

/* Classes that the training rows do not have may yet occur: together they get what half a
 * training row would have, the others less by that. */
static bool allow_for_absent(const struct pipeline *l, const uint32_t *train, size_t n,
			     double *p, size_t n_apply, struct err *e)
{
	size_t classes = l->p->classes, absent = classes;
	double mass = 0.5 / ((double)n + 0.5);
	bool *there = calloc(classes, sizeof *there);

	if (!there)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++)
		if (!there[l->level[train[i]]]) {
			there[l->level[train[i]]] = true;
			absent--;
		}
	for (size_t i = 0; absent && i < n_apply; i++, p += classes) {
		double sum = 0;

		for (size_t k = 0; k < classes; k++)
			sum += there[k] ? p[k] : 0;
		for (size_t k = 0; k < classes; k++)
			p[k] = there[k] && sum > 0 ? p[k] * (1 - mass) / sum
			       : there[k]          ? (1 - mass) / (double)(classes - absent)
						   : mass / (double)absent;
	}
	free(there);
	return true;
}

bool pipeline_learn(struct pipeline *l, const uint32_t *train, size_t n, const uint32_t *apply,
		    size_t n_apply, double *out, long *iterations, struct err *e)
{
	struct learner_input in = {
		.x = &l->input.x,
		.sparse = &l->input.sparse,
		.y = l->p->y,
		.regression = l->p->regression,
		.classes = l->p->classes,
		.train = train,
		.n_train = n,
		.level = l->level,
		.margin = l->margin.x.x,
		.seed = l->seed,
		.apply = apply,
		.n_apply = n_apply,
		.p = out,
	};
	size_t node = learner_node(l->b);
	struct param_value *room;
	bool ok;

	if (!(room = calloc(l->settings->n + 1, sizeof *room)))
		return err_nomem(e);
	in.params = settings_of(l->settings, l->b, node, room);
	ok = learner_of(l->b->node[node].kind)(&in, e);
	free(room);
	if (l->p->classes > 2)
		ok = ok && allow_for_absent(l, train, n, out, n_apply, e);
	for (size_t i = 0; ok && i < n_apply * prepared_outputs(l->p); i++)
		if (!isfinite(out[i]))
			ok = err_set(e, ERR_REFUSED,
				     "the model diverged: its predictions are not finite");
	if (iterations)
		*iterations = in.iterations;
	return ok;
}
