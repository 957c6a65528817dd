/* answers: what each kind of job brings; used by result.c only. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "jobs/queue.h"

bool answer_upload(struct store *s, const struct queue_job *j, const cJSON *answer,
		   struct err *e);
bool answer_aim(struct store *s, const struct queue_job *j, const cJSON *answer, struct err *e);
bool answer_fit(struct store *s, const struct queue_job *j, const cJSON *answer, struct err *e);
bool answer_crossval(struct store *s, const struct queue_job *j, const cJSON *answer,
		     struct err *e);

bool answer_dataset(struct store *s, const struct queue_job *j, const cJSON *answer,
		    struct err *e);
bool answer_predict(struct store *s, const struct queue_job *j, const cJSON *answer,
		    struct err *e);

/* What models and jobs show of a blueprint. NULL: the worker left something out. */
cJSON *answer_summary(const cJSON *blueprint);

/* Put the features of an answer, what could be a target among them, and the two lists in place
 * of what the project had. */
bool answer_features(struct store *s, const char *project, const cJSON *answer,
		     const cJSON *lists, struct err *e);

#endif
