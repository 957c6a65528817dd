#include "budget/deadline.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Two digits from lo to hi, after the character before (0: none); or -1. */
static int two(const char **s, char before, int lo, int hi)
{
	const char *p = *s;
	int v;

	if (before && *p++ != before)
		return -1;
	if (!isdigit((unsigned char)p[0]) || !isdigit((unsigned char)p[1]))
		return -1;
	v = 10 * (p[0] - '0') + p[1] - '0';
	*s = p + 2;
	return v < lo || v > hi ? -1 : v;
}

/* HH:MM[:SS[.FRACTION]] */
static bool read_clock(const char **s, struct tm *tm)
{
	tm->tm_hour = two(s, 0, 0, 23);
	tm->tm_min = tm->tm_hour < 0 ? -1 : two(s, ':', 0, 59);
	if (tm->tm_min < 0)
		return false;
	if (**s != ':')
		return true;
	tm->tm_sec = two(s, ':', 0, 60);
	if (**s == '.')
		*s += 1 + strspn(*s + 1, "0123456789");
	return tm->tm_sec >= 0;
}

static bool read_date(const char **s, struct tm *tm)
{
	int century = two(s, 0, 0, 99), year = century < 0 ? -1 : two(s, 0, 0, 99);

	tm->tm_year = century * 100 + year - 1900;
	tm->tm_mon = year < 0 ? -1 : two(s, '-', 1, 12) - 1;
	tm->tm_mday = tm->tm_mon < 0 ? -1 : two(s, '-', 1, 31);
	if (tm->tm_mday < 0 || (**s != 'T' && **s != ' '))
		return false;
	++*s;
	return true;
}

/* Z or +HH:MM, in seconds; false: something else. */
static bool read_offset(const char **s, long *offset)
{
	int sign = **s == '-' ? -1 : 1, h, m;

	*offset = 0;
	if (**s == 'Z') {
		++*s;
		return true;
	}
	if (**s != '+' && **s != '-')
		return false;
	++*s;
	h = two(s, 0, 0, 23);
	m = h < 0 ? -1 : two(s, ':', 0, 59);
	*offset = sign * (h * 3600L + m * 60L);
	return m >= 0;
}

static bool next_time(const struct tm *clock, double *at)
{
	time_t now = time(NULL), t;
	struct tm tm;

	localtime_r(&now, &tm);
	for (int day = 0; day < 2; day++) {
		struct tm then = tm;

		then.tm_mday += day;
		then.tm_hour = clock->tm_hour;
		then.tm_min = clock->tm_min;
		then.tm_sec = clock->tm_sec;
		then.tm_isdst = -1;
		t = mktime(&then);
		if (t > now) {
			*at = (double)t;
			return true;
		}
	}
	return false;
}

static bool read_moment(const char *s, double *at)
{
	struct tm tm = {.tm_isdst = -1}, given;
	long offset;
	time_t t;

	if (!read_date(&s, &tm) || !read_clock(&s, &tm))
		return false;
	given = tm;
	if (!*s) {
		t = mktime(&tm);
	} else if (read_offset(&s, &offset) && !*s) {
		tm.tm_isdst = 0;
		t = timegm(&tm) - offset;
	} else {
		return false;
	}
	/* The 31st of April is no day. */
	if (tm.tm_mday != given.tm_mday && given.tm_mday > 28 && tm.tm_mon != given.tm_mon)
		return false;
	*at = (double)t;
	return true;
}

bool deadline_parse(const char *text, double *at, struct err *e)
{
	struct tm clock = {0};
	const char *s = text;

	if (read_clock(&s, &clock) && !*s && next_time(&clock, at))
		return true;
	return read_moment(text, at) ||
	       err_set(e, ERR_USAGE,
		       "'%s' is not a moment such as 08:00, 2026-11-25T08:00:00 or "
		       "2026-11-25T08:00:00+01:00",
		       text);
}
