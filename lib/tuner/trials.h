/* trials: what a tuner knows (inside tuner). */
#ifndef TUNER_TRIALS_H
#define TUNER_TRIALS_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "err/err.h"
#include "space/space.h"
#include "trial/trial.h"
#include "tuner/goals.h"
#include "tuner/seen.h"

struct known {
	char id[TRIAL_ID_LEN + 1];
	bool final;
	bool exact;       /* params is a setting of the space: x is all of it */
	double score;     /* less is better; NAN: failed, or not final */
	double number;    /* as the proposer gave it, or -1 */
	double expected;  /* improvement that the process expected of it, anywhere in the
			   * space, in units of the metric; NAN: not found that way */
	double noise;     /* deviation of the score by its folds, or NAN: see tuner.h */
	double sample;    /* fidelity.sample_pct, or NAN */
	bool feasible;    /* its result keeps the constraints of the goals */
	double *quantity; /* goals_count, turned (goals.h); NAN: missing, or not final */
	double *x;        /* d coordinates */
	double *snapped;  /* d: the same, as acq proposes settings */
};

#define TRIALS_SAMPLE 64 /* percent that DataRobot trains on, unless told */

struct trials {
	const struct space *space;
	const struct goals *goals; /* NULL: the score */
	double largest;            /* sample size of all, at least TRIALS_SAMPLE */
	size_t sampled;            /* trials that have one */
	const char *model;
	size_t d, n, cap, final, scored;
	struct known **at;           /* n, in order of their ids */
	struct seen seen;            /* theirs, of those that are exact */
	char *metric, *partition;    /* of the scores, by the first that named one */
	bool directed, minimize;     /* directed: minimize is known */
	bool earlier;                /* another run's: see prior.h */
	char *only;                  /* where model is NULL: the one model of all trials */
	size_t other_model, unknown; /* records passed over: see tuner_passed */
};

void trials_init(struct trials *t, const struct space *space, const char *model,
		 const struct goals *goals);
void trials_release(struct trials *t);

/* See tuner_tell.  *changed (may be NULL) says whether a final trial was added or got
 * another score. */
bool trials_put(struct trials *t, const cJSON *rec, bool *changed, struct err *e);

/* Borrowed, or NULL. O(log n). */
const struct known *trials_find(const struct trials *t, const char *id);

/* Is x, snapped, the setting of a trial of this sample size (0: of one that was tuned as the
 * model is)? O(d), where trials have different sizes O(n d). */
bool trials_hold(const struct trials *t, const double *x, double sample);

/* The sample size of a trial in percent: where it has none the largest there is, as what
 * is tuned has that of its model.  Of a proposal, by what was asked for (0: nothing). */
double trials_sample(const struct trials *t, const struct known *k);
double trials_proposed_sample(const struct trials *t, double asked);

/* All final ones, in the order in which they were asked for; those without a number
 * first.  n pointers, the caller's (free); NULL: out of memory. */
const struct known **trials_in_order(const struct trials *t);

/*
 * Those of the final ones that the parameters of a process are to be learnt from, by id;
 * their number into *m, above 0 where any is final.  The caller's (free); NULL: out of memory.
 *
 * So that they are not learnt anew with every result: of the n that are final, in the
 * order in which they were asked for, the first so many as n has whole twentieths.  From
 * 100 on, where learning takes its time, of the n known; and where one of these is still
 * open some twentieths fewer, but no fewer than LEARN_LEAST n: a result that comes later
 * than the others then mostly changes nothing.
 */
const struct known **trials_to_learn(const struct trials *t, size_t *m);

/* Order of two trials by score, ties by id, failures last. */
int trials_by_score(const void *a, const void *b);

#endif
