#include "blueprints/draft.h"

#include <stdlib.h>

#include "blueprints/build.h"
#include "tasks/converter.h"

#define INPUTS_MAX 4 /* of a learner, beside its text columns */

bool draft_open(struct draft *d, struct blueprint *b, const struct prepared *p, struct err *e)
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

bool draft_start(struct draft *d, struct err *e)
{
	return build_node(d->b, 0, NODE_DATA, "Data", NULL, e) &&
	       put_kind(d, d->categorical, DRAFT_CATEGORICAL, NODE_CATEGORICAL,
			"Categorical Variables", e) &&
	       put_kind(d, d->numeric, DRAFT_NUMERIC, NODE_NUMERIC, "Numeric Variables", e) &&
	       put_kind(d, d->text, DRAFT_TEXT, NODE_TEXT, "Text Variables", e);
}

bool draft_step(struct draft *d, enum node_kind kind, const struct task *task, int from,
		struct err *e)
{
	return build_node(d->b, ++d->id, kind, task->name, task, e) &&
	       build_edge(d->b, from, d->id, e);
}

bool draft_bind(struct draft *d, const int *from, size_t n, struct err *e)
{
	if (!build_node(d->b, ++d->id, NODE_BIND, "Bind branches", NULL, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!build_edge(d->b, from[i], d->id, e))
			return false;
	return true;
}

void draft_feed(struct draft *d)
{
	d->input[d->inputs++] = d->id;
}

bool draft_text_steps(struct draft *d, enum node_kind kind, const struct task *task,
		      struct err *e)
{
	for (size_t i = 0; d->text && i < d->p->frame.cols; i++) {
		if (i == d->p->target || d->p->frame.column[i].type != COLUMN_TEXT)
			continue;
		if (!draft_step(d, NODE_CONVERTER, &converter_task, DRAFT_TEXT, e))
			return false;
		d->b->node[d->b->n_nodes - 1].column = i;
		if (!draft_step(d, kind, task, d->id, e))
			return false;
		d->b->node[d->b->n_nodes - 1].column = i;
		draft_feed(d);
	}
	return true;
}

bool draft_finish(struct draft *d, enum node_kind kind, const struct task *learner,
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

void draft_name(struct blueprint *b, const char *model_type, const char *family,
		const char *family_name)
{
	b->model_type = model_type;
	b->family = family;
	b->family_name = family_name;
}
