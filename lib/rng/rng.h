/*
 * rng: random numbers that are the same on every machine.
 *
 * Generator: xoshiro256** (Blackman & Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47, 2021), seeded through splitmix64 (Steele, Lea & Flood,
 * OOPSLA 2014).  Integer arithmetic only, so that the bits depend on the seed alone.
 *
 * A stream is a seed and a number: streams of one seed are independent of each
 * other.  Whoever needs random numbers that must depend on a state and not on how
 * it was reached takes a new stream numbered by that state.
 */
#ifndef RNG_H
#define RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t s[4];
};

/* Next of the splitmix64 sequence that *state walks along. */
uint64_t rng_splitmix64(uint64_t *state);

void rng_init(struct rng *r, uint64_t seed, uint64_t stream);

uint64_t rng_next(struct rng *r);

/* Uniform over the 2^53 multiples of 2^-53 in [0, 1). */
double rng_uniform(struct rng *r);

/* Uniform over 0 .. n - 1, without bias; n > 0. */
uint64_t rng_below(struct rng *r, uint64_t n);

/* Standard normal, by inversion: one uniform a number. */
double rng_normal(struct rng *r);

/*
 * The p-quantile of the standard normal distribution: Wichura's algorithm AS 241
 * (PPND16, Applied Statistics 37, 1988), about 16 digits.  -INFINITY for p <= 0,
 * INFINITY for p >= 1.
 */
double rng_normal_quantile(double p);

#endif
