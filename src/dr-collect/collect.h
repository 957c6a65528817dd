/*
 * collect: submitted trials until their jobs are over.
 *
 * A look is one request for the project's list of unfinished jobs, however many
 * trials wait.  A job that is not in the list is asked for by itself, so that a
 * list that is late, or leaves one out, decides nothing: the job's own answer
 * does.  The model that a finished job made is fetched, and the trial is handed on
 * at once.  Requests about different jobs run at the same time.
 *
 * A job that the server says it does not know is asked for again at the next looks.
 * After GONE_MAX such answers in a row it is lost: its trial is handed on as proposed,
 * with the number of its jobs that were lost, so that whoever submits sends it again.  The
 * same request names the same job where the server has it after all, so nothing is paid
 * for twice.  A trial that has lost LOST_MAX jobs fails.
 *
 * A job that has been at work for longer than trial_timeout_s, counted from the first look
 * that showed it so, is cancelled.  That decides nothing either: what became of it is
 * looked for as ever, so that one that came to its end meanwhile is not lost.
 *
 * Looks: half a second after something finished, a second after a trial came, then
 * each wait half as long again as the last one, up to poll_s.
 */
#ifndef COLLECT_H
#define COLLECT_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "budget/budget.h"
#include "dr/dr.h"
#include "project.h"
#include "trial/log.h"
#include "trial/trial.h"

struct job;

struct collector {
	/* Set by the caller; borrowed. */
	struct dr *dr;
	struct trial_log *log; /* or NULL */
	const char *project;   /* of records that name none, or NULL */
	const char *metric;    /* NULL: each project's own */
	const char *partition; /* NULL: crossValidation, or what a trial's fidelity says */
	bool folds;            /* add the scores on the folds of a cross validation */
	double poll_s;
	double trial_timeout_s; /* 0: none */
	struct budget budget;   /* limits of time and failures; started by the caller */

	/* Results. */
	size_t waiting, running, completed, failed;
	const char *best_metric; /* of the trials so far, where all have the same one */
	double best;
	cJSON *lost;     /* object: trials handed on as proposed, and not seen again since */
	struct err stop; /* why it cannot go on */

	/* Private. */
	struct project *projects;
	struct job *jobs, **end;
	bool mixed; /* metrics */
	bool settling;
};

bool collect_init(struct collector *c, struct err *e);
void collect_release(struct collector *c);

/* Take a submitted trial over.  One whose job's end the log knows is handed on as it
 * stands there.  False: ERR_INPUT for a trial without a job, ERR_USAGE where its
 * project is not clear, and the server's errors about the project. */
bool collect_take(struct collector *c, cJSON *rec, struct err *e);

/* This trial has been withdrawn by whoever cancelled its job: that it is found cancelled is
 * not its end. */
void collect_withdrawn(struct collector *c, const char *trial);

/* Look where it is time.  Returns the seconds until the next look, < 0: none. */
double collect_look(struct collector *c);

/* Hear the answers that are under way, and do what follows from them, but ask nothing new
 * about other jobs, and take none for aborted: whoever submitted may be cancelling.  The wake
 * of the client must be unset. */
bool collect_settle(struct collector *c, struct err *e);

/* Take a trial that is not over out again: the caller's, with its project (borrowed as
 * long as the collector lives); NULL: there is none left. */
cJSON *collect_pop(struct collector *c, const char **project);

/* Hand on what is not over, as it came: it can be collected another time. */
bool collect_give_back(struct collector *c, struct err *e);

#endif
