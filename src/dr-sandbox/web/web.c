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

/* Idle connections are kept this long, and so many at once. */
#define IDLE_S 120U
#define CONNECTIONS 512U

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

/* The head of a request is there.  A refusal is kept until the body has been
 * read and thrown away, for clients that look at the answer only then. */
static void begin(struct web_request *r, const char *url)
{
	const char *length = header(r, MHD_HTTP_HEADER_CONTENT_LENGTH);
	bool has_body = (length && strcmp(length, "0") != 0) ||
			header(r, MHD_HTTP_HEADER_TRANSFER_ENCODING);

	r->p->limit = r->p->web->c.json_max;
	r->p->refused = !guard_host(r) || !route_find(r, url) || (has_body && !choose_body(r));
	if (!r->p->refused && length && strtoull(length, NULL, 10) > r->p->limit)
		r->p->refused = !web_error(
			r, 413, "the request is too large: more than %zu bytes", r->p->limit);
}

static struct web_request *request_new(const struct web *w, struct MHD_Connection *c,
				       const char *method)
{
	struct web_request *r = calloc(1, sizeof(*r));
	struct web_private *p = calloc(1, sizeof(*p));

	if (!r || !p) {
		free(r);
		free(p);
		return NULL;
	}
	p->web = w;
	p->connection = c;
	r->p = p;
	r->method = method;
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
		return p->taken / 4 < p->limit;
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

static bool parse_body(struct web_request *r)
{
	struct web_private *p = r->p;
	struct err e = {0};

	if (p->form) {
		r->upload = form_upload(p->form);
		return form_end(p->form, r);
	}
	if (p->text.len == 0)
		return true;
	p->body = json_parse(p->text.s, p->text.len, NULL, &e);
	if (!p->body)
		return web_error(r, 400, "the body is not JSON: %s", e.text);
	if (!cJSON_IsObject(p->body))
		return web_error(r, 400, "the body must be a JSON object");
	r->body = p->body;
	return true;
}

static enum MHD_Result send_answer(struct web_request *r)
{
	struct MHD_Response *response;
	enum MHD_Result ok;

	response = MHD_create_response_from_buffer(r->text ? strlen(r->text) : 0, r->text,
						   MHD_RESPMEM_MUST_FREE);
	if (!response)
		return MHD_NO;
	r->text = NULL;
	if (r->type)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
	if (r->location)
		MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, r->location);
	if (r->allow)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, r->allow);
	ok = MHD_queue_response(r->p->connection, r->status, response);
	MHD_destroy_response(response);
	return ok;
}

/* libmicrohttpd calls this once with the head, then for each piece of the body,
 * and once more at its end. */
static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *len, void **state)
{
	const struct web *w = cls;
	struct web_request *r = *state;

	(void)version;
	if (!r) {
		r = request_new(w, connection, method);
		if (!r)
			return MHD_NO;
		*state = r;
		begin(r, url);
		/* Far too much to be read for courtesy: answer and hang up. */
		return r->status == 413 ? send_answer(r) : MHD_YES;
	}
	if (*len > 0) {
		bool go_on = more(r, data, *len);

		*len = 0;
		return go_on ? MHD_YES : MHD_NO;
	}
	if (!r->p->refused && parse_body(r))
		w->c.serve(r->p->route->handle, r, w->c.ctx);
	if (w->c.log)
		w->c.log(r, url);
	return send_answer(r);
}

static void completed(void *cls, struct MHD_Connection *connection, void **state,
		      enum MHD_RequestTerminationCode why)
{
	(void)cls;
	(void)connection;
	(void)why;
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
	w->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD, w->port, NULL, NULL, handle, w,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
		MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_CONNECTION_TIMEOUT,
		IDLE_S, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)64 << 10, MHD_OPTION_END);
	if (!w->daemon) {
		err_set(e, ERR_SYSTEM, "the HTTP server cannot be started");
		close(fd);
		goto fail;
	}
	return w;
fail:
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
	MHD_stop_daemon(w->daemon);
	free(w);
}
