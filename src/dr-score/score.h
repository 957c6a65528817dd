/*
 * score: one trial's predictions, streamed to the metric command.
 */
#ifndef SCORE_H
#define SCORE_H

#include <stdbool.h>

#include "actuals.h"
#include "dr/dr.h"
#include "err/err.h"

struct score_plan {
	const char *command;
	const struct actuals *actuals; /* NULL: rows come without what was */
};

/*
 * Have the model's predictions on the partition (validation, crossValidation, holdout) made
 * or found, and hand them row by row to a run of the command; *number is what it prints,
 * which may be NAN or infinite.  Memory: one page of rows.
 *
 * False: ERR_INPUT where the command failed or printed no number; *gone where the
 * model is not there any more; else the service's errors.
 */
bool score_model(struct dr *dr, const struct score_plan *plan, const char *project,
		 const char *model, const char *partition, double *number, bool *gone,
		 struct err *e);

#endif
