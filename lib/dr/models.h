/*
 * dr/models: the leaderboard.
 */
#ifndef DR_MODELS_H
#define DR_MODELS_H

#include "dr/dr.h"

/* One model; all models of a project that were trained to their end. */
cJSON *dr_model_get(struct dr *dr, const char *project, const char *id, struct err *e);
cJSON *dr_models(struct dr *dr, const char *project, struct err *e);

/*
 * The model that the service recommends; it may have been trained again, with the values
 * of another one (parentModelId), on more rows.  ERR_REFUSED where none is.  Two requests.
 */
cJSON *dr_model_recommended(struct dr *dr, const char *project, struct err *e);

/* GET one model; the answer's json is the model where e->kind is ERR_NONE. */
bool dr_model_start(struct dr *dr, const char *project, const char *id, http_done_fn *done,
		    void *ctx, struct err *e);

/* GET the scores of a cross validation's folds; the answer is read by dr_folds_read.  404:
 * there was none. */
bool dr_folds_start(struct dr *dr, const char *project, const char *model, const char *metric,
		    http_done_fn *done, void *ctx, struct err *e);

/* The scores of a metric on the folds, in their order, as an array; NULL where the answer
 * (cvScores: metric to fold to score) does not have two or more, or memory is out. */
cJSON *dr_folds_read(const cJSON *answer, const char *metric);

bool dr_model_delete(struct dr *dr, const char *project, const char *id, struct err *e);

/* DELETE one model, started; its answer read by dr_model_delete_read: *gone, where it
 * was not there any more, which is no error. */
bool dr_model_delete_start(struct dr *dr, const char *project, const char *id,
			   http_done_fn *done, void *ctx, struct err *e);
bool dr_model_delete_read(const struct dr *dr, const struct http_response *r,
			  const struct err *why, bool *gone, struct err *e);

/* Score of a wire model: false where it has none for that metric and partition
 * (`validation`, `crossValidation`, `holdout`, `training`). */
bool dr_model_score(const cJSON *model, const char *metric, const char *partition,
		    double *score);

/* Set score (null where there is none), metric, partition, minimize and metrics of a
 * record (of a trial or of a model) from the wire model. */
bool dr_model_set_score(cJSON *rec, const cJSON *model, const char *metric,
			const char *partition, bool minimize, struct err *e);

#endif
