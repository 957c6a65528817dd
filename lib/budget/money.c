#include "budget/money.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MILLION 1000000
#define WHOLE_DIGITS 12
#define DECIMALS 6
#define HOUR_MS 3600000

/* Products of a rate (below 2^60) and milliseconds (below 2^63) fit. */
__extension__ typedef __int128 wide;

static size_t digits(const char *s)
{
	size_t n = 0;

	while (isdigit((unsigned char)s[n]))
		n++;
	return n;
}

bool money_parse(const char *text, int64_t *amount, struct err *e)
{
	size_t whole = digits(text), part = 0;
	const char *end = text + whole;
	int64_t v = 0;

	if (*end == '.') {
		part = digits(end + 1);
		end += 1 + part;
	}
	if (*end || whole + part == 0)
		return err_set(e, ERR_USAGE, "'%s' is not an amount such as 5 or 0.75", text);
	if (whole > WHOLE_DIGITS || part > DECIMALS)
		return err_set(e, ERR_USAGE, "'%s' has more than %d digits or %d decimals",
			       text, WHOLE_DIGITS, DECIMALS);
	for (size_t i = 0; i < whole; i++)
		v = v * 10 + (text[i] - '0');
	for (size_t i = 0; i < DECIMALS; i++)
		v = v * 10 + (i < part ? text[whole + 1 + i] - '0' : 0);
	*amount = v;
	return true;
}

void money_print(int64_t amount, char out[MONEY_MAX])
{
	size_t n;

	snprintf(out, MONEY_MAX, "%" PRId64 ".%06d", amount / MILLION, (int)(amount % MILLION));
	for (n = strlen(out); out[n - 1] == '0'; n--)
		;
	n -= out[n - 1] == '.';
	out[n] = '\0';
}

int64_t money_cost(int64_t rate, int64_t ms)
{
	wide cost = (wide)rate * ms / HOUR_MS;

	return cost > INT64_MAX ? INT64_MAX : (int64_t)cost;
}

bool money_reached(int64_t rate, int64_t ms, int64_t limit)
{
	return (wide)rate * ms >= (wide)limit * HOUR_MS;
}
