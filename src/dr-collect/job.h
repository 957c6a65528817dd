/*
 * job: what the files of collect share: a trial whose job is not over, and what becomes of
 * it.  collect.c takes trials, look.c finds out which jobs to ask for, answer.c hears what
 * they and their models are, end.c hands the trials on.
 */
#ifndef JOB_H
#define JOB_H

#include "collect.h"
#include "dr/jobs.h"
#include "http/http.h"

#define FIRST_GAP_S 0.5

struct job {
	struct job *next;
	struct collector *c;
	struct project *project;
	char *id;
	cJSON *rec;
	bool busy;    /* a request about it is under way */
	bool timely;  /* its end, when seen, will have been seen soon */
	bool running; /* a look showed it at work, first at: */
	char started[TRIAL_TIME_LEN + 1];
	double began;   /* the same, of http_now */
	bool cancelled; /* because of its timeout */
	bool kept;      /* ... the server refused that */
	bool withdrawn; /* because of somebody else's word: its trial is proposed again */
	int gone;       /* answers in a row that it is not known */
	char *model;    /* id of what it made */
	cJSON *result;  /* the wire model, once it is here */
	cJSON *folds;   /* its scores on the folds, or NULL */
};

/* collect.c.  Nothing can go on; the first reason counts. */
void job_stop(struct collector *c, const struct err *e);

/* Forget it; j is freed. */
void job_drop(struct job *j);

/* Look at its project in so many seconds, and then again after the gap. */
void job_look_soon(const struct collector *c, struct project *p, double in_s, double gap_s);

/* answer.c.  Its own answer, as started by dr_job_start. */
http_done_fn answer_job;

/* end.c.  The partition that it is scored on. */
const char *job_partition(const struct job *j);

/* All of these hand the trial on, and j is freed, but for end_gone and end_job, which
 * may wait for another look.  The model is in j->result; the others: what the job's answer
 * said. */
void end_with_model(struct job *j);
void end_fail(struct job *j, enum trial_state state, const char *why);
void end_job(struct job *j, const struct dr_job *got);
void end_gone(struct job *j);

#endif
