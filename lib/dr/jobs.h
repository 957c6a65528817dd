/*
 * dr/jobs: work that the service does later: what a POST that starts some was
 * answered, and what became of a job.
 */
#ifndef DR_JOBS_H
#define DR_JOBS_H

#include "dr/dr.h"

enum dr_submitted {
	DR_ACCEPTED,   /* a new job */
	DR_REPEATED,   /* the same work was asked for before (JobAlreadyAdded): its job */
	DR_QUEUE_FULL, /* not accepted; ask again later */
	DR_UNKNOWN,    /* no answer: the work may have been accepted or not, ask for it */
};

struct dr_submission {
	enum dr_submitted how;
	char *job;   /* id; set with DR_ACCEPTED and DR_REPEATED */
	long status; /* of the answer, 0 where there was none; set also on failure */
	bool dead;   /* DR_REPEATED: that job failed or was cancelled; there is no other */
};

void dr_submission_release(struct dr_submission *s);

/*
 * Read the answer to a POST that starts a job; r and why are what the callback (or
 * http_call) got.  DR_UNKNOWN leaves the text of why in e, whose kind stays
 * ERR_NONE.  False: the server refused or is not available, e says why.
 */
bool dr_submission_read(const struct dr *dr, const struct http_response *r,
			const struct err *why, struct dr_submission *s, struct err *e);

/* The same, blocking: send the body (freed) to path (freed) and read the answer. */
bool dr_submit(struct dr *dr, char *path, cJSON *body, struct dr_submission *s, struct err *e);

/* Start training a blueprint: featurelist and scoring (`validation` or
 * `crossValidation`) may be NULL, sample_pct 0: the server's choice. */
bool dr_train(struct dr *dr, const char *project, const char *blueprint,
	      const char *featurelist, double sample_pct, const char *scoring,
	      struct dr_submission *s, struct err *e);

/* Start training a model again on another share of the rows, with the values that it works
 * with (frozen). */
bool dr_freeze(struct dr *dr, const char *project, const char *model, double sample_pct,
	       struct dr_submission *s, struct err *e);

enum dr_job_state {
	DR_JOB_PENDING, /* queued or running */
	DR_JOB_DONE,
	DR_JOB_FAILED,
	DR_JOB_ABORTED,
	DR_JOB_GONE, /* the server does not know it */
};

struct dr_job {
	enum dr_job_state state;
	char *result;  /* DR_JOB_DONE: path or URL of what it made, for dr_get; may be NULL */
	char *model;   /* id of the model that it makes or made, as far as known */
	char *message; /* DR_JOB_FAILED, DR_JOB_ABORTED: the server's words, or NULL */
};

void dr_job_release(struct dr_job *job);

/* GET one job: blocking; or started, its answer read by dr_job_read. */
bool dr_job_get(struct dr *dr, const char *project, const char *id, struct dr_job *job,
		struct err *e);
bool dr_job_start(struct dr *dr, const char *project, const char *id, http_done_fn *done,
		  void *ctx, struct err *e);
bool dr_job_read(const struct dr *dr, const struct http_response *r, const struct err *why,
		 struct dr_job *job, struct err *e);

/* The jobs of a project that are queued or in progress, as wire objects: one request
 * (and one for each further page), however many there are. */
cJSON *dr_jobs(struct dr *dr, const char *project, struct err *e);

/* The same with what only jobs of models have: blueprintId, samplePct, featurelistId. */
cJSON *dr_model_jobs(struct dr *dr, const char *project, struct err *e);

/* Those, of which perhaps no more is there than id and status: thousands take some MB. */
cJSON *dr_model_jobs_brief(struct dr *dr, const char *project, struct err *e);

/*
 * Cancel a job.  *over: there was nothing to cancel, it had come to its end before (or
 * the server does not know it).  A job that is gone when the request is repeated was
 * cancelled by the first one, whose answer was lost.
 */
bool dr_job_cancel_start(struct dr *dr, const char *project, const char *id, http_done_fn *done,
			 void *ctx, struct err *e);
bool dr_job_cancel_read(const struct dr *dr, const struct http_response *r,
			const struct err *why, bool *over, struct err *e);

/*
 * Wait for a status (the Location of a 202) and give where its result is.  A status
 * that moves (307) is followed below the endpoint, nothing else is.  tick
 * (may be NULL) is called at each look with the server's words.  ERR_LIMIT after
 * limit_s (0: none); ERR_REFUSED where the work failed, with the server's message.
 */
typedef void dr_tick_fn(const char *text, void *ctx);
char *dr_status_wait(struct dr *dr, const char *location, double limit_s, dr_tick_fn *tick,
		     void *ctx, struct err *e);

#endif
