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
	ok(s->connections == 1, "four requests shared a connection");
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
