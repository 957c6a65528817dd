#include "err/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json/json.h"

/*
 * Foreign bytes, such as the Location of an answer or the name of a file, may be anything; but
 * a text becomes a record's `error`, and records are UTF-8.  A text that was cut does not end
 * inside a sequence, and other bytes that are not UTF-8 become '?'.
 */
static void make_utf8(char *s, bool cut)
{
	size_t i = strlen(s);

	if (cut) {
		while (i > 0 && ((unsigned char)s[i - 1] & 0xc0) == 0x80)
			i--;
		if (i > 0 && (unsigned char)s[i - 1] >= 0xc0)
			s[i - 1] = '\0';
	}
	while (*(s += json_utf8_prefix(s, strlen(s))))
		*s = '?';
}

static void vset(struct err *e, enum err_kind kind, const char *fmt, va_list ap)
{
	int n = vsnprintf(e->text, sizeof(e->text), fmt, ap);

	e->kind = kind;
	make_utf8(e->text, n >= (int)sizeof(e->text));
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
	make_utf8(e->text, snprintf(e->text + n, sizeof(e->text) - n, ": %s", rest) >=
				   (int)(sizeof(e->text) - n));
	return false;
}

static void vset_errno(struct err *e, enum err_kind kind, int why, const char *fmt, va_list ap)
{
	size_t n;

	vset(e, kind, fmt, ap);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof(e->text) - n, ": %s", strerror(why));
}

bool err_errno(struct err *e, const char *fmt, ...)
{
	int why = errno;
	va_list ap;

	va_start(ap, fmt);
	vset_errno(e, ERR_SYSTEM, why, fmt, ap);
	va_end(ap);
	return false;
}

bool err_is_path(int why)
{
	static const int own[] = {ENOENT, ENOTDIR, EISDIR,       EACCES, EPERM,
				  ELOOP,  ENXIO,   ENAMETOOLONG, EROFS};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (own[i] == why)
			return true;
	return false;
}

bool err_path(struct err *e, const char *fmt, ...)
{
	int why = errno;
	va_list ap;

	va_start(ap, fmt);
	vset_errno(e, err_is_path(why) ? ERR_INPUT : ERR_SYSTEM, why, fmt, ap);
	va_end(ap);
	return false;
}

bool err_nomem(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "out of memory");
}

int err_status(enum err_kind kind)
{
	static const int status[] = {0, 2, 3, 4, 5, 6, 7, 8, 6};

	return status[kind];
}
