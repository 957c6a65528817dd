/* submit: new jobs for the queue; inside a transaction of the store. */
#ifndef SUBMIT_H
#define SUBMIT_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "jobs/queue.h"
#include "store/store.h"

struct submit {
	const char *project, *kind; /* "fit" or "crossval" */
	const char *blueprint, *featurelist;
	const char *model;  /* crossval: the one there is; fit: NULL, a new id is made */
	const char *parent; /* or NULL */
	const char *description, *fingerprint; /* or NULL */
	double sample_pct;
	const cJSON *spec;   /* the worker's job line, without the paths */
	long long autopilot; /* the run it belongs to, nobody was told of it; or 0 */
};

/* Returns the job's id. */
long long submit_job(struct store *s, const struct submit *j);

/*
 * A job that is looked at through status/: "upload" or "aim"; it starts in the
 * given status, fetch or queue.  The status's id goes to `id`.
 */
void submit_status_job(struct store *s, const char *project, const char *kind,
		       const char *status, const cJSON *spec, char id[STORE_ID_LEN + 1]);

/*
 * Train a model again on another share of the rows, with the values that it works
 * with.  `fingerprint` is its submit_frozen_fingerprint.  Returns the job's id, or 0
 * where the model is not there or memory ran out.
 */
long long submit_frozen(struct store *s, const char *project, const char *model,
			double sample_pct, const char *fingerprint, long long autopilot);

/*
 * The job line of a fit: the worker's blueprint, {parameterId: value} or NULL,
 * how to search over lists among them or NULL, the columns or NULL for the informative ones.
 * NULL: out of memory.
 */
cJSON *submit_fit(const char *blueprint, const cJSON *values, const cJSON *search,
		  const cJSON *features, double sample_pct, bool cross_validation);

/* The same for a blend: `members` as its blueprint has them (schema.c). */
cJSON *submit_blend(const cJSON *members, double sample_pct, bool cross_validation);

/* Make the job line of a fit one that was asked for to be scored on validation alone (its
 * `scoring`, which the worker is not told): what is tuned from the model is, too. */
bool submit_validated(cJSON *spec);

/*
 * Make the job line of a model's fit one that cross validates the same model: a search has
 * been made, and under a limit of time another might choose other values.  `used`: the
 * values that the model works with, or NULL.  False: out of memory.
 */
bool submit_cross_validated(cJSON *spec, const cJSON *used);

/* The columns of a list for submit_fit, in *features (the caller's); NULL for the
 * informative ones.  False: there is no such list. */
bool submit_features(struct store *s, const char *project, const char *featurelist,
		     cJSON **features);

/*
 * What makes two requests the same: SHA-256 of their parts.  A tuned model is its
 * base model with the values of all its parameters, a trained one a blueprint, a
 * list and a size, a blend the ids of its models.  False: out of memory.
 */
bool submit_train_fingerprint(const char *blueprint, const char *featurelist, double sample_pct,
			      char out[QUEUE_FINGERPRINT_LEN + 1]);
bool submit_frozen_fingerprint(const char *model, double sample_pct,
			       char out[QUEUE_FINGERPRINT_LEN + 1]);
bool submit_tune_fingerprint(const char *model, const cJSON *values,
			     char out[QUEUE_FINGERPRINT_LEN + 1]);
bool submit_blend_fingerprint(const char *project, const cJSON *models,
			      char out[QUEUE_FINGERPRINT_LEN + 1]);

/* The first 32 hex digits of the same kind: a blueprint with values of its own. */
bool submit_blueprint_id(const char *base, const cJSON *asked, char out[33]);

#endif
