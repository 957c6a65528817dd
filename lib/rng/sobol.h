/*
 * sobol: the Sobol sequence, plain or scrambled.
 *
 * Points of [0, 1)^d that fill the cube more evenly than random ones.  Direction
 * numbers: Joe & Kuo, "Constructing Sobol sequences with better two-dimensional
 * projections", SIAM J. Sci. Comput. 30, 2008 (their set new-joe-kuo-6.21201).
 * Order: natural binary, not Gray code, so that point i needs no point before it.
 *
 * Scrambling: Owen's nested uniform scrambling, by the hash of Laine & Karras
 * (2011) with the constants of Vegdahl, per dimension.  Each scrambled point is
 * uniform over the cube, and the first 2^m points keep the evenness of the plain
 * ones.  README.md says how both were checked.
 */
#ifndef SOBOL_H
#define SOBOL_H

#include <stddef.h>
#include <stdint.h>

#define SOBOL_DIMS 128

/* Coordinate dim (< SOBOL_DIMS) of point i, a multiple of 2^-32. */
double sobol_at(uint32_t i, size_t dim);

/*
 * Scrambled point i of dimension d into x.  The coordinates lie at the middles of
 * cells of side 2^-32, never at 0 or 1.  Dimensions beyond SOBOL_DIMS get
 * independent random numbers.  O(d).
 */
void sobol_scrambled(uint32_t i, uint64_t seed, size_t d, double *x);

/* n of them, from point first on, as rows of x. Faster than one by one. */
void sobol_points(uint32_t first, size_t n, uint64_t seed, size_t d, double *x);

#endif
