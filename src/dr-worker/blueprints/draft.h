/*
 * draft: a blueprint while it is drawn, node by node from the data to the prediction.
 *
 *	draft_start   the data and its kinds of columns
 *	draft_step    a task behind a node; it is the last node then
 *	draft_feed    what the last node makes goes to the learner
 *	draft_finish  the learner behind all that feeds it, and the prediction
 *
 * All of them fail for want of memory only.
 */
#ifndef DRAFT_H
#define DRAFT_H

#include "blueprints/blueprint.h"

/* Ids of the nodes that stand for kinds of columns. */
enum { DRAFT_CATEGORICAL = -1, DRAFT_NUMERIC = -2, DRAFT_TEXT = -3 };

struct draft {
	struct blueprint *b;
	const struct prepared *p;
	bool categorical, numeric, text; /* columns it uses */
	int id;                          /* of the last node */
	int *input;                      /* nodes that feed the learner; freed by the caller */
	size_t inputs;
	size_t column; /* of a blueprint for one column */
};

/* With the kinds of columns that the table has beside its target. */
bool draft_open(struct draft *d, struct blueprint *b, const struct prepared *p, struct err *e);

/* What a model of the blueprint is called; the texts are borrowed. */
void draft_name(struct blueprint *b, const char *model_type, const char *family,
		const char *family_name);

bool draft_start(struct draft *d, struct err *e);
bool draft_step(struct draft *d, enum node_kind kind, const struct task *task, int from,
		struct err *e);
/* A node that puts the columns of two or more others side by side. */
bool draft_bind(struct draft *d, const int *from, size_t n, struct err *e);
void draft_feed(struct draft *d);
/* A converter for each text column and a task behind it, which feeds the learner. */
bool draft_text_steps(struct draft *d, enum node_kind kind, const struct task *task,
		      struct err *e);
bool draft_finish(struct draft *d, enum node_kind kind, const struct task *learner,
		  struct err *e);

#endif
