/*
 * config: endpoint, token and what goes with them, from drconfig.yaml or the
 * environment.  Used by session.c only.
 */
#ifndef DR_CONFIG_H
#define DR_CONFIG_H

#include <stdbool.h>

#include "err/err.h"

struct config {
	char *endpoint, *token;
	char *token_type; /* Token or Bearer */
	char *ca_file;    /* ssl_verify: PATH */
	bool insecure;    /* ssl_verify: false */
	double connect_s; /* < 0: not given */
	long max_retries; /* < 0: not given */
	char *source;     /* for messages: what it was read from */
};

/* Wipes the token. */
void config_release(struct config *c);

/* The rule of dr.h. */
bool config_find(struct config *c, struct err *e);

/*
 * Read one YAML file: a mapping with endpoint and token, and perhaps token_type,
 * connect_timeout (seconds), ssl_verify (a boolean or the path of a CA bundle),
 * max_retries; other keys are passed over.  ERR_INPUT `FILE[:LINE]: WHY`.
 */
bool config_read(struct config *c, const char *path, struct err *e);

#endif
