#include "blueprints/blueprint.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blueprints/build.h"
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

/* Ids of the nodes that stand for kinds of columns. */
enum { CATEGORICAL = -1, NUMERIC = -2, TEXT = -3 };

#define TEXTS_ALONE_MAX 10 /* text columns that get a model of their own, the first ones */
#define NAME_MAX_BYTES 60
#define INPUTS_MAX 4 /* of a learner, beside its text columns */

/* A graph being drawn: the last node's id, and what the learner will be fed by. */
struct draft {
	struct blueprint *b;
	const struct prepared *p;
	bool categorical, numeric, text; /* columns it uses */
	int id;
	int *input;
	size_t inputs;
	size_t column; /* of a blueprint for one column */
};

/* The kinds of columns that the table has beside its target. */
static bool open_draft(struct draft *d, struct blueprint *b, const struct prepared *p,
		       struct err *e)
{
	*d = (struct draft){.b = b, .p = p};
	for (size_t i = 0; i < p->frame.cols; i++) {
		const struct column *c = &p->frame.column[i];

		if (i == p->target)
			continue;
		d->categorical = d->categorical || column_is_category(c);
		d->numeric = d->numeric || column_is_number(c);
		d->text = d->text || c->type == COLUMN_TEXT;
	}
	d->input = malloc((p->frame.cols + INPUTS_MAX) * sizeof *d->input);
	return d->input || err_nomem(e);
}

static bool put_kind(struct draft *d, bool there, int id, enum node_kind kind,
		     const char *label, struct err *e)
{
	return !there ||
	       (build_node(d->b, id, kind, label, NULL, e) && build_edge(d->b, 0, id, e));
}

static bool start(struct draft *d, struct err *e)
{
	return build_node(d->b, 0, NODE_DATA, "Data", NULL, e) &&
	       put_kind(d, d->categorical, CATEGORICAL, NODE_CATEGORICAL,
			"Categorical Variables", e) &&
	       put_kind(d, d->numeric, NUMERIC, NODE_NUMERIC, "Numeric Variables", e) &&
	       put_kind(d, d->text, TEXT, NODE_TEXT, "Text Variables", e);
}

/* A task behind the node `from`. */
static bool step(struct draft *d, enum node_kind kind, const struct task *task, int from,
		 struct err *e)
{
	return build_node(d->b, ++d->id, kind, task->name, task, e) &&
	       build_edge(d->b, from, d->id, e);
}

/* A node that puts the columns of two or more others side by side. */
static bool bind(struct draft *d, const int *from, size_t n, struct err *e)
{
	if (!build_node(d->b, ++d->id, NODE_BIND, "Bind branches", NULL, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!build_edge(d->b, from[i], d->id, e))
			return false;
	return true;
}

/* What the last node makes goes to the learner. */
static void feed(struct draft *d)
{
	d->input[d->inputs++] = d->id;
}

/* A converter for each text column and a task behind it. */
static bool text_steps(struct draft *d, enum node_kind kind, const struct task *task,
		       struct err *e)
{
	for (size_t i = 0; d->text && i < d->p->frame.cols; i++) {
		if (i == d->p->target || d->p->frame.column[i].type != COLUMN_TEXT)
			continue;
		if (!step(d, NODE_CONVERTER, &converter_task, TEXT, e))
			return false;
		d->b->node[d->b->n_nodes - 1].column = i;
		if (!step(d, kind, task, d->id, e))
			return false;
		d->b->node[d->b->n_nodes - 1].column = i;
		feed(d);
	}
	return true;
}

/* The learner behind all that feeds it, and the prediction. */
static bool finish(struct draft *d, enum node_kind kind, const struct task *learner,
		   struct err *e)
{
	int id = ++d->id;

	if (!build_node(d->b, id, kind, learner->name, learner, e))
		return false;
	for (size_t i = 0; i < d->inputs; i++)
		if (!build_edge(d->b, d->input[i], id, e))
			return false;
	return build_node(d->b, id + 1, NODE_PREDICTION, "Prediction", NULL, e) &&
	       build_edge(d->b, id, id + 1, e) && build_finish(d->b, e);
}

static void name(struct blueprint *b, const char *model_type, const char *family,
		 const char *family_name)
{
	b->model_type = model_type;
	b->family = family;
	b->family_name = family_name;
}

static bool majority(struct draft *d, struct err *e)
{
	const struct task *t = d->p->regression ? &mean_task : &majority_task;

	name(d->b, t->name, "DUMMY", "Constant");
	d->categorical = d->numeric = d->text = false;
	d->input[d->inputs++] = 0;
	return start(d, e) && finish(d, NODE_MAJORITY, t, e);
}

/* Categories as numbers, numbers imputed; texts as what a model of theirs predicts. */
static bool trees(struct draft *d, enum node_kind kind, const struct task *learner,
		  struct err *e)
{
	if (!start(d, e))
		return false;
	if (d->categorical) {
		if (!step(d, NODE_ORDINAL, &ordinal_task, CATEGORICAL, e))
			return false;
		feed(d);
	}
	if (d->numeric) {
		if (!step(d, NODE_IMPUTE, &impute_task, NUMERIC, e))
			return false;
		feed(d);
	}
	return text_steps(d, NODE_TEXT_MODELER, &text_modeler_task, e) &&
	       finish(d, kind, learner, e);
}

static bool boosting(struct draft *d, const char *model_type, struct err *e)
{
	name(d->b, model_type, "GBM", "Gradient Boosting Machine");
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
	if (!step(d, NODE_IMPUTE, &impute_task, NUMERIC, e))
		return false;
	branch[0] = d->id;
	if (!step(d, NODE_DIFFERENCES, &differences_task, branch[0], e))
		return false;
	branch[1] = d->id;
	if (!bind(d, branch, 2, e))
		return false;
	feed(d);
	return true;
}

/* Texts as what models of theirs predict, side by side. */
static bool texts(struct draft *d, struct err *e)
{
	size_t first = d->inputs, n;

	if (!text_steps(d, NODE_TEXT_MODELER, &text_modeler_task, e))
		return false;
	if ((n = d->inputs - first) < 2)
		return true;
	d->inputs = first;
	if (!bind(d, d->input + first, n, e))
		return false;
	feed(d);
	return true;
}

/* Which rows are alike: numbers and categories, their components, clusters. */
static bool clusters(struct draft *d, struct err *e)
{
	int numbers = 0, from;

	if (d->numeric) {
		if (!step(d, NODE_IMPUTE, &impute_median_task, NUMERIC, e) ||
		    !step(d, NODE_STANDARDIZE, &standardize_task, d->id, e))
			return false;
		numbers = d->id;
	}
	if (d->categorical && !step(d, NODE_ONE_HOT, &one_hot_task, CATEGORICAL, e))
		return false;
	from = numbers ? numbers : d->id;
	if (!step(d, NODE_PCA, &pca_task, from, e) ||
	    (from != d->id - 1 && !build_edge(d->b, d->id - 1, d->id, e)) ||
	    !step(d, NODE_KMEANS, &kmeans_task, d->id, e))
		return false;
	feed(d);
	return true;
}

static bool unsupervised(struct draft *d, struct err *e)
{
	const struct task *learner = d->p->regression ? &xgboost_unsupervised_regressor
						      : &xgboost_unsupervised_classifier;

	if (!d->categorical && !d->numeric)
		return true;
	name(d->b, learner->name, "GBM", "Gradient Boosting Machine");
	if (!start(d, e))
		return false;
	if (d->categorical) {
		if (!step(d, NODE_ORDINAL, &ordinal_task, CATEGORICAL, e))
			return false;
		feed(d);
	}
	return differences(d, e) && texts(d, e) && clusters(d, e) &&
	       finish(d, NODE_XGBOOST, learner, e);
}

static bool forest(struct draft *d, struct err *e)
{
	const struct task *learner = d->p->regression ? &forest_regressor : &forest_classifier;

	if (!d->categorical && !d->numeric)
		return true;
	d->text = false;
	name(d->b, learner->name, "RF", "Random Forest");
	return trees(d, NODE_FOREST, learner, e);
}

/* A column for each category, numbers standardised. */
static bool columns(struct draft *d, struct err *e)
{
	if (!start(d, e))
		return false;
	if (d->categorical) {
		if (!step(d, NODE_ONE_HOT, &one_hot_task, CATEGORICAL, e))
			return false;
		feed(d);
	}
	if (d->numeric) {
		if (!step(d, NODE_IMPUTE, &impute_median_task, NUMERIC, e) ||
		    !step(d, NODE_STANDARDIZE, &standardize_task, d->id, e))
			return false;
		feed(d);
	}
	return true;
}

static bool linear(struct draft *d, const struct task *learner, struct err *e)
{
	name(d->b, learner->name, "GLM", "Generalized Linear Model");
	return columns(d, e) && text_steps(d, NODE_WORD_GRAMS, &word_grams_task, e) &&
	       finish(d, NODE_LINEAR, learner, e);
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
	name(d->b, learner->name, "GBM", "Gradient Boosting Machine");
	if (!columns(d, e) || !build_node(d->b, ++d->id, NODE_MARGIN, net->name, net, e))
		return false;
	for (size_t i = 0; i < d->inputs; i++)
		if (!build_edge(d->b, d->input[i], d->id, e))
			return false;
	d->inputs = 0;
	feed(d);
	if (d->categorical) {
		if (!step(d, NODE_ORDINAL, &ordinal_task, CATEGORICAL, e))
			return false;
		feed(d);
	}
	if (d->numeric) {
		if (!step(d, NODE_IMPUTE, &impute_task, NUMERIC, e))
			return false;
		feed(d);
	}
	return finish(d, NODE_XGBOOST, learner, e);
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
	name(d->b, learner->name, family, family_name);
	return columns(d, e) && finish(d, kind, learner, e);
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
	if (!step(d, NODE_PCA, &pca_task, d->input[0], e))
		return false;
	for (size_t i = 1; i < d->inputs; i++)
		if (!build_edge(d->b, d->input[i], d->id, e))
			return false;
	d->inputs = 0;
	feed(d);
	return true;
}

static bool nearest(struct draft *d, struct err *e)
{
	const struct task *learner = d->p->regression ? &knn_regressor : &knn_classifier;

	if (!d->categorical && !d->numeric)
		return true;
	d->text = false;
	name(d->b, learner->name, "KNN", "K-Nearest Neighbors");
	return columns(d, e) && components(d, e) && finish(d, NODE_KNN, learner, e);
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
	name(d->b, d->b->own_name, "TEXT", "Text Model");
	d->categorical = d->numeric = false;
	if (!start(d, e) || !step(d, NODE_CONVERTER, &converter_task, TEXT, e))
		return false;
	d->b->node[d->b->n_nodes - 1].column = d->column;
	id = d->id + 1;
	feed(d);
	if (!finish(d, NODE_TEXT_LEARNER, &text_modeler_task, e))
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
	bool ok = open_draft(&d, b, p, e);

	d.column = column;
	ok = ok && make(&d, e);
	free(d.input);
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
