/*
 * goals: what is wanted of a trial, where it is not its score alone.
 *
 *   objective   .score            less or more, as the trials' `minimize` says
 *               .seconds          less is better
 *               -.metrics.AUC.validation    more is better
 *   constraint  .metrics.AUC.validation > 0.7       one of < <= > >=
 *   cost        .seconds          a number above 0 that a trial costs
 *
 * The places are those of json/path.h in the record of a completed trial.  Quantities are
 * turned: an objective so that less is better, a constraint to how far it is beyond
 * its bound, at most 0 where it holds (below, for < and >), a cost to its logarithm.
 */
#ifndef TUNER_GOALS_H
#define TUNER_GOALS_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "err/err.h"

#define GOALS_OBJECTIVES_MAX 8 /* FRONT_MOST of acq */

struct goals;

/*
 * No objective means `.score`; cost may be NULL.  The texts are borrowed until goals_free.
 * NULL: ERR_USAGE naming the option and the text, or out of memory.
 */
struct goals *goals_new(const char *const *objective, size_t n_objectives,
			const char *const *constraint, size_t n_constraints, const char *cost,
			struct err *e);
void goals_free(struct goals *g);

/* How many quantities there are: objectives, then constraints, then the cost. */
size_t goals_objectives(const struct goals *g);
size_t goals_constraints(const struct goals *g);
bool goals_cost(const struct goals *g);
size_t goals_count(const struct goals *g);

/* The place of objective i as the option writes it, without the sign. */
const char *goals_text(const struct goals *g, size_t i);

/*
 * The quantities of a completed trial, turned, into v (goals_count); NAN where one is
 * missing or no finite number.  Where an objective is missing all of them are.
 */
void goals_read(const struct goals *g, const cJSON *rec, bool minimize, double *v);

/* Does v, of a completed trial, keep all constraints?  What is missing does not. */
bool goals_met(const struct goals *g, const double *v);

/* An objective's value as the record has it, from the turned one. */
double goals_back(const struct goals *g, size_t i, bool minimize, double v);

#endif
