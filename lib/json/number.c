#include "json/json.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whole numbers up to here are exact in a double and print as digits only. */
#define EXACT_MAX 9007199254740992.0

/* Print m / 10^point, whose last digit is not 0 where point > 0. */
static size_t print_decimal(bool negative, uint64_t m, unsigned point,
			    char out[JSON_NUMBER_MAX])
{
	char buf[JSON_NUMBER_MAX];
	size_t at = sizeof(buf), len;

	for (unsigned i = 0; m > 0 || i <= point; i++, m /= 10) {
		if (i == point && point > 0)
			buf[--at] = '.';
		buf[--at] = (char)('0' + m % 10);
	}
	if (negative)
		buf[--at] = '-';
	len = sizeof(buf) - at;
	memcpy(out, buf + at, len);
	out[len] = '\0';
	return len;
}

/*
 * Short decimals, which are most numbers, without the printer of libc.  m and
 * 10^k are exact, so their quotient is the double nearest to that decimal
 * (IEEE 754 division): where it is v, the decimal reads back to v, and having at
 * most 15 digits it is the only one that short.  0: v is no such number.
 */
static size_t print_short(double v, char out[JSON_NUMBER_MAX])
{
	double a = fabs(v), power = 1;

	if (a < 1e-4 || a >= 1e15)
		return 0;
	for (unsigned k = 1; k <= 9; k++) {
		double m = rint(a * (power *= 10));

		if (m >= 1e15)
			return 0;
		if (m / power == a)
			return print_decimal(v < 0, (uint64_t)m, k, out);
	}
	return 0;
}

size_t json_number(double v, char out[JSON_NUMBER_MAX])
{
	/* A decimal of up to 15 digits survives the way through a double, so where 15
	 * digits are enough %.15g already drops the zeros behind the shortest form.
	 * Subnormal numbers carry fewer digits and want the search from 1. */
	int digits = fabs(v) < 1e-300 ? 1 : 15;
	size_t len;

	if (!isfinite(v))
		return (size_t)snprintf(out, JSON_NUMBER_MAX, "null");
	if (v == 0)
		return (size_t)snprintf(out, JSON_NUMBER_MAX, "0");
	if (fabs(v) < EXACT_MAX && v == trunc(v))
		return print_decimal(v < 0, (uint64_t)fabs(v), 0, out);
	if ((len = print_short(v, out)))
		return len;
	for (;; digits++) {
		int n = snprintf(out, JSON_NUMBER_MAX, "%.*g", digits, v);

		if (digits >= 17 || strtod(out, NULL) == v)
			return (size_t)n;
	}
}
