/* private: what the files of web share. */
#ifndef WEB_PRIVATE_H
#define WEB_PRIVATE_H

#include <microhttpd.h>

#include "chaos/chaos.h"
#include "json/json.h"
#include "web/pace.h"
#include "web/web.h"

struct web_form;
struct web_client;
struct web_past;

struct web_private {
	struct web *web;
	struct MHD_Connection *connection;
	const struct web_route *route; /* NULL: refused before a handler was found */
	bool begun;                    /* the head has been looked at */
	bool refused;                  /* the answer stands; what else comes is thrown away */
	bool served;                   /* its handler has run, or was kept from it */
	bool held;                     /* its answer was held back */
	size_t target_len;             /* bytes of path and query, as sent */
	char *path;                    /* copy of the path, cut into the pieces */
	const char *shown;             /* the path as it was sent, for the log */
	char allow[64];                /* methods of the path, where this one is not */
	size_t taken, limit;           /* bytes of the body; more than limit is refused */
	struct json_text text;         /* JSON body */
	struct web_form *form;
	cJSON *body, *query;
	struct chaos_fault fault;
	char retry_after[40]; /* the header, or "" */
};

/* Connections, the one that has got on least recently first. */
struct web_clients {
	struct web_client *first, *last;
	size_t n, max;
};

struct web {
	struct web_config c;
	struct MHD_Daemon *daemon;
	struct web_clients clients;
	struct pace *pace;     /* NULL without chaos */
	struct web_past *past; /* answers that chaos may give again */
	uint16_t port;
};

/*
 * clients: who is connected.  Where there are as many as can be, whoever has got on
 * least recently (neither a head, nor bytes of a body, nor an answer) is cut off for
 * the next one, so that idle and dribbling connections keep nobody out.
 */
void clients_notify(void *web, struct MHD_Connection *c, void **state,
		    enum MHD_ConnectionNotificationCode what);
void clients_progress(struct web_clients *all, struct MHD_Connection *c);

/*
 * fault: what chaos decides, done.  A request that is whole goes through these three:
 *
 * fault_before: whether its handler shall run; otherwise the answer stands.
 * fault_after:  what becomes of the answer.  Of one that is held it is asked again when
 *               it is due.
 * fault_answer: the answer as it shall be sent, or NULL: as it is.  Takes r->text over.
 */
enum fault_end { FAULT_SEND, FAULT_HOLD, FAULT_CUT };

bool fault_before(struct web_request *r, const char *url);
enum fault_end fault_after(struct web_request *r, const char *url);
struct MHD_Response *fault_answer(struct web_request *r);
void fault_forget(struct web *w);

/* Parse the body that has come in.  False: answered. */
bool body_parse(struct web_request *r);

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
