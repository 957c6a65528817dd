/*
 * chaos: faults on demand.  Decides which request and which job gets which; the doing
 * is up to web/fault.c and jobs/supervisor.c.
 *
 * Each rule counts and draws for itself, by the seed and its place among the rules, so
 * that the k-th request that a rule is for has the same fate in every run, whatever else
 * is asked in between.  The first rule that strikes counts.
 *
 * Every function may be called from any thread; NULL is a chaos that does nothing.
 */
#ifndef CHAOS_H
#define CHAOS_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "err/err.h"

#define CHAOS_TEXT_MAX 64

enum chaos_kind {
	CHAOS_NONE,
	CHAOS_STATUS, /* answer `status`; seconds: Retry-After, < 0 none */
	CHAOS_DATE,   /* the same, Retry-After as a date */
	CHAOS_RESET,
	CHAOS_STALL,
	CHAOS_DRIP,
	CHAOS_TRUNCATE,
	CHAOS_GARBAGE,
	CHAOS_TYPE, /* text: the Content-Type */
	CHAOS_DUPLICATE,
	CHAOS_STALE,
	CHAOS_REORDER,
	CHAOS_LOCATION, /* text: the host */
	CHAOS_REDIRECT, /* text: the host */
	CHAOS_EXPIRED,
	CHAOS_QUEUE_FULL,
	CHAOS_JOB_FAIL,
	CHAOS_JOB_VANISH,
};

struct chaos_fault {
	enum chaos_kind kind;
	unsigned status;
	bool after;                /* the work is done first */
	double seconds;            /* argument */
	char text[CHAOS_TEXT_MAX]; /* argument */
	char name[24];             /* as the rule calls it */
	uint64_t draw;             /* random bits for whoever does it */
	unsigned generation;       /* for chaos_done */
	size_t rule;
};

struct chaos;

/*
 * spec: rules, or `@FILE` with rules, which is read again whenever it has changed; then
 * all rules begin anew.  While the service runs, a file that cannot be used leaves
 * the rules as they are and is told to `warn` once.  ERR_USAGE where the rules, or
 * the file, cannot be used.
 */
struct chaos *chaos_new(const char *spec, uint64_t seed, void (*warn)(const char *text),
			struct err *e);
void chaos_free(struct chaos *c);

/* What to do to a request; path is below /api/v2/, without query.  f->kind is
 * CHAOS_NONE where nothing is. */
void chaos_request(struct chaos *c, const char *method, const char *path,
		   struct chaos_fault *f);

/* The fault of a request could be done (a body that is empty cannot be truncated). */
void chaos_done(struct chaos *c, const struct chaos_fault *f);

/* The same for a job of this kind ("fit") that is about to start; uploads and targets
 * are none.  CHAOS_NONE, CHAOS_JOB_FAIL or CHAOS_JOB_VANISH, which is to be done. */
enum chaos_kind chaos_job(struct chaos *c, const char *kind);

/* Whether a rule has this fault. */
bool chaos_has(struct chaos *c, enum chaos_kind kind);

/* {"seed", "requests", "jobs", "injected": {FAULT: count}, "rules": [{"rule", "for",
 * "injected"}]}; the first four count since the start.  NULL: out of memory. */
cJSON *chaos_report(struct chaos *c);

#endif
