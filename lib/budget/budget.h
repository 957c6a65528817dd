/*
 * budget: what the trials of a log have used up, and whether a limit allows one more.
 *
 * The account is kept along with the log (trial_log_watch), so a check costs no more than
 * some sums, however many trials there are.  It counts by each trial's last record:
 *
 *	jobs      trials that have or had a job on the service (`job`)
 *	doubtful  proposed ones that may have one: whoever submits logs the proposal before
 *	          it asks for the job.  Not those that are `withdrawn`.
 *	failures  failed and aborted
 *
 * and milliseconds, in whole numbers:
 *
 *	known     `seconds` of the finished, and `spent_seconds`
 *	guessed   of the finished without `seconds`, whose end was seen long after it may
 *	          have been: each is taken for as long as the longest of which it is known,
 *	          all of them together for no longer than from submission until the end was
 *	          seen
 *	open      of the submitted, from submission until now
 *
 * Cost is these milliseconds times the rate.  Amounts of money are whole millionths
 * (money.h), and cost and limit are compared without a division: nothing is rounded.
 *
 * Durations go from submission to end, waits in the server's queue included: the service
 * tells no others, and what is paid for can only be less.
 */
#ifndef BUDGET_H
#define BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"
#include "trial/log.h"

struct budget_limits {
	long trials;           /* 0: none */
	long max_failures;     /* 0: none */
	double time_limit_s;   /* from budget_start on; < 0: none */
	const char *deadline;  /* as the user said it, NULL: none */
	double deadline_s;     /* the same, seconds since the epoch */
	int64_t cost_limit;    /* millionths; < 0: none */
	int64_t cost_per_hour; /* millionths */
};

/* No limit at all. */
#define BUDGET_UNLIMITED ((struct budget_limits){.time_limit_s = -1, .cost_limit = -1})

struct budget {
	struct budget_limits limits;
	struct trial_log *log;
	double began; /* of the monotonic clock */

	/* The account. */
	size_t jobs, doubtful, failures, open;
	int64_t known_ms;
	size_t guessed;        /* trials */
	int64_t guessed_ms;    /* at most, together */
	int64_t longest_ms;    /* of the known, ever */
	int64_t open_since_ms; /* sum of the times of submission, since the epoch */
};

/* Time starts; the log (borrowed) is watched from now on. */
void budget_start(struct budget *b, const struct budget_limits *l, struct trial_log *log);

/* Seconds until the time limit or the deadline; INFINITY without one, <= 0: it has passed. */
double budget_time_left(const struct budget *b);

/* Thousandths of a second that count for the cost, at this moment. */
int64_t budget_ms(const struct budget *b);

/*
 * May one more trial be submitted?  under_way: requests that are not answered; counted: the
 * log has the trial as proposed already, so it is among the doubtful.  Reads what others
 * have appended to the log.
 *
 * BUDGET_WAIT: not now, but perhaps when what is under way is answered.
 * BUDGET_SPENT: e is ERR_LIMIT, one line that says which limit, how far, and how to go on.
 * BUDGET_ERROR: the log cannot be read.
 */
enum budget_answer { BUDGET_GO, BUDGET_WAIT, BUDGET_SPENT, BUDGET_ERROR };
enum budget_answer budget_ask(struct budget *b, size_t under_way, bool counted, struct err *e);

/* For who only waits: has the time passed, or have too many trials failed?  Then e is
 * ERR_LIMIT, as above. */
bool budget_over(const struct budget *b, struct err *e);

#endif
