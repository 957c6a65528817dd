/*
 * tuner: ask which setting to try, tell what came of it.
 *
 * A tuner knows a set of trials, each by its last record.  What it asks for depends
 * on the options and that set alone: not on the order in which the records came, nor
 * on what was asked before, nor on the clock.  (Records that bo-propose made carry
 * their number, from which the order of asking is known where it matters.)
 *
 *   start   the model's defaults (or the middle), then scrambled Sobol points, until
 *           `start` trials are known and three of them, or all, have scores
 *   model   the maximum of expected improvement (acq.h) under a Gaussian process of
 *           all trials (gp.h), those still pending with the scores they may have
 *   trust-region
 *           every third one, the same within a box around the best setting, which
 *           grows with success and shrinks with failure (Eriksson et al., "Scalable
 *           global optimization via local Bayesian optimization", 2019, section 3)
 *
 * A setting that is known is never asked for again, whatever its state.  A trial that
 * failed, was aborted, or has no finite score counts as one with the worst score
 * seen.  A trial whose params leave out a parameter is taken to have the default;
 * values outside the space are used as the nearest ones; a trial that names no
 * parameter of the space, or another model than the tuner's, is passed over and
 * counted.  A tuner without a model takes trials of one model only.
 *
 * With goals (goals.h) each quantity has a process of its own, and what is maximised is
 * that of acq/worth.h.  What counts as the best are the trials that keep all constraints and
 * have the sample size proposed (fidelity).  Where trials have different ones, the sample size
 * is one more coordinate of the processes, ln percent / ln 100, which is not searched over;
 * a trial without it has the largest of all, at least 64 percent.
 *
 * Converged is a tuner whose last TUNER_CONVERGED proposals from anywhere in the space, the
 * one to be made among them, were each expected to improve by less than the noise: the
 * median deviation of scores by their folds, s sqrt(1/K + 1/(K - 1)) with s the standard
 * deviation of the K numbers of `folds`, or where no trial has them that of the
 * process (Makarova et al., "Automatic termination for hyperparameter optimization",
 * 2022, have the idea).
 *
 * Cost: see gp.h; of more than TUNER_MODEL_MAX trials with scores the process sees
 * that many: the best, the newest, and a spread of the others.
 */
#ifndef TUNER_H
#define TUNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "err/err.h"
#include "space/space.h"
#include "space/where.h"
#include "trial/log.h"
#include "tuner/goals.h"

#define TUNER_MODEL_MAX 1000
#define TUNER_CONVERGED 8

struct tuner;

struct tuner_options {
	const struct space *space; /* borrowed */
	struct where *where;       /* borrowed; NULL: every setting is wanted */
	const char *model;         /* part of the trials' names; NULL: none. Borrowed */
	uint64_t seed;
	const char *partition;     /* read scores of trials on this one, by their metrics; NULL:
				    * the score that they have. Borrowed */
	const struct goals *goals; /* borrowed; NULL: the score alone */
	double fidelity; /* percent of the rows to propose trials for; 0: what the model has */
	size_t start;    /* trials before the process is asked; 0: dimensions + 1, 5 to 10 */
	bool stop_when_converged;
};

/* NULL: out of memory. */
struct tuner *tuner_new(const struct tuner_options *options, struct err *e);
void tuner_free(struct tuner *t);

/*
 * Learn a record in any state; it is not kept.  Later records of a trial replace
 * earlier ones, but a final one is not undone by one that is not.  What is no trial
 * is passed over.  ERR_INPUT: a malformed trial, or one that cannot be compared with
 * those before: its score is of another metric, partition or direction, or, where the
 * tuner has no model, it is of another one; or that has no score on the partition of the
 * options (ERR_REFUSED for that of the holdout).
 */
bool tuner_tell(struct tuner *t, const cJSON *rec, struct err *e);

/*
 * A new `proposed` record, pending from now on; the caller's.  It has the fields of
 * trial_new, `number` (how many trials were asked for before it), `source` (which of
 * the three above) and, from the process, `acquisition` (acq_value: ln expected
 * improvement in warped units), `improvement` (that, in units of the metric) and `predicted`
 * (mean, sd, in units of the metric).  NULL: ERR_EXHAUSTED where no setting is left or the
 * tuner has converged and shall stop then, ERR_INPUT from --where, ERR_SYSTEM.
 */
cJSON *tuner_ask(struct tuner *t, struct err *e);

/*
 * Learn an earlier log, of the same parameters or some of them, perhaps of another model,
 * metric or project (README.md).  Its trials are no trials of this run: they
 * are not counted, and their settings may be asked for.  name is for tuner_explain.
 * *scores: how many of its trials have one; with fewer than three it is left out.
 * ERR_INPUT: it has malformed trials, or such as cannot be compared with each other.
 */
bool tuner_add_prior(struct tuner *t, const char *name, const struct trial_log *log,
		     size_t *scores, struct err *e);

/* Trials that are final, and those that are not. */
size_t tuner_done(const struct tuner *t);
size_t tuner_open(const struct tuner *t);

/* Records told so far that were passed over: of another model, and those that name no
 * parameter of the space. */
struct tuner_passed {
	size_t other_model, unknown;
};
struct tuner_passed tuner_passed(const struct tuner *t);

/* Is this the name of a trial that the tuner knows and that is not final? */
bool tuner_waits_for(const struct tuner *t, const char *id);

/* gp_skill of the process on all trials; NAN with fewer than dimensions + 3, or 10,
 * scores.  False: out of memory. */
bool tuner_skill(struct tuner *t, double *skill, struct err *e);

#endif
