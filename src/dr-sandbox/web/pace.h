/*
 * pace: connections that are held for a while, by a thread that lets them go on when
 * they are due.
 */
#ifndef PACE_H
#define PACE_H

#include <stdbool.h>

#include <microhttpd.h>

#include "err/err.h"

struct pace;

/* NULL: ERR_SYSTEM. */
struct pace *pace_start(struct err *e);

/* Hold the connection that this is called for so long (MHD_suspend_connection).  False:
 * not held, since memory ran out or the service ends. */
bool pace_hold(struct pace *p, struct MHD_Connection *c, double seconds);

/* Let all go on, and hold none any more.  NULL is allowed, here and below. */
void pace_stop(struct pace *p);
void pace_free(struct pace *p);

#endif
