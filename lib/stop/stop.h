/*
 * stop: being asked to end, by SIGINT, SIGTERM or SIGHUP.
 *
 * The first of them is only remembered, so that a tool can come to an end by itself:
 * begin nothing new, hear the answers that are under way, write what they say, and die
 * by that signal (stop_die), which is what shells, make and service managers look for.
 * A second one ends the process at once, and so does the end of limit_s: whatever a
 * tool does must be safe at any moment anyway.
 *
 * One event is often told twice within a moment: a service manager or a batch system
 * signals every process, and the shell among them passes it on.  What comes within
 * half a second of the first is therefore no second one.
 *
 * A signal that was ignored when the process started stays ignored: nohup(1), and
 * SIGINT for what a script starts in the background.
 *
 * This module keeps global state, since signals do: which signal came, and a pipe that
 * wakes a poll(2).  It uses alarm(2).  Calls that a signal interrupts go on
 * (SA_RESTART), poll(2) excepted.
 */
#ifndef STOP_H
#define STOP_H

#include <stdbool.h>

#include "err/err.h"

/* From now on remember; after the first signal there are limit_s seconds left. */
bool stop_catch(unsigned limit_s, struct err *e);

/* The signal that came first, or 0.  Once it has been seen here, a closed output is an
 * error (EPIPE) and no other end: the signal is to be the cause of death. */
int stop_signal(void);

/* Its name, `SIGTERM`. */
const char *stop_name(void);

/* A descriptor that can be read from the first signal on; not to be read from.  -1
 * before stop_catch. */
int stop_fd(void);

/* End by the first signal, as if it had not been caught; stdio is not flushed. */
_Noreturn void stop_die(void);

#endif
