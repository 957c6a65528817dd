/*
 * deadline: a moment as people write it.
 */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdbool.h>

#include "err/err.h"

/*
 * `2026-11-25T08:00:00+01:00` or `...Z` (RFC 3339, the fraction and the seconds optional; a
 * space may stand for the T); without an offset it is local time; `08:00` is the next moment
 * at which the local clock shows that.  ERR_USAGE.
 *
 * Seconds since the epoch.
 */
bool deadline_parse(const char *text, double *at, struct err *e);

#endif
