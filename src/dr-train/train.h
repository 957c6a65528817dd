/*
 * train: one blueprint, or one model again, to one trial record.
 */
#ifndef TRAIN_H
#define TRAIN_H

#include <cjson/cJSON.h>

#include "dr/dr.h"
#include "err/err.h"
#include "trial/log.h"

struct train_plan {
	double sample_pct;       /* 0: the project's maximum */
	const char *featurelist; /* NULL: the server's choice */
	const char *scoring;     /* crossValidation or validation */
};

struct train_place {
	char *project;
	double max_pct;  /* what the server trains on by itself, 0 where not known */
	double open_pct; /* more than that needs the holdout's rows, which are locked */
};

/* What is to be trained: one of them, the other NULL. */
struct train_subject {
	const char *blueprint;
	const char *model; /* again, with the values that it works with (frozen) */
};

void train_place_release(struct train_place *p);

/*
 * Ask for the training and give its trial: `submitted`, with the job, which is that
 * of an earlier request where the server knows the same one; or `failed`, with why
 * set, where the server refuses this blueprint or model.  A full queue is waited for, up to
 * 50 minutes.  Where an answer is lost, the server is asked for the job, as far as its
 * list can tell, before the request is made again, which is three times at most.
 *
 * The trial is in the log, as proposed, before anything is asked for.  One that the log
 * knows beyond that is given as it stands there (*known), and nothing is asked for.  What
 * comes of it is not logged here.  A log in memory will do.
 *
 * The trial's address is that of empty params at the model
 * PROJECT/BLUEPRINT[/FEATURELIST] or PROJECT/MODEL, so that two of them differ; its
 * fidelity is {"sample_pct"}, and "partition" where only the validation part is scored.
 *
 * NULL, with e: the sample needs rows of the locked holdout (ERR_REFUSED), the server is not
 * available, does not take the token, the system failed, or the process is asked to end.
 */
cJSON *train_start(struct dr *dr, const struct train_place *place,
		   const struct train_subject *what, const struct train_plan *plan,
		   struct trial_log *log, bool *known, struct err *why, struct err *e);

#endif
