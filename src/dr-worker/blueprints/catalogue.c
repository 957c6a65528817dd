#include "blueprints/blueprint.h"

#include <stdlib.h>
#include <string.h>

#include "blueprints/build.h"
#include "learners/majority.h"
#include "learners/xgboost.h"
#include "tasks/converter.h"
#include "tasks/impute.h"
#include "tasks/ordinal.h"
#include "tasks/text_modeler.h"

static const char *name_of(const struct task *t, const struct prepared *p)
{
	return p->regression && t->regressor ? t->regressor : t->name;
}

static bool majority(struct blueprint *b, const struct prepared *p, struct err *e)
{
	const char *name = name_of(&majority_task, p);

	b->model_type = name;
	b->family = "DUMMY";
	b->family_name = "Constant";
	return build_node(b, 0, NODE_DATA, "Data", NULL, e) &&
	       build_node(b, 1, NODE_MAJORITY, name, &majority_task, e) &&
	       build_node(b, 2, NODE_PREDICTION, "Prediction", NULL, e) &&
	       build_edge(b, 0, 1, e) && build_edge(b, 1, 2, e) && build_finish(b, e);
}

/* Ids of the nodes that stand for kinds of columns. */
enum { CATEGORICAL = -1, NUMERIC = -2, TEXT = -3 };

struct kinds {
	bool categorical, numeric, text;
};

/* Of the columns other than the target. */
static struct kinds kinds_of(const struct prepared *p)
{
	struct kinds k = {false, false, false};

	for (size_t i = 0; i < p->frame.cols; i++) {
		const struct column *c = &p->frame.column[i];

		if (i == p->target)
			continue;
		k.categorical = k.categorical || column_is_category(c);
		k.numeric = k.numeric || column_is_number(c);
		k.text = k.text || c->type == COLUMN_TEXT;
	}
	return k;
}

static bool start(struct blueprint *b, struct kinds k, struct err *e)
{
	return build_node(b, 0, NODE_DATA, "Data", NULL, e) &&
	       (!k.categorical || (build_node(b, CATEGORICAL, NODE_CATEGORICAL,
					      "Categorical Variables", NULL, e) &&
				   build_edge(b, 0, CATEGORICAL, e))) &&
	       (!k.numeric ||
		(build_node(b, NUMERIC, NODE_NUMERIC, "Numeric Variables", NULL, e) &&
		 build_edge(b, 0, NUMERIC, e))) &&
	       (!k.text || (build_node(b, TEXT, NODE_TEXT, "Text Variables", NULL, e) &&
			    build_edge(b, 0, TEXT, e)));
}

/* A task between two others: node `id`, fed by `from`. */
static bool step(struct blueprint *b, int id, enum node_kind kind, const struct task *task,
		 int from, struct err *e)
{
	return build_node(b, id, kind, task->name, task, e) && build_edge(b, from, id, e);
}

static bool finish(struct blueprint *b, int learner, struct err *e)
{
	return build_node(b, learner + 1, NODE_PREDICTION, "Prediction", NULL, e) &&
	       build_edge(b, learner, learner + 1, e) && build_finish(b, e);
}

/* Nodes for categories and numbers, from ++*id on. */
static bool encoders(struct blueprint *b, struct kinds k, int *id, struct err *e)
{
	return (!k.categorical ||
		step(b, ++*id, NODE_ORDINAL, &ordinal_task, CATEGORICAL, e)) &&
	       (!k.numeric || step(b, ++*id, NODE_IMPUTE, &impute_task, NUMERIC, e));
}

/* Categories as numbers, numbers imputed, boosted trees. */
static bool boosted_trees(struct blueprint *b, const struct prepared *p, struct err *e)
{
	const struct task *learner = p->regression ? &xgboost_regressor : &xgboost_classifier;
	struct kinds k = kinds_of(p);
	int id = 0;

	if (!k.categorical && !k.numeric)
		return true;
	k.text = false;
	b->model_type = learner->name;
	b->family = "GBM";
	b->family_name = "Gradient Boosting Machine";
	if (!start(b, k, e) || !encoders(b, k, &id, e) ||
	    !build_node(b, id + 1, NODE_XGBOOST, learner->name, learner, e))
		return false;
	for (int from = 1; from <= id; from++)
		if (!build_edge(b, from, id + 1, e))
			return false;
	return finish(b, id + 1, e);
}

/* A converter and a modeler for each text column, from ++*id on. */
static bool text_modelers(struct blueprint *b, const struct prepared *p, int *id, struct err *e)
{
	for (size_t i = 0; i < p->frame.cols; i++) {
		if (i == p->target || p->frame.column[i].type != COLUMN_TEXT)
			continue;
		if (!step(b, ++*id, NODE_CONVERTER, &converter_task, TEXT, e))
			return false;
		b->node[b->n_nodes - 1].column = i;
		if (!step(b, *id + 1, NODE_TEXT_MODELER, &text_modeler_task, *id, e))
			return false;
		b->node[b->n_nodes - 1].column = i;
		++*id;
	}
	return true;
}

/* The same, with what linear models of the text columns predict. */
static bool boosted_trees_with_text(struct blueprint *b, const struct prepared *p,
				    struct err *e)
{
	const struct task *learner = p->regression ? &xgboost_regressor : &xgboost_classifier;
	struct kinds k = kinds_of(p);
	int id = 0, encoded;

	if (!k.text)
		return true;
	b->model_type = p->regression ? XGBOOST_REGRESSOR " (with text)"
				      : XGBOOST_CLASSIFIER " (with text)";
	b->family = "GBM";
	b->family_name = "Gradient Boosting Machine";
	if (!start(b, k, e) || !encoders(b, k, &id, e))
		return false;
	encoded = id;
	if (!text_modelers(b, p, &id, e) ||
	    !build_node(b, id + 1, NODE_XGBOOST, learner->name, learner, e))
		return false;
	for (int from = 1; from <= encoded; from++)
		if (!build_edge(b, from, id + 1, e))
			return false;
	for (int from = encoded + 2; from <= id; from += 2) /* behind each converter */
		if (!build_edge(b, from, id + 1, e))
			return false;
	return finish(b, id + 1, e);
}

typedef bool maker(struct blueprint *b, const struct prepared *p, struct err *e);

bool catalogue_make(struct catalogue *c, const struct prepared *p, struct err *e)
{
	static maker *const make[] = {majority, boosted_trees, boosted_trees_with_text};
	size_t n = sizeof make / sizeof *make;

	c->n = 0;
	if (!(c->blueprint = calloc(n, sizeof *c->blueprint)))
		return err_nomem(e);
	for (size_t i = 0; i < n; i++) {
		struct blueprint *b = &c->blueprint[c->n];

		if (!make[i](b, p, e)) {
			c->n++;
			catalogue_release(c);
			return false;
		}
		c->n += b->n_nodes > 0; /* none: not for this table */
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
