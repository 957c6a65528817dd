/*
 * scheme: which of the ways to part the rows is asked for, and the partition it makes.
 *
 *   random      by chance
 *   stratified  by chance, each class with its share everywhere
 *   group       by chance, rows with one value of a column all in one part
 *   user        as a column says: for CV each value is a fold, one may be the holdout; for
 *               TVH the values of training, validation and holdout are named
 *
 * CV: folds that take turns as what is scored.  TVH: one part to train on, one to score
 * (fold 0; the training part is fold 1).  Either way a holdout may be kept out.
 */
#ifndef SCHEME_H
#define SCHEME_H

#include <cjson/cJSON.h>

#include "data/prepared.h"

/* A model that learns from fewer rows is not trained. */
#define SCHEME_TRAINING_ROWS_MIN 10

struct scheme {
	const char *method;     /* NULL: stratified for classes, random for numbers */
	const char *validation; /* "CV" or "TVH" */
	const char *column;     /* of group and user */
	double reps, holdout_pct, validation_pct;
	const cJSON *holdout, *training, *validated; /* values of the user's column, or NULL */
};

/* The fields of an aim that are a scheme's, for job_knows. */
#define SCHEME_FIELDS                                                                          \
	"cv_method", "validation_type", "reps", "holdout_pct", "validation_pct", "column",     \
		"holdout_level", "training_level", "validation_level"
bool scheme_read(struct scheme *s, const cJSON *job, struct err *e);

/* Part the rows of p, whose target is known.  ERR_REFUSED where the data do not allow it. */
bool scheme_make(const struct scheme *s, struct prepared *p, struct err *e);

/* The partition as DataRobot's projects show it, and maxTrainPct.  NULL: out of memory. */
cJSON *scheme_json(const struct scheme *s, const struct prepared *p);

#endif
