#include "blueprints/blueprint.h"

#include <stdlib.h>
#include <string.h>

#include "blueprints/build.h"
#include "learners/majority.h"

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

typedef bool maker(struct blueprint *b, const struct prepared *p, struct err *e);

bool catalogue_make(struct catalogue *c, const struct prepared *p, struct err *e)
{
	static maker *const make[] = {majority};
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
