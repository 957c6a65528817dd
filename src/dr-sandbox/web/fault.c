/* fault: what chaos decides, done to a request and its answer. */
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "rng/rng.h"
#include "web/private.h"

#define PREFIX "/api/v2/"
#define PIECES 20U /* of a body that drips */
#define GARBAGE 512U
#define PAST 128U
#define PAST_TEXT_MAX ((size_t)256 << 10)

/* ---- answers of other servers than this one ---- */

static void retry_after(struct web_request *r, const struct chaos_fault *f)
{
	time_t at = time(NULL) + (time_t)ceil(f->seconds);
	struct tm utc;

	/* Whole seconds are all that the header can say. */
	if (f->kind == CHAOS_STATUS)
		snprintf(r->p->retry_after, sizeof(r->p->retry_after), "%.0f",
			 ceil(f->seconds));
	else if (gmtime_r(&at, &utc))
		strftime(r->p->retry_after, sizeof(r->p->retry_after),
			 "%a, %d %b %Y %H:%M:%S GMT", &utc);
}

/* Gateways answer in HTML. */
static void answer_status(struct web_request *r)
{
	const struct chaos_fault *f = &r->p->fault;
	const char *reason = MHD_get_reason_phrase_for(f->status);
	char *page = NULL;

	if (f->seconds >= 0)
		retry_after(r, f);
	if (f->status == 429 || f->status == 500) {
		web_error(r, f->status, "%s (by --chaos)", reason);
	} else {
		if (asprintf(&page,
			     "<html><head><title>%u %s</title></head><body><h1>%u %s</h1>"
			     "<p>by --chaos</p></body></html>\n",
			     f->status, reason, f->status, reason) < 0)
			page = NULL;
		web_text(r, f->status, "text/html", page);
	}
}

static void answer_redirect(struct web_request *r, const char *url)
{
	const struct chaos_fault *f = &r->p->fault;

	web_error(r, f->status, "look elsewhere (by --chaos)");
	free(r->location);
	if (asprintf(&r->location, "http://%s%s", f->text, url) < 0)
		r->location = NULL;
}

/* ---- the connection ---- */

static int descriptor(const struct web_request *r)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(r->p->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return i ? i->connect_fd : -1;
}

/* On Linux a stream that is connected to no address sends a reset at once; closing it
 * would tell the client of a clean end first. */
static void reset(const struct web_request *r)
{
	struct linger hard = {1, 0};
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	int fd = descriptor(r);

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	(void)connect(fd, &nobody, sizeof(nobody));
}

/* The answer once more, before that which libmicrohttpd sends. */
static void send_first(const struct web_request *r)
{
	char *all = NULL;
	int fd = descriptor(r), n;

	n = asprintf(&all, "HTTP/1.1 %u %s\r\nContent-Length: %zu\r\n%s%s%s%s%s%s\r\n%s",
		     r->status, MHD_get_reason_phrase_for(r->status),
		     r->text ? strlen(r->text) : 0, r->type ? "Content-Type: " : "",
		     r->type ? r->type : "", r->type ? "\r\n" : "",
		     r->location ? "Location: " : "", r->location ? r->location : "",
		     r->location ? "\r\n" : "", r->text ? r->text : "");
	if (n < 0)
		return;
	/* Half of one and then another is not what was asked for. */
	if (send(fd, all, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) != n)
		shutdown(fd, SHUT_RDWR);
	free(all);
}

/* ---- bodies that come slowly, or not to their end ---- */

struct slow {
	struct pace *pace;
	struct MHD_Connection *connection;
	char *text;
	size_t end;    /* so much is sent; where more was announced, the connection is closed */
	size_t piece;  /* at a time */
	double wait_s; /* before each piece but the first */
	double end_s;  /* before closing */
	bool waited;   /* for what comes next */
};

static ssize_t read_slow(void *ctx, uint64_t at, char *buf, size_t max)
{
	struct slow *b = ctx;
	bool over = at >= b->end;
	double wait = over ? b->end_s : at > 0 ? b->wait_s : 0;
	size_t n = b->piece;

	if (wait > 0 && !b->waited) {
		b->waited = true;
		if (pace_hold(b->pace, b->connection, wait))
			return 0;
	}
	b->waited = false;
	if (over)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	n = n < max ? n : max;
	n = n < b->end - at ? n : b->end - (size_t)at;
	memcpy(buf, b->text + at, n);
	return (ssize_t)n;
}

static void slow_free(void *ctx)
{
	struct slow *b = ctx;

	free(b->text);
	free(b);
}

/* Takes r->text over; NULL: out of memory, and then not. */
static struct MHD_Response *slow_answer(struct web_request *r)
{
	const struct chaos_fault *f = &r->p->fault;
	struct slow *b = calloc(1, sizeof(*b));
	struct MHD_Response *response;
	size_t len = strlen(r->text);

	if (!b)
		return NULL;
	*b = (struct slow){.pace = r->p->web->pace,
			   .connection = r->p->connection,
			   .text = r->text,
			   .end = len,
			   .piece = len};
	if (f->kind == CHAOS_DRIP) {
		b->piece = (len + PIECES - 1) / PIECES;
		b->wait_s = f->seconds / PIECES;
	} else {
		b->end = len / 2;
		b->end_s = f->kind == CHAOS_STALL ? f->seconds : 0;
	}
	response = MHD_create_response_from_callback(len, 4096, read_slow, b, slow_free);
	if (response)
		r->text = NULL;
	else
		free(b);
	return response;
}

static struct MHD_Response *garbage(const struct web_request *r)
{
	unsigned char bytes[GARBAGE];
	struct rng rng;

	rng_init(&rng, r->p->fault.draw, 0);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)rng_next(&rng);
	return MHD_create_response_from_buffer(sizeof(bytes), bytes, MHD_RESPMEM_MUST_COPY);
}

struct MHD_Response *fault_answer(struct web_request *r)
{
	if (!r->fault)
		return NULL;
	switch (r->p->fault.kind) {
	case CHAOS_DRIP:
	case CHAOS_TRUNCATE:
	case CHAOS_STALL:
		return slow_answer(r);
	case CHAOS_GARBAGE:
		return garbage(r);
	case CHAOS_DUPLICATE:
		send_first(r);
		return NULL;
	default:
		return NULL;
	}
}

/* ---- answers that were given before ---- */

struct past {
	char *key; /* method, path, and of other methods than GET the client's port */
	unsigned status;
	const char *type;
	char *text, *location;
};

struct web_past {
	struct past all[PAST];
	size_t next; /* the oldest, once all are there */
};

static void past_release(struct past *p)
{
	free(p->key);
	free(p->text);
	free(p->location);
}

void fault_forget(struct web *w)
{
	for (size_t i = 0; w->past && i < PAST; i++)
		past_release(&w->past->all[i]);
	free(w->past);
}

static bool duplicate(char **to, const char *from)
{
	return !from || (*to = strdup(from));
}

/* Caches keep answers to GET for everybody; others are only mixed up on one connection. */
static unsigned port_of(const struct web_request *r)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(r->p->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	if (!i || i->client_addr->sa_family != AF_INET || strcmp(r->method, "GET") == 0)
		return 0;
	return ntohs(((const struct sockaddr_in *)(const void *)i->client_addr)->sin_port);
}

/* Keeps this answer for later, and gives the one that was kept before (key NULL: none),
 * which is the caller's. */
static struct past remember(struct web_request *r, const char *url)
{
	struct web *w = r->p->web;
	struct past now = {.status = r->status, .type = r->type}, *at = NULL, before = {0};

	if (!w->past && !(w->past = calloc(1, sizeof(*w->past))))
		return before;
	if ((r->text && strlen(r->text) > PAST_TEXT_MAX) ||
	    asprintf(&now.key, "%s %s %u", r->method, url, port_of(r)) < 0)
		return before;
	for (size_t i = 0; i < PAST; i++)
		if (w->past->all[i].key && strcmp(w->past->all[i].key, now.key) == 0)
			at = &w->past->all[i];
	if (!duplicate(&now.text, r->text) || !duplicate(&now.location, r->location)) {
		past_release(&now);
		return before;
	}
	if (at) {
		before = *at;
	} else {
		at = &w->past->all[w->past->next++ % PAST];
		past_release(at);
	}
	*at = now;
	return before;
}

static bool answer_stale(struct web_request *r, struct past *before)
{
	if (!before->key)
		return false;
	web_text(r, before->status, before->type, before->text);
	r->location = before->location;
	before->text = before->location = NULL;
	return true;
}

/* ---- the three looks at a request ---- */

static void done(struct web_request *r)
{
	if (r->fault)
		return;
	r->fault = r->p->fault.name;
	chaos_done(r->p->web->c.chaos, &r->p->fault);
}

bool fault_before(struct web_request *r, const char *url)
{
	struct chaos_fault *f = &r->p->fault;

	if (!r->p->web->c.chaos || r->p->route->flags & (WEB_OPEN | WEB_SURE) ||
	    strcmp(r->method, "HEAD") == 0)
		return true;
	chaos_request(r->p->web->c.chaos, r->method, url + strlen(PREFIX), f);
	switch (f->kind) {
	case CHAOS_STATUS:
	case CHAOS_DATE:
		if (f->after)
			return true;
		answer_status(r);
		break;
	case CHAOS_RESET:
	case CHAOS_STALL:
		return f->after;
	case CHAOS_REDIRECT:
		answer_redirect(r, url);
		break;
	case CHAOS_EXPIRED:
		web_error(r, f->status, "the API token has expired (by --chaos)");
		break;
	case CHAOS_QUEUE_FULL:
		web_error(r, f->status,
			  "Unable to add jobs to the queue: it is full (by --chaos)");
		break;
	default:
		return true;
	}
	done(r);
	return false;
}

static bool move_location(struct web_request *r)
{
	char *path = r->location ? strstr(r->location, "://") : NULL, *moved = NULL;

	path = path ? strchr(path + 3, '/') : NULL;
	if (!path || asprintf(&moved, "http://%s%s", r->p->fault.text, path) < 0)
		return false;
	free(r->location);
	r->location = moved;
	return true;
}

static enum fault_end hold(struct web_request *r, double seconds, enum fault_end otherwise)
{
	r->p->held = true;
	return pace_hold(r->p->web->pace, r->p->connection, seconds) ? FAULT_HOLD : otherwise;
}

static enum fault_end cut(struct web_request *r)
{
	reset(r);
	return FAULT_CUT;
}

/* What changes the answer.  False: it cannot be done to this one. */
static bool spoil(struct web_request *r, struct past *before)
{
	switch (r->p->fault.kind) {
	case CHAOS_STATUS:
		if (r->p->fault.after)
			answer_status(r);
		return true;
	case CHAOS_DRIP:
	case CHAOS_TRUNCATE:
		return r->text && *r->text;
	case CHAOS_TYPE:
		r->type = r->p->fault.text;
		return true;
	case CHAOS_STALE:
		return answer_stale(r, before);
	case CHAOS_LOCATION:
		return move_location(r);
	default:
		return true;
	}
}

enum fault_end fault_after(struct web_request *r, const char *url)
{
	struct chaos_fault *f = &r->p->fault;
	struct past before = {0};

	if (r->p->held)
		return f->kind == CHAOS_STALL ? cut(r) : FAULT_SEND;
	/* Only what the handler itself has said. */
	if (r->status && !r->fault && chaos_has(r->p->web->c.chaos, CHAOS_STALE))
		before = remember(r, url);
	if (f->kind != CHAOS_NONE && spoil(r, &before))
		done(r);
	past_release(&before);
	switch (f->kind) {
	case CHAOS_RESET:
		return cut(r);
	case CHAOS_STALL:
		if (f->after && r->text && *r->text)
			return FAULT_SEND;
		return hold(r, f->seconds, FAULT_CUT);
	case CHAOS_REORDER:
		return hold(r, f->seconds * (double)(f->draw >> 11) * 0x1p-53, FAULT_SEND);
	default:
		return FAULT_SEND;
	}
}
