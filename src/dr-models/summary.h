/*
 * summary: how much a project has tried, and how much there is to try.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <cjson/cJSON.h>

#include "err/err.h"

/*
 * The `summary` record (drtune-records(5)) of a project, from its wire object, its
 * models and the blueprints that it offers; metric is its own.  NULL: out of memory.
 */
cJSON *summary_of(const cJSON *project, const char *metric, const cJSON *models,
		  const cJSON *blueprints, struct err *e);

#endif
