#include "dr/dr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dr/config.h"
#include "dr/limits.h"

struct dr {
	struct http *http;
	struct config config;
};

struct dr *dr_open(http_trace_fn *trace, void *ctx, struct err *e)
{
	struct dr *dr = calloc(1, sizeof(*dr));
	struct http_config k = HTTP_DEFAULTS;
	char *authorization = NULL;

	if (!dr) {
		err_nomem(e);
		return NULL;
	}
	if (!config_find(&dr->config, e))
		goto fail;
	if (asprintf(&authorization, "%s %s",
		     dr->config.token_type ? dr->config.token_type : "Token",
		     dr->config.token) < 0) {
		authorization = NULL;
		err_nomem(e);
		goto fail;
	}
	k.endpoint = dr->config.endpoint;
	k.authorization = authorization;
	k.ca_file = dr->config.ca_file;
	k.insecure = dr->config.insecure;
	if (dr->config.connect_s > 0)
		k.connect_s = dr->config.connect_s;
	if (dr->config.max_retries >= 0)
		k.max_retries = dr->config.max_retries;
	if (!limits_from_environment(&k, e))
		goto fail;
	k.trace = trace;
	k.trace_ctx = ctx;
	if (!(dr->http = http_open(&k, e))) {
		err_prefix(e, "%s", dr->config.source);
		goto fail;
	}
	explicit_bzero(authorization, strlen(authorization));
	free(authorization);
	return dr;
fail:
	if (authorization)
		explicit_bzero(authorization, strlen(authorization));
	free(authorization);
	dr_close(dr);
	return NULL;
}

void dr_close(struct dr *dr)
{
	if (!dr)
		return;
	http_close(dr->http);
	config_release(&dr->config);
	free(dr);
}

struct http *dr_http(const struct dr *dr)
{
	return dr->http;
}

bool dr_check(const struct dr *dr, const struct http_response *r, struct err *e)
{
	size_t n = strlen(e->text);

	if (e->kind != ERR_NONE && r->status == 401)
		snprintf(e->text + n, sizeof(e->text) - n, " (the token is from %s)",
			 dr->config.source);
	return e->kind == ERR_NONE;
}

const char *dr_project_meant(const char *given)
{
	const char *v = given ? given : getenv("DR_PROJECT");

	return v && *v ? v : NULL;
}
