/*
 * job: the kinds of job, each in a file of its own.  A job function reads its
 * record (dr-worker(1) describes the fields) and returns the result record.
 *
 * NULL: ERR_REFUSED where the data does not allow the job, ERR_INPUT where the record
 * is not understood, ERR_SYSTEM.
 */
#ifndef JOB_H
#define JOB_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "err/err.h"

cJSON *job_upload(const cJSON *job, struct err *e);
cJSON *job_aim(const cJSON *job, struct err *e);
cJSON *job_fit(const cJSON *job, struct err *e);
cJSON *job_predict(const cJSON *job, struct err *e);

/* What job files share.  A field that is missing or null leaves *v as it was; one of
 * another type or out of bounds is ERR_INPUT. */
bool job_text(const cJSON *job, const char *field, const char **v, struct err *e);
bool job_required(const cJSON *job, const char *field, const char **v, struct err *e);
bool job_number(const cJSON *job, const char *field, double min, double max, double *v,
		struct err *e);
bool job_whole(const cJSON *job, const char *field, double max, double *v, struct err *e);
bool job_flag(const cJSON *job, const char *field, bool *v, struct err *e);

/* ERR_INPUT where the job has a field that is not in the list (ends with NULL). */
bool job_knows(const cJSON *job, const char *const *fields, struct err *e);

#endif
