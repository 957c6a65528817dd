/*
 * limits: how long and how often the client tries, from the environment.  Used by
 * session.c only.
 */
#ifndef DR_LIMITS_H
#define DR_LIMITS_H

#include <stdbool.h>

#include "err/err.h"
#include "http/http.h"

/*
 * Set in k what the environment gives: DR_RETRY_BUDGET (retries of the whole run, a
 * whole number), DR_CONNECT_TIMEOUT, DR_IDLE_TIMEOUT, DR_CALL_TIMEOUT (seconds, more
 * than 0).  ERR_INPUT for a value that is none of these.
 */
bool limits_from_environment(struct http_config *k, struct err *e);

#endif
