/*
 * ladder: successive halving: settings that climb from rung to rung, each rung on more rows
 * and for fewer of them.
 *
 * In turn: a rung begins when the one below is over, with the best share of it (Jamieson and
 * Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", 2016,
 * section 3).  Asynchronous: a setting climbs as soon as it is in the best share of those that
 * are over on its rung, and else a new one begins at the foot (Li et al., "A system for
 * massively parallel hyperparameter tuning", 2020, algorithm 2: ASHA); nobody waits for the
 * slowest, and some climb that would not have at the end.
 *
 * What is asked for depends on the rungs, the settings, and what is known of their trials.
 * A trial that failed, or has no score, never climbs.  At least one setting climbs, if any
 * has a score.
 */
#ifndef LADDER_H
#define LADDER_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "err/err.h"
#include "trial/log.h"
#include "trial/trial.h"

struct ladder;

struct ladder_options {
	double share; /* one of so many climbs, at least 2 */
	bool async;
};

struct ladder *ladder_new(const struct ladder_options *o, struct err *e);
void ladder_free(struct ladder *l);

/* A rung above the others: the model that is tuned there, and the fidelity of its trials
 * (taken over). */
bool ladder_add_rung(struct ladder *l, const char *model, cJSON *fidelity, struct err *e);

/* A setting for the foot; one that is there already is left out. */
bool ladder_add_setting(struct ladder *l, const cJSON *params, struct err *e);

/*
 * The trials of the log that belong here, with all that was decided when they were made.
 * Afterwards ladder_unfinished gives those that are not over, one after the other (borrowed
 * from the log), then NULL.
 */
bool ladder_replay(struct ladder *l, const struct trial_log *log, struct err *e);
const cJSON *ladder_unfinished(struct ladder *l);

/* A trial in any state.  *ours says whether it belongs here.  ERR_INPUT where its score
 * cannot be compared with others of its rung. */
bool ladder_tell(struct ladder *l, const cJSON *rec, bool *ours, struct err *e);

/* The next trial, open from now on; the caller's.  NULL without an error: none for now, and
 * none any more where none is open. */
cJSON *ladder_ask(struct ladder *l, struct err *e);

/* Trials that are asked for and not over; those that are over on a rung; how many rungs. */
size_t ladder_open(const struct ladder *l);
size_t ladder_done(const struct ladder *l, size_t rung);
size_t ladder_rungs(const struct ladder *l);
/* Has every setting been begun, and one of them come to the top? */
bool ladder_complete(const struct ladder *l);

#endif
