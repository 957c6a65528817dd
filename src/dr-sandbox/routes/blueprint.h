/* blueprint: one of the project's blueprints, or that of a tuned model. */
#ifndef BLUEPRINT_H
#define BLUEPRINT_H

#include <stdlib.h>

#include "routes/common.h"

struct blueprint {
	char *base;     /* the worker's id */
	cJSON *asked;   /* values asked for, {parameterId: value}, or NULL */
	cJSON *search;  /* how lists among them are searched over, or NULL */
	cJSON *members; /* of a blend, what it is the mean of (schema.c), or NULL */
	cJSON *summary; /* modelType, processes, ... as models and jobs show them */
	cJSON *body;    /* as the worker described the base; NULL: a blend not fitted yet */
};

/* False: there is none of this id. */
bool blueprint_load(struct service *sv, const char *project, const char *id,
		    struct blueprint *b);
void blueprint_release(struct blueprint *b);

/* Copy a field of a summary. */
bool blueprint_copy(cJSON *v, const cJSON *summary, const char *field);

#endif
