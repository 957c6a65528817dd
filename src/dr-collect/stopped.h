/*
 * stopped: the end of dr-collect by a signal.
 */
#ifndef STOPPED_H
#define STOPPED_H

#include "collect.h"
#include "ndjson/ndjson.h"

/*
 * Ask about no job any more.  Hand on what is not over as it came, and what is still to
 * be read, up to the end of the input, so that no submission is lost that is told
 * downstream only; what tools upstream say at their own end is among it.
 *
 * With cancel: the jobs that this run submitted are cancelled, that is, those submitted
 * since this process began (by a tool of the same pipeline, therefore), and not those
 * that were there before (taken_over).
 *
 * Says what is left, and how to go on; log_path may be NULL.  Dies by the signal.
 */
_Noreturn void stopped_end(struct collector *c, struct ndjson_reader *in, bool cancel,
			   const char *log_path);

#endif
