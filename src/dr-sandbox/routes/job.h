/* job: the job object of the interface; when a job is said to be finished. */
#ifndef JOB_H
#define JOB_H

#include "routes/common.h"

#define JOB_COLUMNS                                                                            \
	"SELECT j.id, j.project, j.kind, j.status, j.model, j.blueprint, j.featurelist,"       \
	" j.sample_pct, j.held_from, j.seen, j.message, b.summary,"                            \
	" CASE WHEN j.kind IN ('trained', 'predict') THEN substr(j.spec ->> 'out', 1, 24) "    \
	"END,"                                                                                 \
	" (SELECT m.rows FROM model m WHERE m.id = j.model), b.members FROM job j"             \
	" JOIN blueprint b ON b.project = j.project AND b.id = j.blueprint"

/* The columns of JOB_COLUMNS. */
enum {
	JOB_ID,
	JOB_PROJECT,
	JOB_KIND,
	JOB_STATUS,
	JOB_MODEL,
	JOB_BLUEPRINT,
	JOB_LIST,
	JOB_SAMPLE_PCT,
	JOB_HELD_FROM,
	JOB_SEEN,
	JOB_MESSAGE,
	JOB_SUMMARY,
	JOB_PREDICTION, /* id of what a job that predicts makes, or null */
	JOB_ROWS,       /* that its model was trained on; null as long as it is not there */
	JOB_MEMBERS,    /* of a blend, else null */
};

/* No client that has started a job waits longer than this to look at it. */
#define JOB_UNSEEN_S 30.0

/*
 * The status that is reported: clients look at a job right after having started
 * it and fail where it is finished by then, so that a finished one counts as in
 * progress for a while, and until it has been looked at.
 */
const char *job_reported(const struct service *sv, sqlite3_stmt *q);

/* A row of JOB_COLUMNS as the interface shows it. NULL: memory ran out. */
common_row job_row;

/* The collection that a kind of job is shown under: "modelJobs", "predictJobs", "jobs". */
const char *job_collection(const char *kind);

/* Answer 202 with the Location of a new job of that kind. */
void job_accepted(struct web_request *r, struct service *sv, const char *project,
		  const char *kind, long long id);

/* Set the Location of what the job of this row has made. */
void job_result(struct web_request *r, sqlite3_stmt *q);

/* Whether so many jobs wait that another is refused; then answered 422. */
bool job_queue_full(struct web_request *r, struct service *sv);

/*
 * Whether a job of this fingerprint waits, runs, or has made a model that is there
 * still; then answered 422 JobAlreadyAdded.  With cross_validation, only one that
 * cross validates counts.
 */
bool job_is_there(struct web_request *r, struct service *sv, const char *project,
		  const char *fingerprint, bool cross_validation);

#endif
