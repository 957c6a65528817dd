/* private: what the files of web share. */
#ifndef WEB_PRIVATE_H
#define WEB_PRIVATE_H

#include <microhttpd.h>

#include "json/json.h"
#include "web/web.h"

struct web_form;

struct web_private {
	const struct web *web;
	struct MHD_Connection *connection;
	const struct web_route *route; /* NULL: refused before a handler was found */
	bool refused;                  /* the answer stands; what else comes is thrown away */
	char *path;                    /* copy of the path, cut into the pieces */
	const char *shown;             /* the path as it was sent, for the log */
	char allow[64];                /* methods of the path, where this one is not */
	size_t taken, limit;           /* bytes of the body; more than limit is refused */
	struct json_text text;         /* JSON body */
	struct web_form *form;
	cJSON *body, *query;
};

struct web {
	struct web_config c;
	struct MHD_Daemon *daemon;
	uint16_t port;
};

/*
 * Find the route for a path as it was sent.  Fills r->arg and the route, or the
 * answer 404 or 405 (400 where the path is not text).  False: refused.
 */
bool route_find(struct web_request *r, const char *url);

/* Whether the Host header names the loopback interface, and the token is ours. */
bool guard_host(struct web_request *r);
bool guard_token(struct web_request *r);

/* Replace %XX; false where that is not UTF-8 text without NUL. */
bool decode(char *s);

/* multipart/form-data, streamed to a file.  form_end says whether all of it came. */
struct web_form *form_new(struct MHD_Connection *c, const char *dir);
bool form_add(struct web_form *f, const char *data, size_t len);
bool form_end(struct web_form *f, struct web_request *r);
struct web_upload *form_upload(struct web_form *f);
/* Frees it and deletes the file, unless a handler has moved it. */
void form_free(struct web_form *f);

#endif
