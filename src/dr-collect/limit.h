/*
 * limit: the end of dr-collect by a limit that the user has set.
 */
#ifndef LIMIT_H
#define LIMIT_H

#include <stdbool.h>

#include "collect.h"
#include "ndjson/ndjson.h"

/* Is a limit reached while trials wait?  Then it is why c stops, with ERR_LIMIT. */
void limit_check(struct collector *c);

/* The time to wait, next_s (< 0: any), or less where a limit comes sooner. */
double limit_wait(const struct collector *c, double next_s);

/*
 * Say which limit it was.  Hand on what is not over as it came, and the rest of the input
 * (NULL: there is none), up to its end: a submission that is told downstream only must not
 * be lost, and tools upstream learn from what comes back that they may end.  ERR_STOPPED
 * where a signal ends that.
 */
bool limit_end(struct collector *c, struct ndjson_reader *in, struct err *e);

#endif
