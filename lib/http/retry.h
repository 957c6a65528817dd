/*
 * retry: whether a request is made again, and when.  The one place that decides.
 *
 * By curl's rules (curl(1), --retry) for what may be made twice without harm, GET,
 * DELETE, PUT: no answer, 408, 429, 500, 502, 503, 504.  POST and PATCH start work,
 * so they are repeated only where it is certain that none was accepted: nothing
 * of the request had left, 429, or 503 with Retry-After.  In the other cases the
 * verdict is RETRY_UNKNOWN: the caller must ask the server what became of it.  One
 * that only sets values is `harmless`, and repeated like a GET.
 *
 * An answer that came whole and cannot be one to the request (a page for people, the
 * job of another) is asked for again, but not as often as one that did not come: what
 * is wrong with it is likely to stay wrong.  A refusal is final: README.md says why it is
 * that of the request.
 *
 * Three bounds hold: retries of one request, the time since its first attempt, and
 * the retries of a whole run, so that a service that fails now and then all night is
 * told about in the end.
 *
 * The wait before retry n is drawn evenly from [0, min(cap, base 2^(n-1))] ("full
 * jitter", M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
 * 2015).  Retry-After is obeyed: never earlier, and up to `base` later, so that
 * many requests do not come back in one moment.
 */
#ifndef RETRY_H
#define RETRY_H

#include <time.h>

#include "http/http.h"

enum retry_end {
	RETRY_ANSWERED, /* a whole answer came: see status */
	RETRY_UNSENT,   /* nothing of the request left this machine */
	RETRY_LOST,     /* it left, in part or whole, and no whole answer came */
	RETRY_NONSENSE, /* a whole answer came that is none to this request */
	RETRY_HOPELESS, /* failed in a way that the next attempt shares: a certificate */
};

struct retry_attempt {
	enum http_method method;
	enum retry_end end;
	long status;
	double retry_after_s; /* < 0: not given */
	unsigned number;      /* 1 for the first */
	unsigned nonsense;    /* of the attempts so far, those that ended in RETRY_NONSENSE */
	bool harmless;        /* a POST or PATCH that may be made twice */
	double elapsed_s;     /* since the first one began */
};

struct retry_policy {
	long max_retries;
	double base_s, cap_s; /* of the wait */
	double time_s;        /* no attempt begins later than this after the first */
	long max_nonsense;    /* retries of one request for answers that are none */
	long budget;          /* retries left to the run; the caller counts them down */
};

enum retry_verdict {
	RETRY_OK,          /* below 400: an answer to work with */
	RETRY_AGAIN,       /* after wait_s */
	RETRY_REFUSED,     /* no use trying again unchanged */
	RETRY_UNAVAILABLE, /* the retries are used up; nothing was accepted */
	RETRY_SPENT,       /* the same, and they are the run's, not only the request's */
	RETRY_UNKNOWN,     /* the work may have been accepted */
};

/* Whether a second request may start work a second time. */
bool retry_starts_work(enum http_method m, bool harmless);

/* u is a random number from [0, 1).  *wait_s is set with RETRY_AGAIN. */
enum retry_verdict retry_judge(const struct retry_policy *p, const struct retry_attempt *a,
			       double u, double *wait_s);

/* Seconds from now that a Retry-After field asks for: a number or an HTTP date
 * (RFC 9110, 10.2.3), 0 for a date gone by; < 0 where it is neither. */
double retry_after(const char *field, time_t now);

#endif
