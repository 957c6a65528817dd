/*
 * argument: the grammar of a space's arguments.
 *
 *	argument  = name [ "=" items ] { ":" option } [ "?" name "=" items ]
 *	items     = item { "," item }             at most one of them a range
 *	item      = number ".." number | word
 *	option    = "log" | "step=" number | "levels=" whole number
 *	name,word = any text up to a character that would go on, or a JSON string
 *
 * A word in double quotes is always a string; other words are a number, true,
 * false, or a string.  Spaces around a word do not belong to it.
 */
#include "space/internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

struct scan {
	const char *arg; /* the whole, for messages */
	const char *p;   /* what is left of it */
	struct err *e;
};

static bool bad(struct scan *s, const char *why)
{
	return err_set(s->e, ERR_USAGE, "'%s': %s", s->arg, why);
}

/* The text of a word: from p, len bytes; quoted with its quotes. */
struct word {
	const char *p;
	size_t len;
	bool quoted;
};

static bool take_word(struct scan *s, const char *stops, struct word *w)
{
	s->p += strspn(s->p, " ");
	*w = (struct word){s->p, 0, *s->p == '"'};
	if (w->quoted) {
		for (s->p++; *s->p != '"'; s->p++) {
			if (*s->p == '\\' && s->p[1])
				s->p++;
			if (!*s->p)
				return bad(s, "the quotes are not closed");
		}
		s->p++;
		w->len = (size_t)(s->p - w->p);
		s->p += strspn(s->p, " ");
		if (*s->p && !strchr(stops, *s->p))
			return bad(s, "text behind the closing quotes");
		return true;
	}
	w->len = strcspn(s->p, stops);
	s->p += w->len;
	while (w->len && w->p[w->len - 1] == ' ')
		w->len--;
	return true;
}

/* A decimal number that is the whole of len bytes. whole: neither point nor exponent. */
static bool number(const char *p, size_t len, double *v, bool *whole)
{
	char buf[64];
	char *end;

	if (!len || len >= sizeof(buf) || strspn(p, "0123456789+-.eE") < len)
		return false;
	memcpy(buf, p, len);
	buf[len] = '\0';
	*v = strtod(buf, &end);
	*whole = !strpbrk(buf, ".eE");
	return !*end && isfinite(*v);
}

/* The string that a quoted word stands for. */
static cJSON *unquote(struct scan *s, const struct word *w)
{
	struct err why = {0};
	cJSON *v = json_parse(w->p, w->len, NULL, &why);

	if (!v && why.kind == ERR_SYSTEM)
		*s->e = why;
	else if (!v)
		bad(s, why.text);
	return v;
}

static cJSON *plain_value(struct scan *s, const struct word *w)
{
	cJSON *v;
	double num;
	bool whole;
	char *text;

	if (number(w->p, w->len, &num, &whole)) {
		v = cJSON_CreateNumber(num);
	} else if (w->len == 4 && !memcmp(w->p, "true", 4)) {
		v = cJSON_CreateTrue();
	} else if (w->len == 5 && !memcmp(w->p, "false", 5)) {
		v = cJSON_CreateFalse();
	} else {
		text = strndup(w->p, w->len);
		v = text ? cJSON_CreateString(text) : NULL;
		free(text);
	}
	if (!v)
		err_nomem(s->e);
	return v;
}

static char *take_name(struct scan *s, const char *stops)
{
	struct word w;
	cJSON *v = NULL;
	char *name = NULL;

	if (!take_word(s, stops, &w))
		return NULL;
	if (!w.len) {
		bad(s, "a name is missing");
		return NULL;
	}
	if (json_utf8_prefix(s->arg, strlen(s->arg)) < strlen(s->arg)) {
		bad(s, "is not UTF-8");
		return NULL;
	}
	if (!w.quoted) {
		name = strndup(w.p, w.len);
	} else {
		if (!(v = unquote(s, &w)))
			return NULL;
		name = strdup(v->valuestring);
		cJSON_Delete(v);
	}
	if (!name)
		err_nomem(s->e);
	return name;
}

/* `LO..HI`; neither side a number: an ordinary word that holds two points. */
static bool take_range(struct scan *s, const struct word *w, struct spec *p, bool *taken)
{
	const char *dots = w->quoted ? NULL : memmem(w->p, w->len, "..", 2);
	bool lo, hi, whole_lo, whole_hi;
	double a, b;

	*taken = false;
	if (!dots)
		return true;
	lo = number(w->p, (size_t)(dots - w->p), &a, &whole_lo);
	hi = number(dots + 2, w->len - (size_t)(dots - w->p) - 2, &b, &whole_hi);
	if (!lo && !hi)
		return true;
	if (!lo || !hi)
		return bad(s, "a range needs a number on both sides of '..'");
	if (p->ranged)
		return bad(s, "more than one range");
	*taken = p->ranged = true;
	p->lo = a;
	p->hi = b;
	p->whole = whole_lo && whole_hi;
	return true;
}

/* Items into *list; ranges go into p, or are refused where p is NULL. */
static bool take_items(struct scan *s, const char *stops, struct spec *p, cJSON **list)
{
	struct word w;
	bool taken = false;
	cJSON *v;

	do {
		if (!take_word(s, stops, &w))
			return false;
		if (!w.len)
			return bad(s, "a value is missing (an empty text is written \"\")");
		if (p && !take_range(s, &w, p, &taken))
			return false;
		if (p && taken)
			continue;
		if (!*list && !(*list = cJSON_CreateArray()))
			return err_nomem(s->e);
		v = w.quoted ? unquote(s, &w) : plain_value(s, &w);
		if (!v)
			return false;
		cJSON_AddItemToArray(*list, v);
	} while (*s->p == ',' && s->p++);
	return true;
}

static bool take_option(struct scan *s, struct spec *p)
{
	static const char step[] = "step=", levels[] = "levels=";
	double v = 0;
	bool whole = false;
	struct word w;

	if (!take_word(s, ":?", &w))
		return false;
	if (w.len == 3 && !memcmp(w.p, "log", 3)) {
		p->log = true;
		return true;
	}
	if (w.len > strlen(step) && !memcmp(w.p, step, strlen(step))) {
		if (!number(w.p + strlen(step), w.len - strlen(step), &v, &whole) || v <= 0)
			return bad(s, "step needs a number above 0");
		p->step = v;
		return true;
	}
	if (w.len > strlen(levels) && !memcmp(w.p, levels, strlen(levels))) {
		if (!number(w.p + strlen(levels), w.len - strlen(levels), &v, &whole) ||
		    !whole || v < 1 || v > SPACE_LEVELS_MAX)
			return bad(s, "levels needs a whole number from 1 to 1000000");
		p->levels = v;
		return true;
	}
	return bad(s, "behind ':' only log, step=NUMBER and levels=NUMBER are known "
		      "(quote a text that has a colon)");
}

bool spec_argument(struct spec *p, const char *arg, struct err *e)
{
	struct scan s = {arg, arg, e};

	*p = (struct spec){0};
	if (!(p->name = take_name(&s, "=:?")))
		return false;
	p->bare = *s.p != '=';
	if (!p->bare) {
		s.p++;
		if (!take_items(&s, ",:?", p, &p->values))
			return false;
	}
	while (*s.p == ':') {
		s.p++;
		if (!take_option(&s, p))
			return false;
	}
	if (!p->bare && !p->ranged && (p->log || p->step > 0 || p->levels > 0))
		return bad(&s, "log, step and levels need a range LO..HI");
	if (*s.p == '?') {
		s.p++;
		if (!(p->parent = take_name(&s, "=")))
			return false;
		if (*s.p++ != '=')
			return bad(&s, "a condition needs PARAMETER=VALUE behind '?'");
		if (!take_items(&s, ",", NULL, &p->when))
			return false;
	}
	return true;
}

bool space_is_bare(const char *arg)
{
	struct err e = {0};
	struct spec p;
	bool bare = spec_argument(&p, arg, &e) && p.bare;

	spec_release(&p);
	return bare;
}

void spec_release(struct spec *p)
{
	free(p->name);
	free(p->parent);
	cJSON_Delete(p->values);
	cJSON_Delete(p->when);
	cJSON_Delete(p->initial);
	*p = (struct spec){0};
}
