/*
 * explain: what a tuner believes, as records (bo-propose(1), RECORDS).
 *
 *   model                 how many trials, and what the process is worth
 *   length                a parameter's length scale
 *   prior-log             how much an earlier log is like this one
 *   importance            its share in whether a trial is good (explain/importance.h)
 *   dependence            the score at one of its values (explain/dependence.h)
 *   leave-one-out         a trial's score, predicted from the others (gp.h)
 *   expected-improvement  what the most promising setting is expected to bring
 *
 * All in units of the metric, turned as the metric is.
 */
#ifndef TUNER_EXPLAIN_H
#define TUNER_EXPLAIN_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "err/err.h"
#include "tuner/tuner.h"

/* Takes one record, which is deleted after it.  False with e set ends it. */
typedef bool tuner_record_fn(void *ctx, const cJSON *rec, struct err *e);

/*
 * Say it all.  With fewer than three scores there is no process, and *nothing is true.
 * False: fn's error, ERR_SYSTEM, or ERR_INPUT from --where.  About as much work as some
 * proposals; O(n^3) for leave-one-out.
 */
bool tuner_explain(struct tuner *t, tuner_record_fn *fn, void *ctx, bool *nothing,
		   struct err *e);

#endif
