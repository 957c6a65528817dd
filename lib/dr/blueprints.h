/*
 * dr/blueprints: the recipes that a project offers for its models.
 */
#ifndef DR_BLUEPRINTS_H
#define DR_BLUEPRINTS_H

#include "dr/dr.h"

cJSON *dr_blueprints(struct dr *dr, const char *project, struct err *e);
cJSON *dr_blueprint_get(struct dr *dr, const char *project, const char *id, struct err *e);

/* How a blueprint is built: {"nodes": [{"id", "label"}], "edges": [[FROM, TO]]}.  A model's
 * blueprint has one too, also where it is not among those of the project. */
cJSON *dr_blueprint_chart(struct dr *dr, const char *project, const char *id, struct err *e);

/* What is written about its tasks, an array: title, task, description, parameters
 * (name, type, description), links and references (name, url). */
cJSON *dr_blueprint_docs(struct dr *dr, const char *project, const char *id, struct err *e);

#endif
