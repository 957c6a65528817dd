/*
 * One request on the wire.
 *
 * libcurl itself sends a request a second time where a kept connection turns out
 * to be closed before the first byte of the answer.  For a request that starts
 * work this would be a blind repetition: the server may have read it and closed
 * afterwards.  The pre-request hook therefore lets POST and PATCH through once per
 * attempt, and the outcome of a refused second time is RETRY_LOST.
 *
 * Whose answer it is: README.md.
 */
#include "http/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json/json.h"

static bool copy(char **to, const char *from)
{
	return !from || (*to = strdup(from));
}

bool http_check_file(const char *path, struct err *e)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st) != 0) {
		err_path(e, "%s", path);
		if (fd >= 0)
			close(fd);
		return false;
	}
	close(fd);
	/* Its length is announced, and a retry reads it again. */
	return S_ISREG(st.st_mode) || err_set(e, ERR_INPUT, "%s: not a regular file", path);
}

struct call *call_new(struct http *h, const struct http_request *q, struct err *e)
{
	struct call *c;

	if (q->file && !http_check_file(q->file, e))
		return NULL;
	if (!(c = calloc(1, sizeof(*c)))) {
		err_nomem(e);
		return NULL;
	}
	c->http = h;
	c->method = q->method;
	c->want_json = q->want_json;
	c->harmless = q->harmless;
	c->brief = q->brief;
	c->doubt = q->doubt;
	c->r.retry_after_s = -1;
	if (!(c->url = endpoint_resolve(&h->endpoint, q->path, e)))
		goto fail;
	if (!copy(&c->about, q->about) || !copy(&c->file, q->file) ||
	    !copy(&c->form_name, q->form_name) || !copy(&c->form_value, q->form_value) ||
	    (q->json && !(c->body = json_string(q->json)))) {
		err_nomem(e);
		goto fail;
	}
	return c;
fail:
	call_free(c);
	return NULL;
}

void call_free(struct call *c)
{
	if (!c)
		return;
	call_end(c);
	http_response_release(&c->r);
	free(c->body);
	free(c->form_value);
	free(c->form_name);
	free(c->file);
	free(c->about);
	free(c->url);
	free(c);
}

bool call_starts_work(const struct call *c)
{
	return retry_starts_work(c->method, c->harmless);
}

static int before_request(void *ctx, char *ip, char *local_ip, int port, int local_port)
{
	struct call *c = ctx;

	(void)ip, (void)local_ip, (void)port, (void)local_port;
	if (c->sent && call_starts_work(c)) {
		c->repeated = true;
		return CURL_PREREQFUNC_ABORT;
	}
	c->sent = true;
	return CURL_PREREQFUNC_OK;
}

/* Once the status is known: what has refused is not used again. */
static size_t see_header(char *line, size_t size, size_t n, void *ctx)
{
	struct call *c = ctx;
	long status = 0;

	(void)line;
	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 400)
		curl_easy_setopt(c->easy, CURLOPT_FORBID_REUSE, 1L);
	return size * n;
}

static size_t take_body(char *data, size_t size, size_t n, void *ctx)
{
	struct call *c = ctx;
	struct http_response *r = &c->r;
	size_t len = size * n;

	if (len > c->http->c.body_max - r->len) {
		c->too_long = true;
		return 0;
	}
	if (r->len + len + 1 > c->cap) {
		size_t cap = c->cap * 2 > r->len + len + 1 ? c->cap * 2 : r->len + len + 1;
		char *body = realloc(r->body, cap);

		if (!body)
			return 0;
		r->body = body;
		c->cap = cap;
	}
	memcpy(r->body + r->len, data, len);
	r->len += len;
	r->body[r->len] = '\0';
	return len;
}

static bool add_header(struct call *c, const char *line)
{
	struct curl_slist *l = curl_slist_append(c->headers, line);

	if (l)
		c->headers = l;
	return l;
}

/* Parts in the order that the service reads them: text first, then the file. */
static bool add_form(struct call *c)
{
	curl_mimepart *part;

	if (!(c->mime = curl_mime_init(c->easy)))
		return false;
	if (c->form_name) {
		if (!(part = curl_mime_addpart(c->mime)) ||
		    curl_mime_name(part, c->form_name) ||
		    curl_mime_data(part, c->form_value, CURL_ZERO_TERMINATED))
			return false;
	}
	return (part = curl_mime_addpart(c->mime)) && !curl_mime_name(part, "file") &&
	       !curl_mime_filedata(part, c->file) &&
	       !curl_easy_setopt(c->easy, CURLOPT_MIMEPOST, c->mime);
}

static bool set_body(struct call *c)
{
	bool ok = true;

	if (c->file)
		return add_form(c);
	if (c->body || c->method != HTTP_GET) {
		const char *body = c->body ? c->body : "";

		ok = (c->method == HTTP_DELETE && !c->body) ||
		     (!curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(body)) &&
		      !curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, body));
		/* "Content-Type:" alone takes libcurl's default away. */
		ok = ok && add_header(c, c->body ? "Content-Type: application/json"
						 : "Content-Type:");
	}
	return ok &&
	       !curl_easy_setopt(c->easy, CURLOPT_CUSTOMREQUEST, http_method_name(c->method));
}

static bool set_limits(struct call *c)
{
	const struct http_config *k = &c->http->c;
	double more = c->file ? 10 : 1;
	long idle = (long)(k->idle_s * more + 0.999);

	return !curl_easy_setopt(c->easy, CURLOPT_CONNECTTIMEOUT_MS,
				 (long)(k->connect_s * 1e3)) &&
	       !curl_easy_setopt(c->easy, CURLOPT_LOW_SPEED_LIMIT, 1L) &&
	       !curl_easy_setopt(c->easy, CURLOPT_LOW_SPEED_TIME, idle) &&
	       !curl_easy_setopt(c->easy, CURLOPT_TIMEOUT_MS, (long)(k->total_s * more * 1e3));
}

static bool set_trust(struct call *c)
{
	const struct http *h = c->http;
	bool skip = h->c.insecure && h->endpoint.loopback;

	/* A proxy would see what goes to this machine, token included. */
	if (h->endpoint.loopback && curl_easy_setopt(c->easy, CURLOPT_PROXY, ""))
		return false;
	if (h->c.ca_file && curl_easy_setopt(c->easy, CURLOPT_CAINFO, h->c.ca_file))
		return false;
	return !curl_easy_setopt(c->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
	       !curl_easy_setopt(c->easy, CURLOPT_SSL_VERIFYPEER, skip ? 0L : 1L) &&
	       !curl_easy_setopt(c->easy, CURLOPT_SSL_VERIFYHOST, skip ? 0L : 2L) &&
	       !curl_easy_setopt(c->easy, CURLOPT_PROTOCOLS_STR, "http,https") &&
	       !curl_easy_setopt(c->easy, CURLOPT_FOLLOWLOCATION, 0L);
}

bool call_begin(struct call *c, struct err *e)
{
	struct http *h = c->http;
	CURL *easy;

	http_response_release(&c->r);
	c->cap = 0;
	c->sent = c->repeated = c->too_long = false;
	c->alone = c->method != HTTP_GET || c->nonsense > 0;
	*c->why = *c->doubts = '\0';
	if (!(easy = c->easy = curl_easy_init()) ||
	    curl_easy_setopt(easy, CURLOPT_URL, c->url) ||
	    curl_easy_setopt(easy, CURLOPT_PRIVATE, c) ||
	    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, c->why) ||
	    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ||
	    curl_easy_setopt(easy, CURLOPT_USERAGENT, h->user_agent) ||
	    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "") ||
	    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 30L) ||
	    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long)c->alone) ||
	    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, (long)c->alone) ||
	    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request) ||
	    curl_easy_setopt(easy, CURLOPT_PREREQDATA, c) ||
	    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, see_header) ||
	    curl_easy_setopt(easy, CURLOPT_HEADERDATA, c) ||
	    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) ||
	    curl_easy_setopt(easy, CURLOPT_WRITEDATA, c) || !set_limits(c) || !set_trust(c) ||
	    !set_body(c) || !add_header(c, h->authorization) ||
	    !add_header(c, "Accept: application/json") ||
	    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, c->headers) ||
	    curl_multi_add_handle(h->multi, easy)) {
		call_end(c);
		return err_nomem(e);
	}
	c->attempts++;
	return true;
}

void call_end(struct call *c)
{
	if (c->easy)
		curl_multi_remove_handle(c->http->multi, c->easy);
	curl_easy_cleanup(c->easy);
	curl_mime_free(c->mime);
	curl_slist_free_all(c->headers);
	c->easy = NULL;
	c->mime = NULL;
	c->headers = NULL;
}

/* A field's value into *to, NULL where there is none. False: out of memory. */
static bool header(struct call *c, const char *name, char **to)
{
	struct curl_header *h;
	CURLHcode code = curl_easy_header(c->easy, name, 0, CURLH_HEADER, -1, &h);

	*to = NULL;
	return code == CURLHE_OK ? (*to = strdup(h->value)) != NULL
				 : code != CURLHE_OUT_OF_MEMORY;
}

/* False: out of memory, and the answer is as good as lost. */
static bool read_answer(struct call *c)
{
	struct http_response *r = &c->r;
	char *after;
	struct err why = {0};

	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &r->status);
	if (!header(c, "Retry-After", &after))
		return false;
	r->retry_after_s = after ? retry_after(after, time(NULL)) : -1;
	free(after);
	if (!header(c, "Location", &r->location) ||
	    !header(c, "Content-Type", &r->content_type))
		return false;
	if (r->location &&
	    !endpoint_is_elsewhere(&c->http->endpoint, r->location, &r->elsewhere))
		return false;
	if (!r->body && !(r->body = calloc(1, 1)))
		return false;
	r->json = c->brief ? json_parse_brief(r->body, r->len, c->brief, &why)
			   : json_parse(r->body, r->len, NULL, &why);
	return why.kind != ERR_SYSTEM;
}

/* By what the answer says of itself; where it says nothing its body decides. */
static bool is_other_type(const char *type)
{
	return type && *type && !strcasestr(type, "json");
}

/* The next answer on this connection would be that to the request before it, too. */
static void hang_up(const struct call *c)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	curl_easy_getinfo(c->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (fd != CURL_SOCKET_BAD)
		shutdown(fd, SHUT_RDWR);
}

/* Whether the answer cannot be one to this request; c->doubts says why. */
static bool is_nonsense(struct call *c)
{
	const struct http_response *r = &c->r;
	const char *why = NULL;

	if (c->want_json && r->status / 100 == 2 && is_other_type(r->content_type))
		snprintf(c->doubts, sizeof(c->doubts), "the answer is %.80s, not JSON",
			 r->content_type);
	else if (c->want_json && r->status / 100 == 2 && !r->json)
		why = "the answer is no JSON";
	else if (c->doubt && (r->status < 400 || r->status == 422))
		why = c->doubt(r, c->about);
	if (why)
		snprintf(c->doubts, sizeof(c->doubts), "%s", why);
	if (!*c->doubts)
		return false;
	c->nonsense++;
	hang_up(c);
	return true;
}

static bool hopeless(CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
		return true;
	default:
		return false;
	}
}

enum retry_end call_outcome(struct call *c, CURLcode code)
{
	struct http_response *r = &c->r;
	long sent = 0;

	if (code == CURLE_OK && read_answer(c))
		return is_nonsense(c) ? RETRY_NONSENSE : RETRY_ANSWERED;
	r->status = 0;
	r->retry_after_s = -1;
	if (hopeless(code) || (c->too_long && c->method == HTTP_GET))
		return RETRY_HOPELESS;
	curl_easy_getinfo(c->easy, CURLINFO_REQUEST_SIZE, &sent);
	return c->sent || sent > 0 ? RETRY_LOST : RETRY_UNSENT;
}
