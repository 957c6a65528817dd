#include "blueprints/blueprint.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blueprints/build.h"
#include "blueprints/draft.h"
#include "learners/forest.h"
#include "learners/fourier.h"
#include "learners/knn.h"
#include "learners/linear.h"
#include "learners/logistic.h"
#include "learners/majority.h"
#include "learners/network.h"
#include "learners/xgboost.h"
#include "tasks/converter.h"
#include "tasks/differences.h"
#include "tasks/impute.h"
#include "tasks/kmeans.h"
#include "tasks/one_hot.h"
#include "tasks/ordinal.h"
#include "tasks/pca.h"
#include "tasks/standardize.h"
#include "tasks/text_modeler.h"
#include "tasks/word_grams.h"

#define TEXTS_ALONE_MAX 10 /* text columns that get a model of their own, the first ones */
#define NAME_MAX_BYTES 60

static bool majority(struct draft *d, struct err *e)
{
	const struct task *t = d->p->regression ? &mean_task : &majority_task;

	draft_name(d->b, t->name, "DUMMY", "Constant");
	d->categorical = d->numeric = d->text = false;
	d->input[d->inputs++] = 0;
	return draft_start(d, e) && draft_finish(d, NODE_MAJORITY, t, e);
}

/* Categories as numbers, numbers imputed; texts as what a model of theirs predicts. */
static bool trees(struct draft *d, enum node_kind kind, const struct task *learner,
		  struct err *e)
{
	if (!draft_start(d, e))
		return false;
	if (d->categorical) {
		if (!draft_step(d, NODE_ORDINAL, &ordinal_task, DRAFT_CATEGORICAL, e))
			return false;
		draft_feed(d);
	}
	if (d->numeric) {
		if (!draft_step(d, NODE_IMPUTE, &impute_task, DRAFT_NUMERIC, e))
			return false;
		draft_feed(d);
	}
	return draft_text_steps(d, NODE_TEXT_MODELER, &text_modeler_task, e) &&
	       draft_finish(d, kind, learner, e);
}

static bool boosting(struct draft *d, const char *model_type, struct err *e)
{
	draft_name(d->b, model_type, "GBM", "Gradient Boosting Machine");
	return trees(d, NODE_XGBOOST,
		     d->p->regression    ? &xgboost_regressor
		     : d->p->classes > 2 ? &xgboost_multiclass
					 : &xgboost_classifier,
		     e);
}

static bool boosted_trees(struct draft *d, struct err *e)
{
	if (!d->categorical && !d->numeric)
		return true;
	d->text = false;
	return boosting(d, d->p->regression ? XGBOOST_REGRESSOR : XGBOOST_CLASSIFIER, e);
}

static bool boosted_trees_with_text(struct draft *d, struct err *e)
{
	if (!d->text)
		return true;
	return boosting(d,
			d->p->regression ? XGBOOST_REGRESSOR " (with text)"
					 : XGBOOST_CLASSIFIER " (with text)",
			e);
}

/* Numbers, and what differences of them tell. */
static bool differences(struct draft *d, struct err *e)
{
	int branch[2];

	if (!d->numeric)
		return true;
	if (!draft_step(d, NODE_IMPUTE, &impute_task, DRAFT_NUMERIC, e))
		return false;
	branch[0] = d->id;
	if (!draft_step(d, NODE_DIFFERENCES, &differences_task, branch[0], e))
		return false;
	branch[1] = d->id;
	if (!draft_bind(d, branch, 2, e))
		return false;
	draft_feed(d);
	return true;
}

/* Texts as what models of theirs predict, side by side. */
static bool texts(struct draft *d, struct err *e)
{
	size_t first = d->inputs, n;

	if (!draft_text_steps(d, NODE_TEXT_MODELER, &text_modeler_task, e))
		return false;
	if ((n = d->inputs - first) < 2)
		return true;
	d->inputs = first;
	if (!draft_bind(d, d->input + first, n, e))
		return false;
	draft_feed(d);
	return true;
}

/* Which rows are alike: numbers and categories, their components, clusters. */
static bool clusters(struct draft *d, struct err *e)
{
	int numbers = 0, from;

	if (d->numeric) {
		if (!draft_step(d, NODE_IMPUTE, &impute_median_task, DRAFT_NUMERIC, e) ||
		    !draft_step(d, NODE_STANDARDIZE, &standardize_task, d->id, e))
			return false;
		numbers = d->id;
	}
	if (d->categorical && !draft_step(d, NODE_ONE_HOT, &one_hot_task, DRAFT_CATEGORICAL, e))
		return false;
	from = numbers ? numbers : d->id;
	if (!draft_step(d, NODE_PCA, &pca_task, from, e) ||
	    (from != d->id - 1 && !build_edge(d->b, d->id - 1, d->id, e)) ||
	    !draft_step(d, NODE_KMEANS, &kmeans_task, d->id, e))
		return false;
	draft_feed(d);
	return true;
}

static bool unsupervised(struct draft *d, struct err *e)
{
	const struct task *learner = d->p->regression ? &xgboost_unsupervised_regressor
						      : &xgboost_unsupervised_classifier;

	if (!d->categorical && !d->numeric)
		return true;
	draft_name(d->b, learner->name, "GBM", "Gradient Boosting Machine");
	if (!draft_start(d, e))
		return false;
	if (d->categorical) {
		if (!draft_step(d, NODE_ORDINAL, &ordinal_task, DRAFT_CATEGORICAL, e))
			return false;
		draft_feed(d);
	}
	return differences(d, e) && texts(d, e) && clusters(d, e) &&
	       draft_finish(d, NODE_XGBOOST, learner, e);
}

static bool forest(struct draft *d, struct err *e)
{
	const struct task *learner = d->p->regression ? &forest_regressor : &forest_classifier;

	if (!d->categorical && !d->numeric)
		return true;
	d->text = false;
	draft_name(d->b, learner->name, "RF", "Random Forest");
	return trees(d, NODE_FOREST, learner, e);
}

/* A column for each category, numbers standardised. */
static bool columns(struct draft *d, struct err *e)
{
	if (!draft_start(d, e))
		return false;
	if (d->categorical) {
		if (!draft_step(d, NODE_ONE_HOT, &one_hot_task, DRAFT_CATEGORICAL, e))
			return false;
		draft_feed(d);
	}
	if (d->numeric) {
		if (!draft_step(d, NODE_IMPUTE, &impute_median_task, DRAFT_NUMERIC, e) ||
		    !draft_step(d, NODE_STANDARDIZE, &standardize_task, d->id, e))
			return false;
		draft_feed(d);
	}
	return true;
}

static bool linear(struct draft *d, const struct task *learner, struct err *e)
{
	draft_name(d->b, learner->name, "GLM", "Generalized Linear Model");
	return columns(d, e) && draft_text_steps(d, NODE_WORD_GRAMS, &word_grams_task, e) &&
	       draft_finish(d, NODE_LINEAR, learner, e);
}

/* Trees that learn what a linear model of numbers and categories leaves. */
static bool trees_on_linear(struct draft *d, struct err *e)
{
	bool number = d->p->regression;
	const struct task *net = number ? &elastic_net_regressor : &elastic_net_classifier;
	const struct task *learner =
		number ? &xgboost_on_linear_regressor : &xgboost_on_linear_classifier;

	if (!d->categorical && !d->numeric)
		return true;
	d->text = false;
	draft_name(d->b, learner->name, "GBM", "Gradient Boosting Machine");
	if (!columns(d, e) || !build_node(d->b, ++d->id, NODE_MARGIN, net->name, net, e))
		return false;
	for (size_t i = 0; i < d->inputs; i++)
		if (!build_edge(d->b, d->input[i], d->id, e))
			return false;
	d->inputs = 0;
	draft_feed(d);
	if (d->categorical) {
		if (!draft_step(d, NODE_ORDINAL, &ordinal_task, DRAFT_CATEGORICAL, e))
			return false;
		draft_feed(d);
	}
	if (d->numeric) {
		if (!draft_step(d, NODE_IMPUTE, &impute_task, DRAFT_NUMERIC, e))
			return false;
		draft_feed(d);
	}
	return draft_finish(d, NODE_XGBOOST, learner, e);
}

static bool elastic_net(struct draft *d, struct err *e)
{
	return linear(d, d->p->regression ? &elastic_net_regressor : &elastic_net_classifier,
		      e);
}

static bool ridge(struct draft *d, struct err *e)
{
	return linear(d, d->p->regression ? &ridge_regressor : &ridge_classifier, e);
}

static bool on_columns(struct draft *d, enum node_kind kind, const struct task *learner,
		       const char *family, const char *family_name, struct err *e)
{
	if (!d->categorical && !d->numeric)
		return true;
	d->text = false;
	draft_name(d->b, learner->name, family, family_name);
	return columns(d, e) && draft_finish(d, kind, learner, e);
}

static bool logistic(struct draft *d, struct err *e)
{
	return d->p->regression || on_columns(d, NODE_LOGISTIC, &logistic_task, "GLM",
					      "Generalized Linear Model", e);
}

static bool kernel(struct draft *d, struct err *e)
{
	return on_columns(d, NODE_FOURIER,
			  d->p->regression ? &fourier_regressor : &fourier_classifier, "SVM",
			  "Support Vector Machine", e);
}

/* The columns as their principal components: fewer, and of falling weight. */
static bool components(struct draft *d, struct err *e)
{
	if (!draft_step(d, NODE_PCA, &pca_near_task, d->input[0], e))
		return false;
	for (size_t i = 1; i < d->inputs; i++)
		if (!build_edge(d->b, d->input[i], d->id, e))
			return false;
	d->inputs = 0;
	draft_feed(d);
	return true;
}

static bool nearest(struct draft *d, struct err *e)
{
	const struct task *learner = d->p->regression ? &knn_regressor : &knn_classifier;

	if (!d->categorical && !d->numeric)
		return true;
	d->text = false;
	draft_name(d->b, learner->name, "KNN", "K-Nearest Neighbors");
	return columns(d, e) && components(d, e) && draft_finish(d, NODE_KNN, learner, e);
}

static bool network(struct draft *d, struct err *e)
{
	return on_columns(d, NODE_NETWORK,
			  d->p->regression ? &network_regressor : &network_classifier, "NN",
			  "Neural Network", e);
}

/* As much of a column's name as a model's name should have, in whole characters. */
static int name_length(const char *s)
{
	size_t n = strlen(s);

	if (n > NAME_MAX_BYTES)
		for (n = NAME_MAX_BYTES; n && (s[n] & 0xC0) == 0x80; n--)
			;
	return (int)n;
}

/* The text modeler of one column and nothing else. */
static bool text_alone(struct draft *d, struct err *e)
{
	const char *column = d->p->frame.column[d->column].name;
	int id;

	if (asprintf(&d->b->own_name, "%s - %.*s", text_modeler_task.name, name_length(column),
		     column) < 0) {
		d->b->own_name = NULL;
		return err_nomem(e);
	}
	draft_name(d->b, d->b->own_name, "TEXT", "Text Model");
	d->categorical = d->numeric = false;
	if (!draft_start(d, e) ||
	    !draft_step(d, NODE_CONVERTER, &converter_task, DRAFT_TEXT, e))
		return false;
	d->b->node[d->b->n_nodes - 1].column = d->column;
	id = d->id + 1;
	draft_feed(d);
	if (!draft_finish(d, NODE_TEXT_LEARNER, &text_modeler_task, e))
		return false;
	for (size_t i = 0; i < d->b->n_nodes; i++)
		if (d->b->node[i].id == id)
			d->b->node[i].column = d->column;
	return true;
}

typedef bool make_fn(struct draft *, struct err *);

/* Room for one more must be there. */
static bool add(struct catalogue *c, const struct prepared *p, make_fn *make, size_t column,
		struct err *e)
{
	struct blueprint *b = &c->blueprint[c->n];
	struct draft d;
	bool ok = draft_open(&d, b, p, e);

	d.column = column;
	ok = ok && make(&d, e);
	free(d.input);
	if (!ok)
		build_release(b);
	else
		c->n += b->n_nodes > 0; /* none: not for this table */
	return ok;
}

bool catalogue_make(struct catalogue *c, const struct prepared *p, struct err *e)
{
	/* clang-format off */
	static const struct {
		make_fn *make;
		bool multiclass; /* also for more than two classes */
	} all[] = {
		{majority, true},
		{boosted_trees, true},
		{boosted_trees_with_text, true},
		{unsupervised, false},
		{trees_on_linear, false},
		{forest, true},
		{elastic_net, true},
		{ridge, true},
		{logistic, true},
		{kernel, false},
		{nearest, true},
		{network, true},
	};
	/* clang-format on */
	size_t n = sizeof all / sizeof *all, texts = 0;
	bool ok = true;

	c->n = 0;
	if (!(c->blueprint = calloc(n + TEXTS_ALONE_MAX, sizeof *c->blueprint)))
		return err_nomem(e);
	for (size_t i = 0; ok && i < n; i++)
		if (p->classes <= 2 || all[i].multiclass)
			ok = add(c, p, all[i].make, SIZE_MAX, e);
	for (size_t i = 0; ok && i < p->frame.cols && texts < TEXTS_ALONE_MAX; i++)
		if (i != p->target && p->frame.column[i].type == COLUMN_TEXT) {
			ok = add(c, p, text_alone, i, e);
			texts++;
		}
	if (!ok)
		catalogue_release(c);
	return ok;
}

void catalogue_release(struct catalogue *c)
{
	for (size_t i = 0; i < c->n; i++)
		build_release(&c->blueprint[i]);
	free(c->blueprint);
	*c = (struct catalogue){0};
}

const struct blueprint *catalogue_find(const struct catalogue *c, const char *id)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->blueprint[i].id, id))
			return &c->blueprint[i];
	return NULL;
}
