/*
 * several: the parameters of many models, asked for at once.
 */
#ifndef SEVERAL_H
#define SEVERAL_H

#include "dr/dr.h"

struct several_model {
	cJSON *rec;          /* its model record, owned */
	const char *project; /* borrowed */
	const char *id;      /* of rec */
	cJSON *parameters;   /* parameter records, owned; NULL until they are there */
	bool gone;           /* the server does not know the model any more */

	/* private */
	struct several *all;
	bool over;
	struct err why;
};

struct several {
	struct several_model *model;
	size_t n;

	/* private */
	struct dr *dr;
	size_t room;
};

/* Add a model; its record becomes the list's, also on failure. */
bool several_add(struct several *s, cJSON *rec, const char *project, struct err *e);

/*
 * Fill in the parameters of all: one request a model, as many at once as the client
 * has connections.  done (may be NULL) is called for each model in their order, as
 * soon as it and those before it are there; a model that is gone is passed to it too.
 * The first other failure is the result.
 */
typedef bool several_done_fn(struct several_model *m, void *ctx, struct err *e);
bool several_fetch(struct several *s, struct dr *dr, several_done_fn *done, void *ctx,
		   struct err *e);

void several_release(struct several *s);

#endif
