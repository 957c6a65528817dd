/*
 * submit: proposed trials on their way to being jobs.
 *
 * Each trial is checked, logged as proposed, sent, and handed on when the server
 * has answered; several are under way at once, and each is handed on as soon as it
 * is answered.
 *
 * A lost answer.  Where a POST was sent and no whole answer came back, its job may
 * exist.  The job list cannot tell, since it does not say which values a job tries
 * and leaves finished jobs out.  The same request again can: the service recognises
 * it by its content and answers JobAlreadyAdded with the job's id, and where there
 * is no job it makes the one that was wanted.  So the request is repeated, after a
 * pause in which the server can finish what it may still be doing with the first
 * one, and either answer names the one job of the trial.  Where answers are lost
 * again and again the end is ERR_UNAVAILABLE.  It is this that makes it
 * safe to be killed between the request and the log's record, too: the next run
 * repeats the request.
 *
 * A full queue is waited for, with one request at a time until there is room.
 *
 * A job that the server has lost (dr-collect) comes back as a proposed trial with a higher
 * `lost` than the log knows, and is sent again.
 *
 * Limits (budget.h) are looked at before each request.  When one is reached nothing more is
 * sent, but a request whose answer was lost is still asked for, and what is not sent is
 * handed on as it came.
 *
 * After a signal submit_stop sends nothing more, but hears the answers that are under way.
 */
#ifndef SUBMIT_H
#define SUBMIT_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "budget/budget.h"
#include "dr/dr.h"
#include "dr/ours.h"
#include "target.h"
#include "trial/log.h"

struct flight;

struct submitter {
	/* Set by the caller; borrowed. */
	struct dr *dr;
	struct trial_log *log; /* of --log, or one in memory */
	struct target_options options;
	size_t parallel;      /* trials under way at once */
	bool skip_bad;        /* a trial that cannot be becomes a failed record */
	double retry_for_s;   /* lost answers are asked for after 1, 2, 4 s ..., as long as this
			       */
	struct budget budget; /* of the log */

	/* Results: trials that failed here, jobs that are this run's, why nothing more can be
	 * sent, and which limit is reached. */
	size_t failed;
	struct ours ours;
	struct err stop, limit;

	/* Private. */
	struct target *targets;
	struct flight *first, **end;
	size_t flights, sent; /* under way; of these, requests not answered */
	bool full, full_told, stopping;
	double full_due, full_wait_s;
};

void submit_init(struct submitter *s);
void submit_release(struct submitter *s);

/* Is there room for another trial? */
bool submit_room(const struct submitter *s);

/*
 * Take a proposed trial over.  One that the log knows beyond `proposed` is handed on
 * as it stands there.  False: ERR_INPUT for a trial that cannot be (without skip_bad),
 * ERR_USAGE where its model or project is not clear, and the server's errors.
 */
bool submit_take(struct submitter *s, cJSON *rec, struct err *e);

/* Send what is due. Returns the seconds until more is, < 0 where nothing is waiting
 * for a time. */
double submit_send(struct submitter *s);

/* Give up what has not left, and wait for the answers to what has; the wake of the client
 * must be unset. */
bool submit_stop(struct submitter *s, struct err *e);

/* Is nothing under way, or, after a stop, nothing to be heard of any more? */
bool submit_idle(const struct submitter *s);

#endif
