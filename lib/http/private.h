/* What the files of http share. */
#ifndef HTTP_PRIVATE_H
#define HTTP_PRIVATE_H

#include <curl/curl.h>

#include "http/http.h"
#include "http/retry.h"

/* Where requests may go: http/endpoint.c. */
struct endpoint {
	char *url;   /* with a slash at its end */
	char *shown; /* HOST:PORT, for messages */
	bool loopback;
};

bool endpoint_init(struct endpoint *ep, const char *url, struct err *e);
void endpoint_release(struct endpoint *ep);

/* The URL that ref (relative or whole) means; the caller's to free.  ERR_REFUSED
 * where it is not below the endpoint. */
char *endpoint_resolve(const struct endpoint *ep, const char *ref, struct err *e);

/* Whether ref, relative or whole, names another host than the endpoint's.  False: out of
 * memory. */
bool endpoint_is_elsewhere(const struct endpoint *ep, const char *ref, bool *elsewhere);

/* One request: http/call.c.  It has an easy handle only while it is on the wire. */
struct call {
	struct call *next;
	struct http *http;
	enum http_method method;
	bool want_json, harmless;
	const char *const *brief;
	http_doubt_fn *doubt;
	char *url, *about, *file, *form_name, *form_value;
	char *body; /* JSON text or NULL */
	http_done_fn *done;
	void *ctx;

	CURL *easy;
	curl_mime *mime;
	struct curl_slist *headers;
	char why[CURL_ERROR_SIZE]; /* libcurl's text of the last failure */
	bool sent;                 /* the request was handed to a connection in this attempt */
	bool repeated;    /* libcurl wanted to send it a second time: refused, see call.c */
	bool too_long;    /* the answer went beyond body_max */
	bool alone;       /* this attempt has a connection of its own */
	char doubts[160]; /* what is wrong with the whole answer, or "" */
	unsigned attempts, nonsense;
	double began, attempt_began, due; /* monotonic seconds */
	struct http_response r;
	size_t cap; /* of r.body */
};

struct http {
	struct http_config c;
	struct endpoint endpoint;
	char *authorization; /* whole header line */
	const char *secret;  /* the part of it that must not be shown */
	char *user_agent;
	CURLM *multi;
	struct retry_policy policy;
	struct call *queue, **queue_end; /* first come, first served */
	struct call *waiting;            /* for their retry */
	struct call *running;
	long on_wire;
	size_t pending;
	size_t over; /* calls that are done, ever */
	double hold; /* nothing leaves before, since the server said so */
	int wake;    /* or -1 */
	bool woken;  /* it could be read */
};

struct call *call_new(struct http *h, const struct http_request *q, struct err *e);
void call_free(struct call *c);

/* Give the call an easy handle for one attempt, and take it away again. */
bool call_starts_work(const struct call *c);
bool call_begin(struct call *c, struct err *e);
void call_end(struct call *c);

/* What became of the attempt that ended with this code; fills c->r. */
enum retry_end call_outcome(struct call *c, CURLcode code);

/* Report a call that is on no list any more, and free it: http/http.c. */
void call_finish(struct call *c, const struct err *why);

/* http/wake.c.  Was the process asked to end?  May a call be dropped then: has it started
 * nothing? */
bool wake_look(struct http *h);
bool wake_may_forget(const struct call *c);

/* Text of failures: http/message.c.  Both are scrubbed.  message_error sets e by the
 * verdict. */
const char *message_path(const struct call *c);
void message_error(struct call *c, enum retry_verdict v, CURLcode code, struct err *e);

/* `this run has used up its 1000 retries`, as an error. */
void message_spent(const struct http *h, struct err *e);

#endif
