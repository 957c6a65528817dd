#include "web/web.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/private.h"

/* Idle connections are kept this long, and so many at once; those that are being cut
 * off for others (private.h) come on top. */
#define IDLE_S 120U
#define CONNECTIONS 512U
#define LEAVING 32U

/* Of a head.  Beyond MEMORY libmicrohttpd itself refuses, in HTML. */
#define TARGET_MAX ((size_t)8 << 10)
#define HEAD_MAX ((size_t)32 << 10)
#define MEMORY ((size_t)64 << 10)

static const char *header(const struct web_request *r, const char *name)
{
	return MHD_lookup_connection_value(r->p->connection, MHD_HEADER_KIND, name);
}

static bool is_type(const char *have, const char *want)
{
	return have && strncasecmp(have, want, strlen(want)) == 0 &&
	       strchr("; \t", have[strlen(want)]);
}

/* Whether a body of this kind is taken here; called when there is one. */
static bool choose_body(struct web_request *r)
{
	const char *type = header(r, MHD_HTTP_HEADER_CONTENT_TYPE);
	unsigned flags = r->p->route->flags;
	const struct web_config *c = &r->p->web->c;

	if (flags & WEB_FORM && is_type(type, "multipart/form-data")) {
		r->p->form = form_new(r->p->connection, c->upload_dir);
		r->p->limit = c->upload_max;
		return r->p->form || web_error(r, 400, "the form names no boundary");
	}
	if (flags & WEB_JSON && is_type(type, "application/json"))
		return true;
	if (!(flags & (WEB_JSON | WEB_FORM)))
		return web_error(r, 400, "this request takes no body");
	return web_error(r, 415, "the Content-Type must be application/json%s",
			 flags & WEB_FORM ? " or multipart/form-data" : "");
}

static enum MHD_Result is_text(void *cls, enum MHD_ValueKind kind, const char *key,
			       const char *value)
{
	char *k = strdup(key), *v = strdup(value ? value : "");
	bool *ok = cls;

	(void)kind;
	*ok = *ok && k && v && decode(k) && decode(v);
	free(k);
	free(v);
	return *ok ? MHD_YES : MHD_NO;
}

/* Headers of which two would mean two requests, for two who read them. */
static const char *const single[] = {
	MHD_HTTP_HEADER_HOST, MHD_HTTP_HEADER_AUTHORIZATION, MHD_HTTP_HEADER_CONTENT_LENGTH,
	MHD_HTTP_HEADER_CONTENT_TYPE, MHD_HTTP_HEADER_TRANSFER_ENCODING};
#define SINGLES (sizeof(single) / sizeof(single[0]))

static enum MHD_Result count(void *cls, enum MHD_ValueKind kind, const char *key,
			     const char *value)
{
	size_t *n = cls;

	(void)kind;
	(void)value;
	for (size_t i = 0; i < SINGLES; i++)
		n[i] += strcasecmp(key, single[i]) == 0;
	return MHD_YES;
}

static bool check_framing(struct web_request *r)
{
	const char *coding = header(r, MHD_HTTP_HEADER_TRANSFER_ENCODING);
	size_t n[SINGLES] = {0};

	MHD_get_connection_values(r->p->connection, MHD_HEADER_KIND, count, n);
	for (size_t i = 0; i < SINGLES; i++)
		if (n[i] > 1)
			return web_error(r, 400, "the header %s is there twice", single[i]);
	if (coding && header(r, MHD_HTTP_HEADER_CONTENT_LENGTH))
		return web_error(r, 400,
				 "Content-Length and Transfer-Encoding exclude each other");
	return !coding || strcasecmp(coding, "chunked") == 0 ||
	       web_error(r, 501, "the only Transfer-Encoding is chunked");
}

static bool check_head(struct web_request *r)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(
		r->p->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	bool text = true;

	if (r->p->target_len > TARGET_MAX)
		return web_error(r, 414, "the path and its query are longer than %zu bytes",
				 TARGET_MAX);
	if (i && i->header_size > HEAD_MAX)
		return web_error(r, 431, "the headers are longer than %zu bytes", HEAD_MAX);
	if (!check_framing(r))
		return false;
	MHD_get_connection_values(r->p->connection, MHD_GET_ARGUMENT_KIND, is_text, &text);
	return text || web_error(r, 400, "the query is not UTF-8 text");
}

/* The head of a request is there.  A refusal is kept until the body has been
 * read and thrown away, for clients that look at the answer only then. */
static void begin(struct web_request *r, const char *url)
{
	const char *length = header(r, MHD_HTTP_HEADER_CONTENT_LENGTH);
	bool has_body = (length && strcmp(length, "0") != 0) ||
			header(r, MHD_HTTP_HEADER_TRANSFER_ENCODING);

	r->p->limit = r->p->web->c.json_max;
	r->p->refused = !check_head(r) || !guard_host(r) || !route_find(r, url) ||
			(has_body && !choose_body(r));
	if (!r->p->refused && length && strtoull(length, NULL, 10) > r->p->limit)
		r->p->refused = !web_error(
			r, 413, "the request is too large: more than %zu bytes", r->p->limit);
}

/* Whether the answer does not wait for the body: nobody knows where that ends, or the
 * client does not send it before it has been answered, or it is too much to be read for
 * courtesy. */
static bool answers_at_once(const struct web_request *r)
{
	const char *length = header(r, MHD_HTTP_HEADER_CONTENT_LENGTH);

	return r->p->refused &&
	       (r->status == 501 || header(r, MHD_HTTP_HEADER_EXPECT) ||
		(length && strtoull(length, NULL, 10) > r->p->web->c.json_max));
}

/* libmicrohttpd calls this with the first line of a request. */
static void *request_new(void *cls, const char *target, struct MHD_Connection *c)
{
	struct web *w = cls;
	struct web_request *r = calloc(1, sizeof(*r));
	struct web_private *p = calloc(1, sizeof(*p));

	if (!r || !p) {
		free(r);
		free(p);
		return NULL;
	}
	p->web = w;
	p->connection = c;
	p->target_len = strlen(target);
	r->p = p;
	return r;
}

static void request_free(struct web_request *r)
{
	form_free(r->p->form);
	json_text_release(&r->p->text);
	cJSON_Delete(r->p->body);
	cJSON_Delete(r->p->query);
	free(r->p->path);
	free(r->p);
	free(r->text);
	free(r->location);
	free(r);
}

/* In the middle of a body libmicrohttpd takes no answer: it is written past it, before
 * the connection is closed. */
static void answer_past(const struct web_request *r)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(r->p->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	char *all = NULL;
	int n;

	if (!i || !r->text)
		return;
	n = asprintf(&all,
		     "HTTP/1.1 %u Refused\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		     "Connection: close\r\n\r\n%s",
		     r->status, r->type, strlen(r->text), r->text);
	if (n < 0)
		return;
	n = (int)send(i->connect_fd, all, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)n; /* who does not listen either is told nothing */
	free(all);
}

/* Takes a piece of the body. False: the connection is not worth keeping. */
static bool more(struct web_request *r, const char *data, size_t len)
{
	struct web_private *p = r->p;

	p->taken += len;
	if (p->taken > p->limit) {
		if (!p->refused)
			p->refused = !web_error(r, 413,
						"the request is too large: more than %zu bytes",
						p->limit);
		if (p->taken / 4 < p->limit)
			return true;
		answer_past(r);
		return false;
	}
	if (p->refused)
		return true;
	if (p->form)
		p->refused = !form_add(p->form, data, len) && !form_end(p->form, r);
	else
		json_text_add(&p->text, data, len);
	if (p->text.failed)
		p->refused = !web_error(r, 500, "out of memory");
	return true;
}

static enum MHD_Result send_answer(struct web_request *r)
{
	struct MHD_Response *response = fault_answer(r);
	enum MHD_Result ok;

	if (!response) {
		response = MHD_create_response_from_buffer(r->text ? strlen(r->text) : 0,
							   r->text, MHD_RESPMEM_MUST_FREE);
		if (!response)
			return MHD_NO;
		r->text = NULL;
	}
	if (r->type)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
	if (r->location)
		MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, r->location);
	if (r->allow)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, r->allow);
	if (r->p->retry_after[0])
		MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER,
					r->p->retry_after);
	ok = MHD_queue_response(r->p->connection, r->status, response);
	MHD_destroy_response(response);
	return ok;
}

static enum MHD_Result finish(struct web_request *r, const char *url)
{
	const struct web_config *c = &r->p->web->c;

	if (c->log)
		c->log(r, url);
	return send_answer(r);
}

/* libmicrohttpd calls this once with the head, then for each piece of the body, once
 * more at its end, and again when an answer was held back until now. */
static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *len, void **state)
{
	struct web *w = cls;
	struct web_request *r = *state;

	(void)version;
	if (!r)
		return MHD_NO; /* out of memory */
	clients_progress(&w->clients, connection);
	if (!r->p->begun) {
		r->p->begun = true;
		r->method = method;
		begin(r, url);
		return answers_at_once(r) ? finish(r, url) : MHD_YES;
	}
	if (*len > 0) {
		bool go_on = more(r, data, *len);

		*len = 0;
		return go_on ? MHD_YES : MHD_NO;
	}
	if (!r->p->served) {
		r->p->served = true;
		if (!r->p->refused && body_parse(r) && fault_before(r, url))
			w->c.serve(r->p->route->handle, r, w->c.ctx);
	}
	switch (fault_after(r, url)) {
	case FAULT_HOLD:
		return MHD_YES;
	case FAULT_CUT:
		if (w->c.log)
			w->c.log(r, url);
		return MHD_NO;
	case FAULT_SEND:
		break;
	}
	return finish(r, url);
}

static void completed(void *cls, struct MHD_Connection *connection, void **state,
		      enum MHD_RequestTerminationCode why)
{
	struct web *w = cls;

	(void)why;
	clients_progress(&w->clients, connection);
	if (*state)
		request_free(*state);
	*state = NULL;
}

/* Escapes are replaced piece by piece, so that a slash in a name stays in it. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *s)
{
	(void)cls;
	(void)connection;
	return strlen(s);
}

static enum MHD_Result collect(void *cls, enum MHD_ValueKind kind, const char *key,
			       const char *value)
{
	cJSON *query = cls;
	char *k = strdup(key), *v = strdup(value ? value : "");

	(void)kind;
	for (char *s = v; s && *s; s++)
		if (*s == '+')
			*s = ' ';
	if (k && v && decode(k) && decode(v)) {
		const char *have = json_str(query, k);
		char *both = NULL;

		if (have && asprintf(&both, "%s,%s", have, v) < 0)
			both = NULL;
		json_set_str(query, k, both ? both : v);
		free(both);
	}
	free(k);
	free(v);
	return MHD_YES;
}

const char *web_query(struct web_request *r, const char *name)
{
	if (!r->p->query) {
		r->p->query = cJSON_CreateObject();
		MHD_get_connection_values(r->p->connection, MHD_GET_ARGUMENT_KIND, collect,
					  r->p->query);
	}
	return json_str(r->p->query, name);
}

char *web_query_rest(struct web_request *r)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~";
	struct json_text t = {0};
	const cJSON *i;

	web_query(r, ""); /* reads them all */
	json_text_add(&t, "", 0);
	cJSON_ArrayForEach (i, r->p->query) {
		const char *part[] = {"&", i->string, "=", i->valuestring};

		if (strcmp(i->string, "offset") == 0 || strcmp(i->string, "limit") == 0)
			continue;
		for (size_t k = 0; k < 4; k++)
			for (const char *s = part[k]; *s; s++) {
				char hex[4];

				snprintf(hex, sizeof(hex), "%%%02X", (unsigned char)*s);
				if (k % 2 == 0 || strchr(plain, *s))
					json_text_add(&t, s, 1);
				else
					json_text_add(&t, hex, 3);
			}
	}
	if (!t.failed)
		return t.s;
	json_text_release(&t);
	return NULL;
}

static int listen_on(uint16_t *port, struct err *e)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons(*port),
				.sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(a);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)&a, len) < 0 || listen(fd, 1024) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) < 0) {
		err_errno(e, "127.0.0.1:%u", *port);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*port = ntohs(a.sin_port);
	return fd;
}

struct web *web_start(const struct web_config *c, struct err *e)
{
	struct web *w = calloc(1, sizeof(*w));
	int fd;

	if (!w) {
		err_nomem(e);
		return NULL;
	}
	w->c = *c;
	w->port = c->port;
	fd = listen_on(&w->port, e);
	if (fd < 0)
		goto fail;
	w->clients.max = CONNECTIONS;
	if (c->chaos && !(w->pace = pace_start(e))) {
		close(fd);
		goto fail;
	}
	/* poll(2), which says again and again that a client has gone: with its epoll
	 * libmicrohttpd 0.9.75 misses an end that comes with the last bytes, and keeps what
	 * was begun until the connection has idled too long. */
	w->daemon = MHD_start_daemon(
		MHD_USE_POLL_INTERNAL_THREAD | (w->pace ? MHD_ALLOW_SUSPEND_RESUME : 0),
		w->port, NULL, NULL, handle, w, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_URI_LOG_CALLBACK, request_new, w, MHD_OPTION_NOTIFY_COMPLETED,
		completed, w, MHD_OPTION_NOTIFY_CONNECTION, clients_notify, w,
		MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_CONNECTION_TIMEOUT,
		IDLE_S, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS + LEAVING,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY, MHD_OPTION_END);
	if (!w->daemon) {
		err_set(e, ERR_SYSTEM, "the HTTP server cannot be started");
		close(fd);
		goto fail;
	}
	return w;
fail:
	pace_stop(w->pace);
	pace_free(w->pace);
	free(w);
	return NULL;
}

uint16_t web_port(const struct web *w)
{
	return w->port;
}

void web_stop(struct web *w)
{
	if (!w)
		return;
	pace_stop(w->pace); /* nothing may be held when the daemon ends */
	MHD_stop_daemon(w->daemon);
	pace_free(w->pace);
	fault_forget(w);
	free(w);
}
