#include "err/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A cut text must not end inside a UTF-8 sequence. */
static void trim_utf8(char *s, size_t len)
{
	size_t i = len;

	while (i > 0 && ((unsigned char)s[i - 1] & 0xc0) == 0x80)
		i--;
	if (i > 0 && (unsigned char)s[i - 1] >= 0xc0)
		s[i - 1] = '\0';
}

static void vset(struct err *e, enum err_kind kind, const char *fmt, va_list ap)
{
	int n = vsnprintf(e->text, sizeof(e->text), fmt, ap);

	e->kind = kind;
	if (n >= (int)sizeof(e->text))
		trim_utf8(e->text, sizeof(e->text) - 1);
}

bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vset(e, kind, fmt, ap);
	va_end(ap);
	return false;
}

bool err_prefix(struct err *e, const char *fmt, ...)
{
	char rest[ERR_TEXT_MAX];
	va_list ap;
	size_t n;

	memcpy(rest, e->text, sizeof(rest));
	va_start(ap, fmt);
	vset(e, e->kind, fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	if (snprintf(e->text + n, sizeof(e->text) - n, ": %s", rest) >=
	    (int)(sizeof(e->text) - n))
		trim_utf8(e->text, sizeof(e->text) - 1);
	return false;
}

bool err_errno(struct err *e, const char *fmt, ...)
{
	int why = errno;
	size_t n;
	va_list ap;

	va_start(ap, fmt);
	vset(e, ERR_SYSTEM, fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof(e->text) - n, ": %s", strerror(why));
	return false;
}

bool err_nomem(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "out of memory");
}

int err_status(enum err_kind kind)
{
	static const int status[] = {0, 2, 3, 4, 5, 6, 7, 8};

	return status[kind];
}
