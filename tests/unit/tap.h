/*
 * tap: the little that a unit test program needs to speak TAP.
 *
 *	int main(void) { ok(1 + 1 == 2, "addition of %d", 1); return tap_end(); }
 */
#ifndef TAP_H
#define TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static bool ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d ", good ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	tap_failed += !good;
	return good;
}

__attribute__((unused)) static bool is_str(const char *got, const char *want, const char *what)
{
	bool same = got && want ? strcmp(got, want) == 0 : got == want;

	if (!ok(same, "%s", what))
		printf("# got  '%s'\n# want '%s'\n", got ? got : "(null)",
		       want ? want : "(null)");
	return same;
}

/* |got - want| <= tol, both finite. */
__attribute__((unused)) static bool is_near(double got, double want, double tol,
					    const char *what)
{
	bool near = fabs(got - want) <= tol;

	if (!ok(near, "%s", what))
		printf("# got  %.17g\n# want %.17g within %g\n", got, want, tol);
	return near;
}

__attribute__((unused)) static int tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
