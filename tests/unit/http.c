/* http: what is sent, what is repeated, and what is said about it. */
#include "http/http.h"

#include <fcntl.h>

#include "json/json.h"
#include "server.h"
#include "tap.h"

#define ANSWER(status, extra, body)                                                            \
	"HTTP/1.1 " status "\r\nContent-Type: application/json\r\n" extra body
#define EMPTY "Content-Length: 0\r\n\r\n"
#define OBJECT "Content-Length: 2\r\n\r\n{}"
#define OK_OBJECT ANSWER("200 OK", "", OBJECT)
#define START(script) server_start(script, sizeof(script) / sizeof(*(script)))
#define TOKEN "secret-token-1"

static char traced[8192];

static void trace(const char *line, void *ctx)
{
	(void)ctx;
	snprintf(traced + strlen(traced), sizeof(traced) - strlen(traced), "%s\n", line);
}

static struct http *open_at(const char *endpoint)
{
	struct http_config c = HTTP_DEFAULTS;
	struct err e = {0};
	struct http *h;

	c.endpoint = endpoint;
	c.authorization = "Token " TOKEN;
	c.max_retries = 2;
	c.total_s = 0.5;
	c.body_max = 1000;
	c.trace = trace;
	*traced = '\0';
	if (!(h = http_open(&c, &e)))
		printf("# %s\n", e.text);
	return h;
}

/* One request to a server of its own; the caller releases r. */
static enum err_kind once(struct server *s, struct http_request q, struct http_response *r,
			  struct err *e)
{
	struct http *h = open_at(s->endpoint);

	memset(e, 0, sizeof(*e));
	http_call(h, &q, r, e);
	http_close(h);
	return e->kind;
}

static void what_is_sent(void)
{
	static const struct step script[] = {{OK_OBJECT}};
	struct server *s = START(script);
	struct http *h = open_at(s->endpoint);
	struct err e = {0};
	struct http_response r;
	cJSON *body = cJSON_CreateObject();

	json_set_num(body, "samplePct", 0.1);
	ok(http_call(h, &(struct http_request){.path = "projects/5f/"}, &r, &e) &&
		   r.status == 200 && r.attempts == 1 && r.json && !r.unknown,
	   "a GET is answered");
	http_response_release(&r);
	ok(strncmp(s->text[0], "GET /api/v2/projects/5f/ HTTP/1.1\r\n", 35) == 0 &&
		   strstr(s->text[0], "\r\nAuthorization: Token " TOKEN "\r\n") &&
		   strstr(s->text[0], "\r\nAccept: application/json\r\n"),
	   "it carries the token and goes below the endpoint");
	http_call(h, &(struct http_request){.method = HTTP_POST, .path = "x/", .json = body},
		  &r, &e);
	http_response_release(&r);
	ok(strstr(s->text[1], "\r\nContent-Type: application/json\r\n") &&
		   strstr(s->text[1], "\r\n\r\n{\"samplePct\":0.1}"),
	   "a POST carries its JSON");
	http_call(h, &(struct http_request){.method = HTTP_POST, .path = "x/"}, &r, &e);
	http_response_release(&r);
	ok(strstr(s->text[2], "\r\nContent-Length: 0\r\n") &&
		   !strcasestr(s->text[2], "content-type"),
	   "a POST with nothing to say has no type");
	http_call(h, &(struct http_request){.method = HTTP_DELETE, .path = "x/"}, &r, &e);
	http_response_release(&r);
	ok(strncmp(s->text[3], "DELETE /api/v2/x/ ", 18) == 0, "a DELETE is one");
	ok(s->connections == 4, "all but a GET had a connection of their own");
	ok(strstr(traced, "GET projects/5f/: 200, ") && !strstr(traced, TOKEN),
	   "the trace shows them without the token");
	cJSON_Delete(body);
	http_close(h);
	server_stop(s);
}

static void upload(void)
{
	static const struct step script[] = {
		{ANSWER("202 Accepted", "Location: /s/1/\r\n", EMPTY)}};
	struct server *s = START(script);
	struct http_request q = {.method = HTTP_POST,
				 .path = "projects/",
				 .file = "/proc/self/cmdline",
				 .form_name = "projectName",
				 .form_value = "d\xc3\xa9mo"};
	struct http_response r;
	struct err e;
	char path[] = "/tmp/drtune-unit-XXXXXX", *name, *file;
	int fd = mkstemp(path);

	(void)!write(fd, "a,b\n1,2\n", 8);
	close(fd);
	q.file = path;
	ok(once(s, q, &r, &e) == ERR_NONE && r.status == 202 &&
		   strcmp(r.location, "/s/1/") == 0,
	   "a file is uploaded");
	name = strstr(s->text[0], "name=\"projectName\"");
	file = strstr(s->text[0], "name=\"file\"");
	ok(name && file && name < file && strstr(name, "\r\n\r\nd\xc3\xa9mo\r\n") &&
		   strstr(file, "a,b\n1,2\n"),
	   "its name goes first, then its bytes");
	http_response_release(&r);
	unlink(path);
	ok(once(s, q, &r, &e) == ERR_INPUT && strstr(e.text, path) &&
		   strstr(e.text, "No such file"),
	   "a missing file is named");
	q.file = "/dev/null";
	ok(once(s, q, &r, &e) == ERR_INPUT && strstr(e.text, "not a regular file"),
	   "a device is refused");
	ok(s->requests == 1, "nothing is sent for them");
	server_stop(s);
}

/* A script, the method, and what must come of it. */
static void repeats(const struct step *script, size_t steps, enum http_method m,
		    enum err_kind kind, size_t requests, bool unknown, const char *what)
{
	struct server *s = server_start(script, steps);
	struct http_response r;
	struct err e;
	enum err_kind got = once(
		s, (struct http_request){.method = m, .path = "a/", .want_json = true}, &r, &e);

	if (!ok(got == kind && s->requests == requests && r.unknown == unknown, "%s", what))
		printf("# kind %d, %zu requests, unknown %d: %s\n", got, s->requests, r.unknown,
		       e.text);
	http_response_release(&r);
	server_stop(s);
}

#define REPEATS(method, kind, requests, unknown, what, ...)                                    \
	do {                                                                                   \
		static const struct step script[] = {__VA_ARGS__};                             \
		repeats(script, sizeof(script) / sizeof(*script), method, kind, requests,      \
			unknown, what);                                                        \
	} while (0)

static void retries(void)
{
	REPEATS(HTTP_GET, ERR_NONE, 2, false, "a GET is repeated after 503",
		{ANSWER("503 No", "Retry-After: 0\r\n", EMPTY)}, {OK_OBJECT});
	REPEATS(HTTP_GET, ERR_UNAVAILABLE, 3, false, "but not more often than allowed",
		{ANSWER("503 No", "Retry-After: 0\r\n", EMPTY)});
	REPEATS(HTTP_GET, ERR_UNAVAILABLE, 1, false, "nor as late as Retry-After says",
		{ANSWER("429 No", "Retry-After: 86400\r\n", EMPTY)});
	REPEATS(HTTP_GET, ERR_NONE, 2, false, "a GET is repeated after a reset",
		{.reset = true}, {OK_OBJECT});
	REPEATS(HTTP_GET, ERR_NONE, 2, false, "after an answer cut short",
		{"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"a\":", true}, {OK_OBJECT});
	REPEATS(HTTP_GET, ERR_NONE, 2, false, "after an answer that is no JSON",
		{ANSWER("200 OK", "", "Content-Length: 3\r\n\r\n<p>")}, {OK_OBJECT});
	REPEATS(HTTP_GET, ERR_NONE, 2, false, "after one that is late",
		{OK_OBJECT, .delay_s = 1.5}, {OK_OBJECT});
	REPEATS(HTTP_GET, ERR_REFUSED, 1, false, "and not after 404",
		{ANSWER("404 No", "", EMPTY)});
	REPEATS(HTTP_POST, ERR_NONE, 2, false, "a POST is repeated after 429",
		{ANSWER("429 No", "Retry-After: 0\r\n", EMPTY)},
		{ANSWER("202 Accepted", "", OBJECT)});
	REPEATS(HTTP_POST, ERR_UNAVAILABLE, 1, true, "not after 500",
		{ANSWER("500 No", "Retry-After: 0\r\n", EMPTY)});
	REPEATS(HTTP_POST, ERR_UNAVAILABLE, 1, true, "not after a lost answer",
		{.close = true});
	REPEATS(HTTP_PATCH, ERR_UNAVAILABLE, 1, true, "nor is a PATCH", {.reset = true});
	REPEATS(HTTP_POST, ERR_UNAVAILABLE, 1, true, "nor after a late one",
		{OK_OBJECT, .delay_s = 1.5});
}

/* ---- bounds ---- */

static struct http *open_with(struct server *s, void (*set)(struct http_config *c))
{
	struct http_config c = HTTP_DEFAULTS;
	struct err e = {0};

	c.endpoint = s->endpoint;
	c.authorization = "Token " TOKEN;
	c.trace = trace;
	set(&c);
	*traced = '\0';
	return http_open(&c, &e);
}

static void of_three(struct http_config *c)
{
	c->retry_budget = 3;
}

static void budget(void)
{
	static const struct step script[] = {{ANSWER("503 No", "Retry-After: 0\r\n", EMPTY)}};
	struct server *s = START(script);
	struct http *h = open_with(s, of_three);
	struct http_response r;
	struct err e = {0};

	ok(!http_call(h, &(struct http_request){.path = "a/"}, &r, &e) &&
		   e.kind == ERR_UNAVAILABLE && s->requests == 4,
	   "a run has so many retries and no more");
	is_str(e.text,
	       "GET a/: 503: service unavailable (after 4 attempts); this run has used up its "
	       "3 "
	       "retries",
	       "and says so when they are used up");
	http_response_release(&r);
	memset(&e, 0, sizeof(e));
	ok(!http_call(h, &(struct http_request){.path = "b/"}, &r, &e) && s->requests == 5,
	   "they are those of all requests together");
	http_response_release(&r);
	ok(!http_take_retry(h, &e) && e.kind == ERR_UNAVAILABLE &&
		   strcmp(e.text, "this run has used up its 3 retries") == 0,
	   "and of the caller");
	http_close(h);
	server_stop(s);
}

static void briefly(struct http_config *c)
{
	c->connect_s = 0.2;
	c->idle_s = 1;
	c->total_s = 2;
	c->max_retries = 0;
}

/* Answer 100 bytes, one each 0.2 s, to the first that connects. */
static void *drip(void *fd)
{
	int c = accept(*(int *)fd, NULL, NULL);

	(void)!send(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", 41, MSG_NOSIGNAL);
	while (send(c, " ", 1, MSG_NOSIGNAL) == 1)
		usleep(200000);
	close(c);
	return NULL;
}

/* A listener of its own, in s: nothing is answered unless somebody does. */
static void listen_only(struct server *s, int backlog)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);

	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(s->fd, (struct sockaddr *)&at, sizeof(at)) || listen(s->fd, backlog) ||
	    getsockname(s->fd, (struct sockaddr *)&at, &len))
		abort();
	s->port = ntohs(at.sin_port);
	snprintf(s->endpoint, sizeof(s->endpoint), "http://127.0.0.1:%d/api/v2", s->port);
}

/* What becomes of one GET there, within the limits of briefly(). */
static bool times_out(struct server *s, const char *words)
{
	struct http *h = open_with(s, briefly);
	struct http_response r;
	struct err e = {0};
	double began = http_now();
	bool late = !http_call(h, &(struct http_request){.path = "a/"}, &r, &e) &&
		    e.kind == ERR_UNAVAILABLE && http_now() - began < 10;

	late = late && strstr(e.text, words);
	if (!late)
		printf("# %s\n", e.text);
	http_response_release(&r);
	http_close(h);
	return late;
}

static void time_limits(void)
{
	struct server *s = calloc(1, sizeof(*s));
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int waiting[4];
	pthread_t t;

	listen_only(s, 0);
	ok(times_out(s, "Operation too slow"), "a server that says nothing is given up");
	close(s->fd);
	listen_only(s, 8);
	pthread_create(&t, NULL, drip, &s->fd);
	ok(times_out(s, "Operation timed out"), "so is one whose answer takes for ever");
	pthread_join(t, NULL);
	close(s->fd);
	/* Once its queue is full the kernel answers no more of them. */
	listen_only(s, 0);
	at.sin_port = htons((uint16_t)s->port);
	for (int i = 0; i < 4; i++) {
		waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(waiting[i], (struct sockaddr *)&at, sizeof(at));
	}
	ok(times_out(s, "onnect"), "and one that does not let it in");
	for (int i = 0; i < 4; i++)
		close(waiting[i]);
	close(s->fd);
	free(s);
}

static void quickly(struct http_config *c)
{
	c->max_retries = 5;
}

static void count_done(struct http_response *r, const struct err *e, void *ctx);

static void held_back(void)
{
	static const struct step script[] = {{ANSWER("429 No", "Retry-After: 1\r\n", EMPTY)},
					     {OK_OBJECT}};
	struct server *s = START(script);
	struct http *h = open_with(s, quickly);
	struct err e = {0};
	double began = http_now();
	int done = 0;

	http_set_connections(h, 1);
	for (int i = 0; i < 3; i++)
		http_start(h, &(struct http_request){.path = "a/"}, count_done, &done, &e);
	while (s->requests < 2 && http_pending(h))
		http_poll(h, -1, -1, NULL, &e);
	ok(http_now() - began >= 0.99, "what waits behind one that was told to wait waits too");
	while (http_pending(h))
		http_poll(h, -1, -1, NULL, &e);
	ok(done == 3 && s->requests == 4, "and all are answered in the end");
	http_close(h);
	server_stop(s);
}

/* ---- answers to something else ---- */

static const char *doubt_id(const struct http_response *r, const char *about)
{
	const char *id = r->json ? json_str(r->json, "id") : NULL;

	return id && strcmp(id, about) != 0 ? "the answer is about something else" : NULL;
}

static void nonsense(void)
{
	static const struct step other[] = {
		{ANSWER("200 OK", "", "Content-Length: 10\r\n\r\n{\"id\":\"2\"}")},
		{ANSWER("200 OK", "", "Content-Length: 10\r\n\r\n{\"id\":\"1\"}")}};
	static const struct step page[] = {
		{"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}"}};
	struct http_request q = {
		.path = "a/", .want_json = true, .doubt = doubt_id, .about = "1"};
	struct server *s = START(other);
	struct http *h = open_with(s, quickly);
	struct http_response r;
	struct err e = {0};

	ok(http_call(h, &q, &r, &e) && s->requests == 2 &&
		   strcmp(json_str(r.json, "id"), "1") == 0,
	   "an answer to something else is asked for again");
	http_response_release(&r);
	ok(strstr(traced, "the answer is about something else, "), "which the trace tells");
	q.about = "3";
	ok(!http_call(h, &q, &r, &e) && e.kind == ERR_UNAVAILABLE && s->requests == 6,
	   "but not for ever");
	is_str(e.text, "GET a/: the answer is about something else (after 4 attempts)",
	       "and it is said what was wrong");
	http_response_release(&r);
	q.method = HTTP_POST;
	ok(!http_call(h, &q, &r, &e) && r.unknown && s->requests == 7,
	   "what may have started work is not repeated for it");
	http_response_release(&r);
	http_close(h);
	server_stop(s);
	s = START(page);
	h = open_with(s, quickly);
	q.method = HTTP_GET;
	ok(!http_call(h, &q, &r, &e) && s->requests == 4 &&
		   strcmp(e.text,
			  "GET a/: the answer is text/html, not JSON (after 4 attempts)") == 0,
	   "an answer that says it is no JSON is none");
	http_response_release(&r);
	http_close(h);
	server_stop(s);
}

#define REFUSED ANSWER("404 Not Found", "", OBJECT)

/* Whose answer a refusal is. */
static void refused_on_a_kept_connection(void)
{
	static const struct step once[] = {{OK_OBJECT}, {REFUSED}, {OK_OBJECT}};
	static const struct step twice[] = {{REFUSED REFUSED}, {OK_OBJECT}};
	struct http_request q = {.path = "a/"};
	struct server *s = START(once);
	struct http *h = open_with(s, quickly);
	struct http_response r;
	struct err e = {0};

	http_call(h, &q, &r, &e);
	http_response_release(&r);
	ok(!http_call(h, &q, &r, &e) && e.kind == ERR_REFUSED && r.status == 404 &&
		   r.attempts == 1 && s->requests == 2 && s->connections == 1,
	   "a refusal on a kept connection is believed, and asked for once");
	http_response_release(&r);
	ok(http_call(h, &q, &r, &e) && s->connections == 2,
	   "what comes next has another connection");
	http_response_release(&r);
	http_close(h);
	server_stop(s);
	s = START(twice);
	h = open_with(s, quickly);
	http_call(h, &q, &r, &e);
	http_response_release(&r);
	ok(http_call(h, &q, &r, &e) && r.attempts == 1 && s->connections == 2,
	   "so a refusal that comes twice is not that of the next request");
	http_response_release(&r);
	q.method = HTTP_DELETE;
	ok(http_call(h, &q, &r, &e) && s->connections == 3,
	   "what changes something has a connection of its own");
	http_response_release(&r);
	q.method = HTTP_GET;
	ok(http_call(h, &q, &r, &e) && s->connections == 3, "others share one");
	http_response_release(&r);
	http_close(h);
	server_stop(s);
}

/* The first answer is late, and every one after it is that to the request before. */
static void shifted_answers(void)
{
#define ID(id) ANSWER("200 OK", "", "Content-Length: 10\r\n\r\n{\"id\":\"" id "\"}")
	static const struct step script[] = {
		{OK_OBJECT}, {ID("0")}, {ID("1")}, {OK_OBJECT}, {OK_OBJECT}};
	struct http_request q = {
		.path = "a/", .want_json = true, .doubt = doubt_id, .about = "1"};
	struct server *s = START(script);
	struct http *h = open_with(s, quickly);
	struct http_response r;
	struct err e = {0};

	for (int i = 0; i < 2; i++) {
		http_call(h, &q, &r, &e);
		http_response_release(&r);
	}
	ok(s->requests == 3 && s->connections == 2,
	   "what is asked for again has a connection of its own");
	ok(http_call(h, &q, &r, &e) && s->connections == 3,
	   "one that told of something else is not used again");
	http_response_release(&r);
	http_close(h);
	server_stop(s);
}

static void set_twice(void)
{
	static const struct step script[] = {{.reset = true}, {OK_OBJECT}};
	struct server *s = START(script);
	struct http_request q = {.method = HTTP_PATCH, .path = "a/", .harmless = true};
	struct http_response r;
	struct err e;

	ok(once(s, q, &r, &e) == ERR_NONE && s->requests == 2,
	   "a PATCH that only sets values is repeated after a reset");
	http_response_release(&r);
	server_stop(s);
}

/* libcurl would repeat it by itself: see call.c. */
static void kept_connection(void)
{
	static const struct step script[] = {{OK_OBJECT}, {NULL}, {OK_OBJECT}};
	struct server *s = START(script);
	struct http *h = open_at(s->endpoint);
	struct http_response r;
	struct err e = {0};

	http_call(h, &(struct http_request){.path = "a/"}, &r, &e);
	http_response_release(&r);
	ok(!http_call(h, &(struct http_request){.method = HTTP_POST, .path = "b/"}, &r, &e) &&
		   e.kind == ERR_UNAVAILABLE && r.unknown && s->requests == 2,
	   "a POST whose kept connection is closed is sent once");
	ok(strstr(e.text, "not known whether"), "and the message says what is not known");
	http_response_release(&r);
	http_close(h);
	server_stop(s);
}

static void nobody_there(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	char endpoint[64];
	struct http_response r;
	struct err e = {0};
	struct http *h;

	/* Bound and not listening: the port is nobody else's, and refuses. */
	bind(fd, (struct sockaddr *)&at, sizeof(at));
	getsockname(fd, (struct sockaddr *)&at, &len);
	snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%d/api/v2", ntohs(at.sin_port));
	h = open_at(endpoint);
	ok(!http_call(h, &(struct http_request){.method = HTTP_POST, .path = "a/"}, &r, &e) &&
		   e.kind == ERR_UNAVAILABLE && r.attempts == 3 && !r.unknown,
	   "a POST that cannot leave is repeated, and nothing was accepted");
	ok(strncmp(e.text, "POST a/: no answer from 127.0.0.1:", 34) == 0 &&
		   strstr(e.text, "after 3 attempts"),
	   "the message says where and how often");
	http_response_release(&r);
	http_close(h);
	close(fd);
}

static void messages(void)
{
	static const struct {
		const char *answer, *text;
	} cases[] = {
		{ANSWER("422 No", "",
			"Content-Length: 46\r\n\r\n"
			"{\"message\":\"'max_depth' must be at most 8\"}   "),
		 "GET projects/5f0c/models/: 422: 'max_depth' must be at most 8"},
		{ANSWER("422 No", "",
			"Content-Length: 59\r\n\r\n"
			"{\"message\":\"Invalid field data\",\"errors\":"
			"{\"a\":\"b\",\"c\":[1]}}"),
		 "GET projects/5f0c/models/: 422: Invalid field data (a: b, c: [1])"},
		{ANSWER("400 No", "",
			"Content-Length: 42\r\n\r\n"
			"{\"message\":{\"foo\":\"foo is not allowed\"}}  "),
		 "GET projects/5f0c/models/: 400: foo: foo is not allowed"},
		{ANSWER("404 No", "", "Content-Length: 6\r\n\r\n<html>"),
		 "GET projects/5f0c/models/: 404: not found"},
		{ANSWER("403 No", "",
			"Content-Length: 52\r\n\r\n"
			"{\"message\":\"\\u001b[31mno \\n" TOKEN "\"}             "),
		 "GET projects/5f0c/models/: 403: ?[31mno ?**************"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct step step = {cases[i].answer};
		struct server *s = server_start(&step, 1);
		struct http_response r;
		struct err e;

		once(s, (struct http_request){.path = "projects/5f0c/models/"}, &r, &e);
		is_str(e.text, cases[i].text, "a refusal is told in the server's words");
		http_response_release(&r);
		server_stop(s);
	}
}

static void answers(void)
{
	static const struct step done[] = {
		{ANSWER("303 See Other", "Location: http://evil.example/x/\r\n", EMPTY)}};
	struct server *s = START(done);
	struct http_response r;
	struct err e;

	ok(once(s, (struct http_request){.path = "a/"}, &r, &e) == ERR_NONE &&
		   r.status == 303 && strcmp(r.location, "http://evil.example/x/") == 0 &&
		   s->requests == 1,
	   "a redirect is an answer and not followed");
	http_response_release(&r);
	ok(once(s, (struct http_request){.path = "http://evil.example/api/v2/x/"}, &r, &e) ==
		   ERR_REFUSED,
	   "a URL elsewhere is refused");
	ok(once(s, (struct http_request){.path = "/api/v1/x/"}, &r, &e) == ERR_REFUSED,
	   "so is another path of the host");
	ok(once(s, (struct http_request){.path = "a/../../../etc/"}, &r, &e) == ERR_REFUSED,
	   "and one that climbs out");
	ok(once(s, (struct http_request){.path = "//evil.example/api/v2/"}, &r, &e) ==
		   ERR_REFUSED,
	   "and one without a scheme");
	ok(s->requests == 1, "nothing was sent for them");
	server_stop(s);
}

static void long_answer(void)
{
	char text[1400];
	struct step step = {text};
	struct server *s;
	struct http_response r;
	struct err e;
	int n = snprintf(text, sizeof(text),
			 ANSWER("200 OK", "", "Content-Length: 1100\r\n\r\n"));

	memset(text + n, ' ', 1100);
	text[n + 1100] = '\0';
	s = server_start(&step, 1);
	ok(once(s, (struct http_request){.path = "a/"}, &r, &e) == ERR_REFUSED &&
		   strstr(e.text, "longer than this client accepts") && s->requests == 1,
	   "an answer beyond the bound is refused");
	http_response_release(&r);
	server_stop(s);
}

static void refused_endpoints(void)
{
	static const struct {
		const char *endpoint, *authorization;
		bool insecure;
		const char *what;
	} cases[] = {
		{"http://example.org/api/v2", "Token x", false, "http to another machine"},
		{"https://example.org/api/v2", "Token x", true, "no verification there"},
		{"https://a:b@example.org/api/v2", "Token x", false,
		 "a password in the endpoint"},
		{"ftp://127.0.0.1/api/v2", "Token x", false, "another scheme"},
		{"127.0.0.1/api/v2", "Token x", false, "no scheme"},
		{"https:///api/v2", "Token x", false, "no host"},
		{"http://127.0.0.1.example.org/", "Token x", false, "a name that looks local"},
		{"https://127.0.0.1/api/v2", "Token x\r\nX: y", false, "a header in the token"},
		{"https://127.0.0.1/api/v2", "", false, "no token"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct http_config c = HTTP_DEFAULTS;
		struct err e = {0};
		struct http *h;

		c.endpoint = cases[i].endpoint;
		c.authorization = cases[i].authorization;
		c.insecure = cases[i].insecure;
		h = http_open(&c, &e);
		ok(!h && e.kind == ERR_INPUT, "not opened: %s", cases[i].what);
		http_close(h);
	}
}

static void count_done(struct http_response *r, const struct err *e, void *ctx)
{
	*(int *)ctx += e->kind == ERR_NONE && r->status == 200;
}

static void many(void)
{
	static const struct step script[] = {{OK_OBJECT, .delay_s = 0.005}};
	struct server *s = START(script);
	struct http *h = open_at(s->endpoint);
	struct err e = {0};
	int done = 0;
	bool good = true;

	for (int i = 0; i < 100; i++)
		good = good && http_start(h, &(struct http_request){.path = "a/"}, count_done,
					  &done, &e);
	ok(good && http_pending(h) == 100 && s->requests == 0, "nothing is sent before a poll");
	while (good && http_pending(h))
		good = http_poll(h, -1, -1, NULL, &e);
	ok(good && done == 100, "a hundred requests are answered");
	ok(s->connections <= 8, "over no more connections than configured");
	http_start(h, &(struct http_request){.path = "a/"}, count_done, &done, &e);
	http_close(h);
	ok(done == 100, "closing drops what is pending");
	server_stop(s);
}

static void descriptors(void)
{
	static const struct step script[] = {{OK_OBJECT, .delay_s = 0.3}};
	struct server *s = START(script);
	struct http *h = open_at(s->endpoint);
	struct err e = {0};
	int done = 0, ends[2];
	bool readable = true;

	(void)!pipe(ends);
	ok(http_poll(h, ends[0], 0.01, &readable, &e) && !readable, "an empty pipe times out");
	http_start(h, &(struct http_request){.path = "a/"}, count_done, &done, &e);
	(void)!write(ends[1], "x", 1);
	while (!readable)
		http_poll(h, ends[0], 5, &readable, &e);
	ok(!done, "a pipe can be read while a request is under way");
	(void)!read(ends[0], &done, 1);
	done = 0;
	close(ends[1]);
	readable = false;
	while (http_pending(h) || !readable)
		http_poll(h, ends[0], 5, &readable, &e);
	ok(done == 1 && readable, "the end of a pipe can be read too, and the request is over");
	close(ends[0]);
	http_close(h);
	server_stop(s);
}

int main(void)
{
	what_is_sent();
	upload();
	retries();
	set_twice();
	budget();
	time_limits();
	held_back();
	nonsense();
	refused_on_a_kept_connection();
	shifted_answers();
	kept_connection();
	nobody_there();
	messages();
	answers();
	long_answer();
	refused_endpoints();
	many();
	descriptors();
	return tap_end();
}
