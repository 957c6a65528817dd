#include "http/private.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define BACKOFF_BASE_S 0.5
#define BACKOFF_CAP_S 30.0
#define NONSENSE_MAX 3

double http_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

const char *http_method_name(enum http_method m)
{
	static const char *const name[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

	return name[m];
}

void http_response_release(struct http_response *r)
{
	free(r->location);
	free(r->content_type);
	free(r->body);
	cJSON_Delete(r->json);
	memset(r, 0, sizeof(*r));
	r->retry_after_s = -1;
}

/* Jitter need not repeat, so it has no seed. */
static double uniform(void)
{
	unsigned u;

	if (getrandom(&u, sizeof(u), 0) != sizeof(u))
		return 0.5;
	return u / 4294967296.0;
}

/* A line break in the header would let a token write headers of its own. */
static bool check_authorization(const char *value, struct err *e)
{
	if (!*value)
		return err_set(e, ERR_INPUT, "the token is empty");
	for (const char *p = value; *p; p++)
		if (*p < ' ' || *p > '~')
			return err_set(e, ERR_INPUT,
				       "the token holds a character that no token can have");
	return true;
}

struct http *http_open(const struct http_config *c, struct err *e)
{
	struct http *h = NULL;
	const char *space;

	if (!check_authorization(c->authorization, e))
		return NULL;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(h = calloc(1, sizeof(*h)))) {
		err_nomem(e);
		return NULL;
	}
	h->c = *c;
	h->wake = -1;
	h->queue_end = &h->queue;
	h->policy = (struct retry_policy){.max_retries = c->max_retries,
					  .base_s = BACKOFF_BASE_S,
					  .cap_s = BACKOFF_CAP_S,
					  .time_s = c->retry_s,
					  .max_nonsense = NONSENSE_MAX,
					  .budget = c->retry_budget};
	if (!endpoint_init(&h->endpoint, c->endpoint, e))
		goto fail;
	if (c->insecure && !h->endpoint.loopback) {
		err_set(e, ERR_INPUT,
			"certificates are verified for every host but this machine: name the "
			"file of your CA instead");
		goto fail;
	}
	if (asprintf(&h->authorization, "Authorization: %s", c->authorization) < 0)
		h->authorization = NULL;
	h->user_agent = strdup(c->user_agent);
	h->multi = curl_multi_init();
	if (!h->authorization || !h->user_agent || !h->multi ||
	    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, c->connections)) {
		err_nomem(e);
		goto fail;
	}
	space = strrchr(h->authorization, ' ');
	h->secret = space ? space + 1 : h->authorization;
	return h;
fail:
	http_close(h);
	return NULL;
}

static void free_list(struct call *c)
{
	while (c) {
		struct call *next = c->next;

		call_free(c);
		c = next;
	}
}

void http_close(struct http *h)
{
	if (!h)
		return;
	free_list(h->running);
	free_list(h->waiting);
	free_list(h->queue);
	if (h->multi)
		curl_multi_cleanup(h->multi);
	if (h->authorization)
		explicit_bzero(h->authorization, strlen(h->authorization));
	free(h->authorization);
	free(h->user_agent);
	endpoint_release(&h->endpoint);
	free(h);
	curl_global_cleanup();
}

void http_set_connections(struct http *h, long n)
{
	h->c.connections = n;
	/* Fails for nothing but a wrong option. */
	curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, n);
}

const char *http_endpoint(const struct http *h)
{
	return h->endpoint.url;
}

size_t http_pending(const struct http *h)
{
	return h->pending;
}

static void enqueue(struct http *h, struct call *c)
{
	c->next = NULL;
	*h->queue_end = c;
	h->queue_end = &c->next;
}

static struct call *start(struct http *h, const struct http_request *q, http_done_fn *done,
			  void *ctx, struct err *e)
{
	struct call *c = call_new(h, q, e);

	if (!c) {
		http_scrub(h, e->text); /* the place may be the server's */
		return NULL;
	}
	c->done = done;
	c->ctx = ctx;
	enqueue(h, c);
	h->pending++;
	return c;
}

bool http_start(struct http *h, const struct http_request *q, http_done_fn *done, void *ctx,
		struct err *e)
{
	return start(h, q, done, ctx, e);
}

static void unlink_running(struct http *h, struct call *c)
{
	struct call **p = &h->running;

	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	h->on_wire--;
}

void call_finish(struct call *c, const struct err *why)
{
	struct http *h = c->http;

	c->r.attempts = c->attempts;
	c->r.seconds = http_now() - c->began;
	h->pending--;
	h->over++;
	c->done(&c->r, why, c->ctx);
	call_free(c);
}

static void trace(struct call *c, enum retry_end end, CURLcode code, double again_s)
{
	const struct http_config *k = &c->http->c;
	double took = http_now() - c->attempt_began;
	char what[CURL_ERROR_SIZE + 8], again[48] = "", line[1024];

	if (!k->trace)
		return;
	if (end == RETRY_ANSWERED)
		snprintf(what, sizeof(what), "%ld", c->r.status);
	else
		snprintf(what, sizeof(what), "%s",
			 *c->doubts    ? c->doubts
			 : c->repeated ? "closed before the answer"
			 : *c->why     ? c->why
			 : code        ? curl_easy_strerror(code)
				       : "no answer");
	if (again_s >= 0)
		snprintf(again, sizeof(again), ", again in %.1f s", again_s);
	snprintf(line, sizeof(line), "%s %.400s: %s, %.3f s%s", http_method_name(c->method),
		 message_path(c), what, took, again);
	http_scrub(c->http, line);
	k->trace(line, k->trace_ctx);
}

/* An attempt ended with this code: repeat it later or report it. */
static void settle(struct call *c, CURLcode code)
{
	struct http *h = c->http;
	struct err why = {0};
	struct retry_attempt a = {
		.method = c->method,
		.end = call_outcome(c, code),
		.number = c->attempts,
		.nonsense = c->nonsense,
		.harmless = c->harmless,
		.elapsed_s = http_now() - c->began,
	};
	enum retry_verdict v;
	double wait_s = -1;

	a.status = c->r.status;
	a.retry_after_s = c->r.retry_after_s;
	v = retry_judge(&h->policy, &a, uniform(), &wait_s);
	unlink_running(h, c);
	trace(c, a.end, code, v == RETRY_AGAIN ? wait_s : -1);
	call_end(c);
	if (v == RETRY_AGAIN) {
		h->policy.budget--;
		c->due = http_now() + wait_s;
		if (a.end == RETRY_ANSWERED && a.retry_after_s >= 0)
			h->hold = fmax(h->hold, http_now() + a.retry_after_s);
		c->next = h->waiting;
		h->waiting = c;
		return;
	}
	c->r.unknown = v == RETRY_UNKNOWN;
	if (v != RETRY_OK)
		message_error(c, v, code, &why);
	call_finish(c, &why);
}

static void begin(struct http *h, struct call *c)
{
	struct err why = {0};

	c->attempt_began = http_now();
	if (c->attempts == 0)
		c->began = c->attempt_began;
	if (!call_begin(c, &why)) {
		call_finish(c, &why);
		return;
	}
	c->next = h->running;
	h->running = c;
	h->on_wire++;
}

/* Retries that are due go before new requests. */
static struct call *take_due(struct http *h, double now)
{
	for (struct call **p = &h->waiting; *p; p = &(*p)->next)
		if ((*p)->due <= now) {
			struct call *c = *p;

			*p = c->next;
			return c;
		}
	return NULL;
}

static struct call *take_next(struct http *h, double now)
{
	struct call *c = take_due(h, now);

	if (!c && (c = h->queue)) {
		h->queue = c->next;
		if (!h->queue)
			h->queue_end = &h->queue;
	}
	return c;
}

/* Put calls on the wire, let libcurl work, and settle what has ended. */
static bool step(struct http *h, struct err *e)
{
	int running, left;
	CURLMsg *m;
	CURLMcode code;
	double now = http_now();
	struct call *c;

	while (h->on_wire < h->c.connections && now >= h->hold && (c = take_next(h, now)))
		begin(h, c);
	if ((code = curl_multi_perform(h->multi, &running)))
		return err_set(e, ERR_SYSTEM, "libcurl: %s", curl_multi_strerror(code));
	while ((m = curl_multi_info_read(h->multi, &left))) {
		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c);
		settle(c, m->data.result);
	}
	return true;
}

/* Milliseconds to wait at most: the caller's limit or the next retry. */
static int wait_ms(const struct http *h, double timeout_s)
{
	double s = timeout_s < 0 ? 3600 : timeout_s, now = http_now();

	if (h->queue && h->on_wire < h->c.connections)
		s = fmin(s, fmax(0, h->hold - now));
	if (h->on_wire < h->c.connections)
		for (const struct call *c = h->waiting; c; c = c->next)
			s = fmin(s, fmax(0, fmax(c->due, h->hold) - now));
	return (int)ceil(fmin(s, 3600) * 1e3);
}

/* curl_multi_poll does not tell of a pipe whose writer has gone. */
static bool can_read(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

bool http_poll(struct http *h, int fd, double timeout_s, bool *readable, struct err *e)
{
	size_t over = h->over;
	struct curl_waitfd extra[2];
	unsigned n = 0;
	CURLMcode code;

	if (fd >= 0)
		extra[n++] = (struct curl_waitfd){.fd = fd, .events = CURL_WAIT_POLLIN};
	if (h->wake >= 0 && !h->woken)
		extra[n++] = (struct curl_waitfd){.fd = h->wake, .events = CURL_WAIT_POLLIN};
	if (readable)
		*readable = false;
	if (!step(h, e))
		return false;
	if (h->over == over && (h->pending || fd >= 0 || timeout_s > 0)) {
		code = curl_multi_poll(h->multi, extra, n, wait_ms(h, timeout_s), NULL);
		if (code)
			return err_set(e, ERR_SYSTEM, "libcurl: %s", curl_multi_strerror(code));
		if (!step(h, e))
			return false;
	}
	wake_look(h);
	if (readable && fd >= 0)
		*readable = can_read(fd);
	return true;
}

struct blocking {
	struct http_response *r;
	struct err *e;
	bool over;
};

static void blocking_done(struct http_response *r, const struct err *e, void *ctx)
{
	struct blocking *b = ctx;

	*b->r = *r;
	memset(r, 0, sizeof(*r));
	*b->e = *e;
	b->over = true;
}

static void ignore_done(struct http_response *r, const struct err *e, void *ctx)
{
	(void)r, (void)e, (void)ctx;
}

static void unlink_from(struct call **p, const struct call *c)
{
	while (*p && *p != c)
		p = &(*p)->next;
	if (*p)
		*p = c->next;
}

/* Drop a call without calling back. */
static void forget(struct http *h, struct call *c)
{
	if (c->easy) {
		unlink_running(h, c);
	} else {
		unlink_from(&h->waiting, c);
		unlink_from(&h->queue, c);
		for (h->queue_end = &h->queue; *h->queue_end;)
			h->queue_end = &(*h->queue_end)->next;
	}
	h->pending--;
	call_free(c);
}

bool http_call(struct http *h, const struct http_request *q, struct http_response *r,
	       struct err *e)
{
	struct err why = {0};
	struct blocking b = {.r = r, .e = &why};
	struct call *c;

	memset(r, 0, sizeof(*r));
	r->retry_after_s = -1;
	if (!(c = start(h, q, blocking_done, &b, e)))
		return false;
	while (!b.over) {
		if (wake_look(h) && wake_may_forget(c)) {
			forget(h, c);
			return err_set(e, ERR_STOPPED, "the process was asked to end");
		}
		if (!http_poll(h, -1, -1, NULL, e)) {
			c->done = ignore_done;
			return false;
		}
	}
	if (why.kind != ERR_NONE)
		*e = why;
	return why.kind == ERR_NONE;
}

bool http_take_retry(struct http *h, struct err *e)
{
	if (h->policy.budget > 0)
		return h->policy.budget--;
	message_spent(h, e);
	return false;
}

bool http_sleep(struct http *h, double seconds, struct err *e)
{
	double until = http_now() + seconds, left;

	while ((left = until - http_now()) > 0) {
		if (wake_look(h))
			return err_set(e, ERR_STOPPED, "the process was asked to end");
		if (!http_poll(h, -1, left, NULL, e))
			return false;
	}
	return true;
}
