#include "json/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whole numbers up to here are exact in a double and print as digits only. */
#define EXACT_MAX 9007199254740992.0

size_t json_number(double v, char out[JSON_NUMBER_MAX])
{
	/* A decimal of up to 15 digits survives the way through a double, so where 15
	 * digits are enough %.15g already drops the zeros behind the shortest form.
	 * Subnormal numbers carry fewer digits and want the search from 1. */
	int digits = fabs(v) < 1e-300 ? 1 : 15;

	if (!isfinite(v))
		return (size_t)snprintf(out, JSON_NUMBER_MAX, "null");
	if (v == 0)
		return (size_t)snprintf(out, JSON_NUMBER_MAX, "0");
	if (fabs(v) < EXACT_MAX && v == trunc(v))
		return (size_t)snprintf(out, JSON_NUMBER_MAX, "%.0f", v);
	for (;; digits++) {
		int n = snprintf(out, JSON_NUMBER_MAX, "%.*g", digits, v);

		if (digits >= 17 || strtod(out, NULL) == v)
			return (size_t)n;
	}
}
