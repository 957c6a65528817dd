/*
 * spec: the grammar of --chaos.
 *
 *	SPEC   RULE, rules apart by commas or line ends; lines that begin with # are skipped
 *	RULE   FAULT[(ARGUMENT)]=WHEN[:[METHOD] [PATH]]
 *	WHEN   P       with probability P of each request that the rule is for, 0 to 1
 *	       #K      the K-th of them, from 1;  #K-L: the K-th to the L-th;  #K-: from the
 *K-th on METHOD GET, POST, ... in capitals; without it any PATH   extended regular expression,
 *found in the path below /api/v2/ without its query, whatever its case; without it any
 *
 * Of faults of jobs, PATH is found in the kind of job and METHOD makes no sense.
 * The faults, their arguments and what they do: dr-sandbox(1).
 */
#ifndef SPEC_H
#define SPEC_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "chaos/chaos.h"
#include "err/err.h"
#include "rng/rng.h"

struct spec_rule {
	char *text; /* as it was written */
	struct chaos_fault fault;
	double p;            /* < 0: by number */
	unsigned long first; /* by number: first to last */
	unsigned long last;
	char method[16]; /* "": any */
	bool has_path;
	regex_t path;
	struct rng rng;
	unsigned long seen; /* requests or jobs that it was for, */
	unsigned long done; /* those that it was done to */
};

/* Read all rules, n of them, the caller's: spec_free.  False: ERR_USAGE. */
bool spec_read(const char *text, struct spec_rule **rules, size_t *n, struct err *e);
void spec_free(struct spec_rule *rules, size_t n);

/* Whether it is for this request; of a job, method is NULL and path its kind. */
bool spec_is_for(const struct spec_rule *r, const char *method, const char *path);

/* One more that it is for: is the fault to be done?  Fills the draw of r->fault. */
bool spec_strikes(struct spec_rule *r);

#endif
