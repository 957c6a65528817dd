#include "ndjson/ndjson.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json/json.h"

#define FIRST_BUFFER ((size_t)64 << 10)

void ndjson_init(struct ndjson_reader *r, int fd, const char *name)
{
	*r = (struct ndjson_reader){.fd = fd, .name = name, .wake = -1};
}

void ndjson_release(struct ndjson_reader *r)
{
	free(r->buf);
	r->buf = NULL;
	r->start = r->end = r->cap = r->scanned = 0;
}

/* Make room for one more read behind what is waiting. */
static bool make_room(struct ndjson_reader *r, struct err *e)
{
	size_t held = r->end - r->start, cap;
	char *p;

	if (r->start > 0) {
		memmove(r->buf, r->buf + r->start, held);
		r->start = 0;
		r->end = held;
	}
	if (r->end < r->cap)
		return true;
	cap = r->cap ? r->cap * 2 : FIRST_BUFFER;
	if (!(p = realloc(r->buf, cap)))
		return err_nomem(e);
	r->buf = p;
	r->cap = cap;
	return true;
}

bool ndjson_fill(struct ndjson_reader *r, struct err *e)
{
	ssize_t n;

	if (r->eof)
		return true;
	if (!make_room(r, e))
		return false;
	n = read(r->fd, r->buf + r->end, r->cap - r->end);
	if (n < 0 && errno != EINTR && errno != EAGAIN)
		return err_errno(e, "%s: read", r->name);
	if (n == 0)
		r->eof = true;
	else if (n > 0)
		r->end += (size_t)n;
	return true;
}

static enum ndjson_result too_long(struct ndjson_reader *r, struct err *e)
{
	r->text = "";
	r->len = 0;
	err_set(e, ERR_INPUT, "%s:%zu: longer than %zu bytes", r->name, r->line, NDJSON_MAX);
	return NDJSON_ERROR;
}

/* The next line into r->text.  A too long one is an error as soon as it is known to be,
 * and what comes of it later is dropped. */
static enum ndjson_result next_line(struct ndjson_reader *r, struct err *e)
{
	size_t held = r->end - r->start;
	char *from, *nl = NULL;

	if (!r->buf)
		return r->eof ? NDJSON_END : NDJSON_WAIT;
	from = r->buf + r->start;
	if (held > r->scanned)
		nl = memchr(from + r->scanned, '\n', held - r->scanned);
	r->scanned = nl ? 0 : held;
	if (r->dropping) {
		r->start = nl ? (size_t)(nl + 1 - r->buf) : r->end;
		r->scanned = 0;
		r->dropping = !nl;
		return nl ? next_line(r, e) : r->eof ? NDJSON_END : NDJSON_WAIT;
	}
	if (!nl && held > NDJSON_MAX) {
		r->line++;
		r->start = r->end;
		r->scanned = 0;
		r->dropping = true;
		return too_long(r, e);
	}
	if (!nl && !r->eof)
		return NDJSON_WAIT;
	if (!nl && held == 0)
		return NDJSON_END;
	r->line++;
	r->text = from;
	r->len = nl ? (size_t)(nl - from) : held;
	r->start += r->len + (nl ? 1 : 0);
	r->scanned = 0;
	return r->len > NDJSON_MAX ? too_long(r, e) : NDJSON_RECORD;
}

static bool blank(const char *s, size_t len)
{
	while (len > 0 && memchr(" \t\r", s[len - 1], 3))
		len--;
	return len == 0;
}

static enum ndjson_result parse_line(struct ndjson_reader *r, cJSON **rec, struct err *e)
{
	bool cut;

	*rec = json_parse(r->text, r->len, &cut, e);
	if (*rec && cJSON_IsObject(*rec))
		return NDJSON_RECORD;
	/* What was cut has more than blanks. */
	r->torn = cut && r->text[strspn(r->text, " \t\r")] == '{';
	if (*rec)
		err_set(e, ERR_INPUT, "not a JSON object at byte 1");
	cJSON_Delete(*rec);
	*rec = NULL;
	err_prefix(e, "%s:%zu", r->name, r->line);
	return NDJSON_ERROR;
}

/* Pass over the last line, for the reason in e. */
static void skip(struct ndjson_reader *r, struct err *e)
{
	r->bad++;
	if (r->on_bad)
		r->on_bad(e, r->ctx);
	*e = (struct err){0};
}

bool ndjson_refuse(struct ndjson_reader *r, struct err *e)
{
	err_prefix(e, "%s:%zu", r->name, r->line);
	if (!r->skip_bad || e->kind == ERR_SYSTEM)
		return false;
	skip(r, e);
	return true;
}

enum ndjson_result ndjson_pop(struct ndjson_reader *r, cJSON **rec, struct err *e)
{
	enum ndjson_result got;

	*rec = NULL;
	for (;;) {
		r->torn = false;
		got = next_line(r, e);
		if (got == NDJSON_RECORD && blank(r->text, r->len))
			continue;
		if (got == NDJSON_RECORD)
			got = parse_line(r, rec, e);
		/* A line that there is no memory for is not a bad one. */
		if (got != NDJSON_ERROR || !r->skip_bad || e->kind == ERR_SYSTEM)
			return got;
		skip(r, e);
	}
}

enum ndjson_result ndjson_next(struct ndjson_reader *r, cJSON **rec, struct err *e)
{
	enum ndjson_result got;

	while ((got = ndjson_pop(r, rec, e)) == NDJSON_WAIT) {
		struct pollfd p[] = {{.fd = r->fd, .events = POLLIN},
				     {.fd = r->wake, .events = POLLIN}};

		/* Whoever shares the descriptor may have made it non-blocking. */
		if (poll(p, 2, -1) < 0 && errno == EINTR)
			continue;
		if (p[1].revents) {
			err_set(e, ERR_STOPPED, "the process was asked to end");
			return NDJSON_ERROR;
		}
		if (!ndjson_fill(r, e))
			return NDJSON_ERROR;
	}
	return got;
}

bool ndjson_each(struct ndjson_reader *r, ndjson_fn *fn, void *ctx, struct err *e)
{
	enum ndjson_result got;
	cJSON *rec;

	while ((got = ndjson_next(r, &rec, e)) == NDJSON_RECORD) {
		bool ok = fn(rec, r, ctx, e);

		cJSON_Delete(rec);
		if (!ok)
			return false;
	}
	return got == NDJSON_END;
}
