/*
 * web: HTTP on the loopback interface (libmicrohttpd), for one kind of service:
 * JSON in, JSON out, a token, and a table of routes.
 *
 * Before a handler runs, web has checked the Host header (only names of the
 * loopback interface: a page in a browser must not reach the service by a name
 * of its own), the token, the route, the method, the size and the type of the
 * body, and has parsed it.  What fails is answered with a message.
 *
 * With a chaos, requests that have come that far, and their answers, get its faults.
 *
 * Handlers run one at a time on web's thread, through web_config.serve.  They
 * fill the answer by one of the web_answer functions; the last one counts.
 */
#ifndef WEB_H
#define WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "err/err.h"

#define WEB_ARGS_MAX 4
#define WEB_HASH_LEN 32

struct chaos;
struct web;
struct web_private;

struct web_upload {
	char *path;     /* the file's bytes, in web_config.upload_dir; NULL: no file sent */
	char *filename; /* as the client names it; may be NULL */
	cJSON *fields;  /* the other parts, name -> text */
};

struct web_request {
	const char *method;
	const char *arg[WEB_ARGS_MAX]; /* the {pieces} of the pattern, in order, decoded */
	const cJSON *body;             /* JSON object that was sent, or NULL */
	struct web_upload *upload;     /* multipart form that was sent, or NULL */

	/* The answer. */
	unsigned status;
	const char *type;
	char *text; /* owned */
	char *location;
	const char *allow;
	const char *fault; /* what was done to it on purpose, or NULL; borrowed */
	struct web_private *p;
};

typedef void web_handler(struct web_request *r, void *ctx);

enum {
	WEB_JSON = 1, /* takes a JSON object as its body; without this flag a body is refused */
	WEB_FORM = 2, /* takes multipart/form-data */
	WEB_OPEN = 4, /* needs no token; the pattern starts at the root, not at /api/v2/ */
	WEB_SURE = 8, /* chaos leaves it alone, as it does what is open */
};

struct web_route {
	const char *method;
	const char *pattern; /* "projects/{}/models/{}/" */
	web_handler *handle;
	unsigned flags;
};

struct web_config {
	uint16_t port;                    /* 0: the kernel chooses */
	const struct web_route *routes;   /* ends with a NULL method; borrowed */
	uint8_t token_hash[WEB_HASH_LEN]; /* SHA-256 */
	const char *upload_dir;           /* borrowed */
	size_t json_max, upload_max;      /* bytes */
	struct chaos *chaos; /* faults to make (chaos/chaos.h), or NULL; borrowed */

	/* Calls handle(r, ctx), on web's thread. */
	void (*serve)(web_handler *handle, struct web_request *r, void *ctx);
	void (*log)(const struct web_request *r, const char *path); /* may be NULL */
	void *ctx;
};

/* Start serving. NULL: ERR_SYSTEM. The configuration is copied. */
struct web *web_start(const struct web_config *c, struct err *e);
uint16_t web_port(const struct web *w);
void web_stop(struct web *w);

/* The value of a query argument, decoded, of several with commas between them; ""
 * where it has none; NULL where it is missing. Borrowed. */
const char *web_query(struct web_request *r, const char *name);

/* Whether the client asks for this type in so many words ("text/csv"). */
bool web_accepts(const struct web_request *r, const char *type);

/* All query arguments but `offset` and `limit`, as they are sent, each with a & in
 * front. NULL: memory ran out. Freed by the caller. */
char *web_query_rest(struct web_request *r);

/* http://HOST/api/v2/ and what follows, HOST being the name that the client
 * used: clients compare these with their own endpoint. Freed by the caller. */
char *web_url(const struct web_request *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Answers.  web_json takes v over; NULL stands for memory that ran out. */
void web_json(struct web_request *r, unsigned status, cJSON *v);
void web_empty(struct web_request *r, unsigned status);
void web_text(struct web_request *r, unsigned status, const char *type, char *text);
/* {"message": ...}. Always returns false, so that a check reads as one line. */
bool web_error(struct web_request *r, unsigned status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* 422 with {"message": "Invalid field data", "errors": {field: ...}}. Returns false. */
bool web_invalid(struct web_request *r, const char *field, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Adds a Location header, as web_url makes it. */
void web_location(struct web_request *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
