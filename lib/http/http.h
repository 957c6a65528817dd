/*
 * http: requests to one service, one path for all of them (libcurl).
 *
 * A client knows one endpoint and one Authorization header.  It keeps its
 * connections open, has at most `connections` requests on the wire and any number
 * waiting, repeats what retry.h allows to be repeated, and reports each request
 * once, when it is over.  Everything happens inside http_poll and http_call; there
 * are no threads.
 *
 * A request that starts work (POST, PATCH that is not `harmless`) has a connection of
 * its own: what a broken proxy sends twice on a kept one can then not be taken for the
 * answer to it, and it is not lost because a kept one has just been closed.
 *
 * After Retry-After no request leaves before that time, also none that was not the
 * one to be told.
 *
 * The Authorization header goes to the endpoint only: a path is resolved against
 * it, and a URL that is not below it (other scheme, host, port or path) is
 * refused.  Redirects are never followed, they are answers (the service uses 303
 * as its sign of success).  Certificates are always verified; `insecure` is
 * honoured for loopback hosts only, and plain http is refused for all others,
 * since it would send the token in clear.  Texts of errors and traces never hold
 * the header's secret, and control characters from the server become '?'.
 *
 * Errors: ERR_STOPPED see http_set_wake; ERR_REFUSED `METHOD PATH: STATUS: MESSAGE` for an
 * answer of 400 and above that repeating cannot change; ERR_UNAVAILABLE for no answer, or one
 * that asks to come again, after all retries, or where a repetition would not be safe (then the
 * answer's `unknown` says that the work may have been accepted).
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "err/err.h"

struct http;

/* Called for each attempt with one line, `GET projects/: 200, 0.013 s`. */
typedef void http_trace_fn(const char *line, void *ctx);

struct http_config {
	const char *endpoint;      /* http(s)://HOST[:PORT]/PATH, with or without slash */
	const char *authorization; /* the header's value: `Token abc` */
	const char *user_agent;
	const char *ca_file; /* bundle to trust instead of the system's, or NULL */
	bool insecure;       /* do not verify; for loopback hosts only */
	double connect_s;    /* limits of one attempt: until connected, */
	double idle_s;       /* without a byte in either direction, */
	double total_s;      /* altogether; uploads have ten times idle_s and total_s */
	long max_retries;    /* of one request */
	double retry_s;      /* one request is not repeated later than this after its start */
	long retry_budget;   /* retries of all requests together */
	long connections;    /* requests on the wire at once */
	size_t body_max;     /* longest answer, in bytes */
	http_trace_fn *trace;
	void *trace_ctx;
};

/* clang-format off */
#define HTTP_DEFAULTS                                                                          \
	{                                                                                      \
		.user_agent = "drtune", .connect_s = 10, .idle_s = 60, .total_s = 600,         \
		.max_retries = 10, .retry_s = 900, .retry_budget = 1000, .connections = 8,     \
		.body_max = (size_t)64 << 20                                                   \
	}
/* clang-format on */

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE };

const char *http_method_name(enum http_method m);

struct http_response;

/*
 * What makes a whole answer below 400, or 422, one that cannot belong to its request, in
 * words (`it is about another job`), or NULL.  It counts as none then: retry.h.  about is
 * that of the request.
 */
typedef const char *http_doubt_fn(const struct http_response *r, const char *about);

struct http_request {
	enum http_method method;
	const char *path;  /* relative to the endpoint, `projects/5f0c/`, or a URL below it */
	bool want_json;    /* a 2xx answer that is no JSON, or says so, counts as none */
	bool harmless;     /* POST or PATCH: may be made twice, since it only sets values */
	const cJSON *json; /* body, or NULL */
	const char *const *brief; /* NULL, or of a list these fields only: json_parse_brief */
	http_doubt_fn *doubt;     /* or NULL */
	const char *about;        /* for it */

	/* Or multipart/form-data: a text part where form_name is given, then the part
	 * `file`, streamed from disk. */
	const char *file; /* path of a regular file, or NULL */
	const char *form_name, *form_value;
};

struct http_response {
	long status; /* 0: no answer */
	char *location;
	bool elsewhere; /* location is a URL of another host than the endpoint's */
	char *content_type;
	double retry_after_s; /* < 0: not given */
	char *body;           /* never NULL in an answer, NUL behind it */
	size_t len;
	cJSON *json;       /* the body where it is JSON, else NULL */
	unsigned attempts; /* 1: no retry */
	double seconds;    /* from the first attempt to the end */
	bool unknown;      /* the work may or may not have been accepted: ask the server */
};

void http_response_release(struct http_response *r);

/* Endpoint and header are copied, ca_file and the trace are borrowed for the
 * client's life.  ERR_INPUT where the endpoint or the header cannot be used. */
struct http *http_open(const struct http_config *c, struct err *e);

/* Drops what is not over without calling back.  NULL is allowed. */
void http_close(struct http *h);

/* Requests on the wire at once from now on, at least 1; replaces the configuration's. */
void http_set_connections(struct http *h, long n);

/* The endpoint as it is used, with a slash at its end; borrowed. */
const char *http_endpoint(const struct http *h);

/*
 * A request is over.  r is the answer, also where the server refused; e->kind is
 * ERR_NONE for a status below 400.  Both are borrowed for the call; to keep
 * r->json, take it and leave NULL.  May call http_start, nothing else of http.
 */
typedef void http_done_fn(struct http_response *r, const struct err *e, void *ctx);

/*
 * Put a request on its way; nothing is sent before http_poll.  The request is
 * copied.  False (and done is never called) where it cannot be made: ERR_INPUT for
 * a file that cannot be read, ERR_REFUSED for a URL elsewhere, ERR_SYSTEM.
 */
bool http_start(struct http *h, const struct http_request *q, http_done_fn *done, void *ctx,
		struct err *e);

/* Whether a file can be uploaded: it is there and regular; else ERR_INPUT. */
bool http_check_file(const char *path, struct err *e);

/* Requests that are not over: on the wire, waiting for a place or for a retry. */
size_t http_pending(const struct http *h);

/*
 * Work on the requests until one or more of them are over, fd can be read (or is at
 * its end), timeout_s has passed, or a signal came, whichever is first: one step of
 * the caller's loop, which may find nothing done.
 * fd < 0: none; readable (may be NULL) says whether fd can be read.
 * timeout_s < 0: no limit; but with no request and no fd it returns at once.
 */
bool http_poll(struct http *h, int fd, double timeout_s, bool *readable, struct err *e);

/*
 * What an answer says in words: its `message` and `errors`, or its status in words.
 * One line without control characters or the header's secret, the caller's to free;
 * NULL: out of memory.
 */
char *http_reason(const struct http *h, const struct http_response *r);

/* Make text from the server fit to be shown: control characters become '?', the header's
 * secret, which it may have sent back, asterisks. */
void http_scrub(const struct http *h, char *text);

/* One request from start to end; requests started earlier go on meanwhile.  On
 * failure r may hold the answer all the same; release it in either case. */
bool http_call(struct http *h, const struct http_request *q, struct http_response *r,
	       struct err *e);

/*
 * A descriptor (borrowed; -1: none) that can be read from when the process is asked to
 * end: stop_fd.  It ends http_poll once; from then on http_call and http_sleep give up with
 * ERR_STOPPED, but for a request that starts work and has left: its answer is heard.
 * Setting it anew forgets that it could be read.
 */
void http_set_wake(struct http *h, int fd);

/* Give up what is not on the wire (waiting for a place, or to be repeated since nothing of
 * it was accepted): each is over with ERR_STOPPED. */
void http_withdraw(struct http *h);

/*
 * Take one from the run's retries, for a request that the caller repeats by itself
 * after it has learned that it may.  ERR_UNAVAILABLE where none is left.
 */
bool http_take_retry(struct http *h, struct err *e);

/* Seconds of the monotonic clock that all waits are measured by. */
double http_now(void);

/* Do nothing but serve pending requests for that long; a signal does not end it, but for
 * what http_set_wake says. */
bool http_sleep(struct http *h, double seconds, struct err *e);

#endif
