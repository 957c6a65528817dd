#include "blueprints/blueprint.h"

#include <stdlib.h>
#include <string.h>

#include "blueprints/build.h"
#include "learners/forest.h"
#include "learners/linear.h"
#include "learners/majority.h"
#include "learners/xgboost.h"
#include "tasks/converter.h"
#include "tasks/impute.h"
#include "tasks/one_hot.h"
#include "tasks/ordinal.h"
#include "tasks/standardize.h"
#include "tasks/text_modeler.h"
#include "tasks/word_grams.h"

/* Ids of the nodes that stand for kinds of columns. */
enum { CATEGORICAL = -1, NUMERIC = -2, TEXT = -3 };

#define INPUTS_MAX 4 /* of a learner, beside its text columns */

/* A graph being drawn: the last node's id, and what the learner will be fed by. */
struct draft {
	struct blueprint *b;
	const struct prepared *p;
	bool categorical, numeric, text; /* columns it uses */
	int id;
	int *input;
	size_t inputs;
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
		     d->p->regression ? &xgboost_regressor : &xgboost_classifier, e);
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

static bool forest(struct draft *d, struct err *e)
{
	const struct task *learner = d->p->regression ? &forest_regressor : &forest_classifier;

	if (!d->categorical && !d->numeric)
		return true;
	d->text = false;
	name(d->b, learner->name, "RF", "Random Forest");
	return trees(d, NODE_FOREST, learner, e);
}

/* A column for each category and word, numbers standardised. */
static bool linear(struct draft *d, const struct task *learner, struct err *e)
{
	name(d->b, learner->name, "GLM", "Generalized Linear Model");
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
	return text_steps(d, NODE_WORD_GRAMS, &word_grams_task, e) &&
	       finish(d, NODE_LINEAR, learner, e);
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

bool catalogue_make(struct catalogue *c, const struct prepared *p, struct err *e)
{
	static bool (*const make[])(struct draft *, struct err *) = {
		majority, boosted_trees, boosted_trees_with_text, forest, elastic_net, ridge};
	size_t n = sizeof make / sizeof *make;

	c->n = 0;
	if (!(c->blueprint = calloc(n, sizeof *c->blueprint)))
		return err_nomem(e);
	for (size_t i = 0; i < n; i++) {
		struct blueprint *b = &c->blueprint[c->n];
		struct draft d;
		bool ok = open_draft(&d, b, p, e) && make[i](&d, e);

		free(d.input);
		c->n += b->n_nodes > 0; /* none: not for this table */
		if (!ok) {
			catalogue_release(c);
			return false;
		}
	}
	return true;
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
