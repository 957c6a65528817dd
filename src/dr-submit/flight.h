/*
 * flight: what the files of submit share: a trial on its way to being a job.  submit.c takes
 * trials, send.c sends them as time and limits allow, answer.c hears what the service says
 * and hands them on.
 */
#ifndef FLIGHT_H
#define FLIGHT_H

#include "http/http.h"
#include "submit.h"
#include "trial/trial.h"

struct flight {
	struct flight *next;
	struct submitter *s;
	cJSON *rec, *values;
	const struct target *target;
	bool sent;
	double due;      /* not to be sent before */
	int lost;        /* answers that were lost */
	double waited_s; /* after them, altogether */
	/* The time of the first of them, or the last sent. */
	char first_sent[TRIAL_TIME_LEN + 1];
};

/* submit.c.  Nothing more can be sent; the first reason counts. */
void flight_stop(struct submitter *s, const struct err *e);

/* It is over; f is freed. */
void flight_land(struct flight *f);

/* What the log knows of a trial beyond `proposed`, or NULL.  That of a job which the
 * server has lost since is not known any more. */
const cJSON *flight_known(const struct submitter *s, const cJSON *rec);

/* Hand on what the log knows.  ERR_USAGE where it is about another model. */
bool flight_pass(const struct submitter *s, const cJSON *last, struct err *e);

/* answer.c.  The answer to its request. */
http_done_fn flight_answered;

/* A trial that will not become a job; t and job may be NULL. */
void flight_fail(struct submitter *s, cJSON *rec, const struct target *t, const char *job,
		 const char *why);

#endif
