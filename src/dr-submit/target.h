/*
 * target: the model that a trial is to be tried on, and its parameters.
 */
#ifndef TARGET_H
#define TARGET_H

#include <cjson/cJSON.h>

#include "dr/dr.h"

struct target {
	char *project, *model;
	cJSON *parameters; /* parameter records */
	double sample_pct; /* of the model; NAN as long as no trial names one */
	struct target *next;
};

/* What the command line says; NULL where it says nothing. */
struct target_options {
	const char *project;         /* --project */
	const char *model;           /* --model */
	const char *default_project; /* of the environment: a record may say otherwise */
};

/*
 * The target of a record: its own `model` and `project`, else those of the options.
 * Parameters are asked for once per model, its sample size where the first record has one
 * in `fidelity`; targets holds those that are known.
 * Borrowed from *targets.
 *
 * ERR_USAGE: neither says which model or project, or they contradict each other;
 * else the errors of dr_parameter_records.
 */
const struct target *target_of(struct target **targets, struct dr *dr,
			       const struct target_options *o, const cJSON *rec, struct err *e);

void target_free(struct target *targets);

#endif
