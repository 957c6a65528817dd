#include "chaos/spec.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

#define RULES_MAX 64
#define SECONDS_MAX 3600.0

enum argument { NOTHING, SECONDS, TEXT };

static const struct {
	const char *name;
	enum chaos_kind kind;
	unsigned status;
	bool after; /* there is NAME-after */
	enum argument takes;
	double seconds;   /* without an argument */
	const char *text; /* the same */
} faults[] = {
	{"429", CHAOS_STATUS, 429, false, SECONDS, 1, ""},
	{"429-date", CHAOS_DATE, 429, false, SECONDS, 1, ""},
	{"500", CHAOS_STATUS, 500, true, NOTHING, -1, ""},
	{"502", CHAOS_STATUS, 502, true, NOTHING, -1, ""},
	{"503", CHAOS_STATUS, 503, true, SECONDS, -1, ""},
	{"504", CHAOS_STATUS, 504, true, NOTHING, -1, ""},
	{"reset", CHAOS_RESET, 0, true, NOTHING, 0, ""},
	{"stall", CHAOS_STALL, 0, true, SECONDS, 120, ""},
	{"drip", CHAOS_DRIP, 0, false, SECONDS, 2, ""},
	{"truncate", CHAOS_TRUNCATE, 0, false, NOTHING, 0, ""},
	{"garbage", CHAOS_GARBAGE, 0, false, NOTHING, 0, ""},
	{"type", CHAOS_TYPE, 0, false, TEXT, 0, "text/html"},
	{"duplicate", CHAOS_DUPLICATE, 0, false, NOTHING, 0, ""},
	{"stale", CHAOS_STALE, 0, false, NOTHING, 0, ""},
	{"reorder", CHAOS_REORDER, 0, false, SECONDS, 1, ""},
	{"location", CHAOS_LOCATION, 0, false, TEXT, 0, "elsewhere.invalid"},
	{"redirect", CHAOS_REDIRECT, 307, false, TEXT, 0, "elsewhere.invalid"},
	{"expired", CHAOS_EXPIRED, 401, false, NOTHING, 0, ""},
	{"queue-full", CHAOS_QUEUE_FULL, 422, false, NOTHING, 0, ""},
	{"job-fail", CHAOS_JOB_FAIL, 0, false, NOTHING, 0, ""},
	{"job-vanish", CHAOS_JOB_VANISH, 0, false, NOTHING, 0, ""},
};
#define FAULTS (sizeof(faults) / sizeof(faults[0]))

static bool is_job(const struct spec_rule *r)
{
	return r->fault.kind == CHAOS_JOB_FAIL || r->fault.kind == CHAOS_JOB_VANISH;
}

/* A number with nothing behind it. */
static bool read_number(const char *s, double *v)
{
	char *end;

	if (!isdigit((unsigned char)*s) && *s != '.')
		return false;
	*v = strtod(s, &end);
	return end != s && *end == '\0' && isfinite(*v);
}

static bool read_argument(struct spec_rule *r, size_t i, const char *s, struct err *e)
{
	struct chaos_fault *f = &r->fault;

	if (faults[i].takes == NOTHING)
		return err_set(e, ERR_USAGE, "'%s' takes no argument", faults[i].name);
	if (faults[i].takes == TEXT) {
		size_t n = strlen(s);

		/* It becomes part of a header. */
		for (const char *p = s; *p; p++)
			if (*p <= ' ' || *p > '~')
				n = CHAOS_TEXT_MAX;
		if (n == 0 || n >= CHAOS_TEXT_MAX)
			return err_set(e, ERR_USAGE,
				       "the argument of '%s' is a word of up to %d letters",
				       faults[i].name, CHAOS_TEXT_MAX - 1);
		memcpy(f->text, s, n + 1);
		return true;
	}
	return (read_number(s, &f->seconds) && f->seconds <= SECONDS_MAX) ||
	       err_set(e, ERR_USAGE, "the argument of '%s' is a number of seconds up to %g",
		       faults[i].name, SECONDS_MAX);
}

static bool read_fault(struct spec_rule *r, char *s, struct err *e)
{
	char *arg = strchr(s, '(');
	size_t n = strlen(s), i;

	if (arg) {
		if (s[n - 1] != ')')
			return err_set(e, ERR_USAGE, "the ) is missing");
		s[n - 1] = '\0';
		*arg++ = '\0';
	}
	for (i = 0; i < FAULTS; i++) {
		size_t len = strlen(faults[i].name);

		if (strncmp(s, faults[i].name, len) != 0)
			continue;
		r->fault.after = faults[i].after && strcmp(s + len, "-after") == 0;
		if (s[len] == '\0' || r->fault.after)
			break;
	}
	if (i == FAULTS)
		return err_set(e, ERR_USAGE, "there is no fault '%.40s'", s);
	r->fault.kind = faults[i].kind;
	r->fault.status = faults[i].status;
	r->fault.seconds = faults[i].seconds;
	snprintf(r->fault.text, sizeof(r->fault.text), "%s", faults[i].text);
	snprintf(r->fault.name, sizeof(r->fault.name), "%s", s);
	return !arg || read_argument(r, i, arg, e);
}

/* Digits, from 1. */
static bool read_count(const char *s, char **end, unsigned long *v)
{
	if (!isdigit((unsigned char)*s))
		return false;
	*v = strtoul(s, end, 10);
	return *v >= 1;
}

static bool read_when(struct spec_rule *r, const char *s, struct err *e)
{
	char *end;

	if (*s != '#')
		return (read_number(s, &r->p) && r->p <= 1) ||
		       err_set(e, ERR_USAGE,
			       "'%.40s' is neither a probability from 0 to 1 nor #K, #K-L or "
			       "#K-",
			       s);
	r->p = -1;
	if (read_count(s + 1, &end, &r->first)) {
		r->last = r->first;
		if (*end == '\0')
			return true;
		if (strcmp(end, "-") == 0) {
			r->last = (unsigned long)-1;
			return true;
		}
		if (*end == '-' && read_count(end + 1, &end, &r->last) && *end == '\0' &&
		    r->last >= r->first)
			return true;
	}
	return err_set(e, ERR_USAGE, "'%.40s' is not #K, #K-L or #K-, with K from 1", s);
}

/* [METHOD] [PATH] */
static bool read_route(struct spec_rule *r, const char *s, struct err *e)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	char why[128];
	int bad;

	if (n > 0 && n < sizeof(r->method) && (s[n] == ' ' || s[n] == '\0')) {
		memcpy(r->method, s, n);
		s += n;
	}
	if (r->method[0] && is_job(r))
		return err_set(e, ERR_USAGE, "a job has no method");
	s += strspn(s, " ");
	if (!*s)
		return true;
	bad = regcomp(&r->path, s, REG_EXTENDED | REG_NOSUB | REG_ICASE);
	r->has_path = bad == 0;
	if (bad)
		regerror(bad, &r->path, why, sizeof(why));
	return !bad || err_set(e, ERR_USAGE, "'%.80s' is no expression: %s", s, why);
}

/* `s` is cut into its parts. */
static bool read_rule(struct spec_rule *r, char *s, struct err *e)
{
	char *when = strchr(s, '='), *route = NULL;

	if (!(r->text = strdup(s)))
		return err_nomem(e);
	if (!when)
		return err_set(e, ERR_USAGE, "its form is FAULT=WHEN[:[METHOD] [PATH]]");
	*when++ = '\0';
	if ((route = strchr(when, ':')))
		*route++ = '\0';
	return read_fault(r, s, e) && read_when(r, when, e) &&
	       (!route || read_route(r, route, e));
}

static char *trim(char *s)
{
	char *end;

	s += strspn(s, " \t\r");
	end = s + strlen(s);
	while (end > s && strchr(" \t\r", end[-1]))
		*--end = '\0';
	return s;
}

static bool read_line(char *line, struct spec_rule *rules, size_t *n, struct err *e)
{
	char *next;

	if (*trim(line) == '#')
		return true;
	for (char *s = line; s; s = next) {
		if ((next = strchr(s, ',')))
			*next++ = '\0';
		s = trim(s);
		if (!*s)
			continue;
		if (*n == RULES_MAX)
			return err_set(e, ERR_USAGE, "more than %d rules", RULES_MAX);
		if (!read_rule(&rules[(*n)++], s, e))
			return err_prefix(e, "rule %zu '%.80s'", *n, rules[*n - 1].text);
	}
	return true;
}

bool spec_read(const char *text, struct spec_rule **rules, size_t *n, struct err *e)
{
	char *copy = strdup(text), *next;
	bool ok = true;

	*n = 0;
	*rules = calloc(RULES_MAX, sizeof(**rules));
	if (!copy || !*rules)
		ok = err_nomem(e);
	else if (json_utf8_prefix(text, strlen(text)) < strlen(text)) /* they are reported */
		ok = err_set(e, ERR_USAGE, "the rules are not UTF-8");
	for (char *s = copy; ok && s; s = next) {
		if ((next = strchr(s, '\n')))
			*next++ = '\0';
		ok = read_line(s, *rules, n, e);
	}
	free(copy);
	if (!ok) {
		spec_free(*rules, *n);
		*rules = NULL;
		*n = 0;
	}
	return ok;
}

void spec_free(struct spec_rule *rules, size_t n)
{
	for (size_t i = 0; rules && i < n; i++) {
		free(rules[i].text);
		if (rules[i].has_path)
			regfree(&rules[i].path);
	}
	free(rules);
}

bool spec_is_for(const struct spec_rule *r, const char *method, const char *path)
{
	if (is_job(r) != !method)
		return false;
	/* Only these start jobs, or could. */
	if (r->fault.kind == CHAOS_QUEUE_FULL && strcmp(method, "POST") != 0)
		return false;
	return (!r->method[0] || strcmp(r->method, method) == 0) &&
	       (!r->has_path || regexec(&r->path, path, 0, NULL, 0) == 0);
}

bool spec_strikes(struct spec_rule *r)
{
	double u = rng_uniform(&r->rng);

	r->fault.draw = rng_next(&r->rng);
	r->seen++;
	return r->p < 0 ? r->seen >= r->first && r->seen <= r->last : u < r->p;
}
