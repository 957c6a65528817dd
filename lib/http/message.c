#include "http/private.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

void http_scrub(const struct http *h, char *text)
{
	size_t n = strlen(h->secret);

	for (char *p = text; *p; p++)
		if (iscntrl((unsigned char)*p))
			*p = '?';
	/* A shorter secret is found everywhere, and is none. */
	if (n >= 6)
		for (char *p = text; (p = strstr(p, h->secret)); p += n)
			memset(p, '*', n);
}

const char *message_path(const struct call *c)
{
	size_t n = strlen(c->http->endpoint.url);

	return strncmp(c->url, c->http->endpoint.url, n) == 0 ? c->url + n : c->url;
}

static const char *phrase(long status)
{
	static const struct {
		long status;
		const char *text;
	} known[] = {
		{400, "bad request"},
		{401, "the token was not accepted"},
		{403, "not allowed"},
		{404, "not found"},
		{405, "method not allowed"},
		{408, "request timeout"},
		{409, "conflict"},
		{413, "too large"},
		{422, "not valid"},
		{429, "too many requests"},
		{500, "internal server error"},
		{502, "bad gateway"},
		{503, "service unavailable"},
		{504, "gateway timeout"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].status == status)
			return known[i].text;
	return status >= 500 ? "server error" : "refused";
}

static void add_text(struct json_text *t, const char *s)
{
	json_text_add(t, s, strlen(s));
}

/* `KEY: TEXT, KEY: TEXT`, or the text itself. */
static void add_value(struct json_text *t, const cJSON *v)
{
	const cJSON *item;

	if (cJSON_IsString(v)) {
		add_text(t, v->valuestring);
	} else if (cJSON_IsObject(v)) {
		cJSON_ArrayForEach (item, v) {
			if (item != v->child)
				add_text(t, ", ");
			add_text(t, item->string);
			add_text(t, ": ");
			if (cJSON_IsString(item))
				add_text(t, item->valuestring);
			else
				json_print(t, item);
		}
	} else {
		json_print(t, v);
	}
}

/* What the server says is wrong: its `message` and `errors`, or the status in
 * words. */
static void add_reason(struct json_text *t, const struct http_response *r)
{
	const cJSON *message = r->json ? json_get(r->json, "message") : NULL;
	const cJSON *errors = r->json ? json_get(r->json, "errors") : NULL;

	if (message)
		add_value(t, message);
	else
		add_text(t, phrase(r->status));
	if (errors && (!cJSON_IsObject(errors) || errors->child)) {
		add_text(t, " (");
		add_value(t, errors);
		add_text(t, ")");
	}
}

char *http_reason(const struct http *h, const struct http_response *r)
{
	struct json_text t = {0};

	add_reason(&t, r);
	if (!t.failed && t.s) {
		http_scrub(h, t.s);
		return t.s;
	}
	json_text_release(&t);
	return NULL;
}

static void add_failure(struct json_text *t, const struct call *c, CURLcode code)
{
	const char *why = *c->why ? c->why : curl_easy_strerror(code);

	if (c->too_long) {
		add_text(t, "the answer is longer than this client accepts");
	} else if (*c->doubts) {
		add_text(t, c->doubts);
	} else if (c->repeated) {
		add_text(t, "the connection was closed before the answer");
	} else {
		add_text(t, "no answer from ");
		add_text(t, c->http->endpoint.shown);
		add_text(t, ": ");
		add_text(t, why);
	}
}

void message_spent(const struct http *h, struct err *e)
{
	err_set(e, ERR_UNAVAILABLE, "this run has used up its %ld retries", h->c.retry_budget);
}

void message_error(struct call *c, enum retry_verdict v, CURLcode code, struct err *e)
{
	struct json_text t = {0};
	enum err_kind kind = v == RETRY_REFUSED ? ERR_REFUSED : ERR_UNAVAILABLE;
	char head[80];

	if (c->r.status >= 400 && !*c->doubts) {
		snprintf(head, sizeof(head), "%ld: ", c->r.status);
		add_text(&t, head);
		add_reason(&t, &c->r);
	} else {
		add_failure(&t, c, code);
	}
	if (v == RETRY_UNAVAILABLE && c->r.status >= 400 && c->r.retry_after_s > 0) {
		snprintf(head, sizeof(head), "; it says to come again in %.0f s",
			 fmin(c->r.retry_after_s, 1e9));
		add_text(&t, head);
	}
	if (c->attempts > 1) {
		snprintf(head, sizeof(head), " (after %u attempts)", c->attempts);
		add_text(&t, head);
	}
	if (v == RETRY_SPENT) {
		message_spent(c->http, e);
		add_text(&t, "; ");
		add_text(&t, e->text);
	}
	if (v == RETRY_UNKNOWN)
		add_text(&t, "; it is not known whether the request was accepted");
	if (t.failed) {
		err_nomem(e);
	} else {
		http_scrub(c->http, t.s);
		err_set(e, kind, "%s %.300s: %.600s", http_method_name(c->method),
			message_path(c), t.s);
	}
	json_text_release(&t);
}
