/*
 * money: amounts as whole millionths, so that sums and comparisons are exact.
 */
#ifndef MONEY_H
#define MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "err/err.h"

/* Up to 10^12 with 6 decimals, no sign, no exponent: `5`, `0.75`.  ERR_USAGE. */
bool money_parse(const char *text, int64_t *amount, struct err *e);

/* The fewest decimals that say all of it. */
#define MONEY_MAX 40
void money_print(int64_t amount, char out[MONEY_MAX]);

/* rate per hour times ms, the part of a millionth dropped; at most INT64_MAX. */
int64_t money_cost(int64_t rate, int64_t ms);

/* Is that cost the limit, or more?  Exact. */
bool money_reached(int64_t rate, int64_t ms, int64_t limit);

#endif
