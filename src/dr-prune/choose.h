/*
 * choose: which of the models that the trials of a log have made are to go.
 */
#ifndef CHOOSE_H
#define CHOOSE_H

#include <stddef.h>

#include "err/err.h"
#include "trial/log.h"

struct choose_rule {
	const char *project; /* trials of this project only; NULL: there must be one */
	const char *meant;   /* the project of trials that name none, or NULL */
	size_t keep;         /* so many models, the best by score */
};

struct choose_model {
	const char *model, *project, *trial; /* borrowed from the log */
	double score;
};

struct choose_result {
	struct choose_model *go; /* n that are to go, best first; ties by trial */
	size_t n;
	size_t kept;     /* among the best */
	size_t needed;   /* not among them, but some trial of the log tunes it */
	size_t unscored; /* completed trials without a score: their models stay */
};

/*
 * The last record of each completed trial with a tuned_model counts.  A model that several
 * trials have made is as good as the best of them.  A model that any trial of the log tunes or
 * trains again stays, and so does one that a trial without a score has made.
 *
 * ERR_INPUT `trial ID: WHY` for trials without a project, for one that does not say what its
 * score is, and where two scores cannot be compared: other metric, partition or direction,
 * or, without a project in the rule, another project.
 * O(n log n) for n trials.
 */
bool choose_models(const struct trial_log *log, const struct choose_rule *rule,
		   struct choose_result *out, struct err *e);
void choose_release(struct choose_result *r);

#endif
