/*
 * mix: a fixed permutation of the 64-bit numbers that leaves no pattern.
 *
 * Wherever rows have to be drawn (folds, inner splits, random codes) they are put
 * into the order of mix(seed, row).  There is no generator whose state must be carried
 * about, so a draw does not depend on what was drawn before it.
 *
 * Method: the finaliser of splitmix64 (rng.h), applied to both numbers.
 */
#ifndef MIX_H
#define MIX_H

#include <stdint.h>

#include "rng/rng.h"

static inline uint64_t mix(uint64_t seed, uint64_t i)
{
	uint64_t state = rng_splitmix64(&seed) ^ i;

	return rng_splitmix64(&state);
}

#endif
