/*
 * dr/blueprints: the recipes that a project offers for its models.
 */
#ifndef DR_BLUEPRINTS_H
#define DR_BLUEPRINTS_H

#include "dr/dr.h"

cJSON *dr_blueprints(struct dr *dr, const char *project, struct err *e);
cJSON *dr_blueprint_get(struct dr *dr, const char *project, const char *id, struct err *e);

#endif
