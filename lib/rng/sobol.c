/* sobol: see sobol.h.  The table of direction numbers is sobol_table.h. */
#include "rng/sobol.h"

#include "rng/rng.h"
#include "rng/sobol_table.h"

/*
 * Bit k (from 0, the lowest) of the index moves a point by v_k, a 32-bit fraction
 * m_k / 2^(k+1).  The first s of the m are in the table, where s is the degree of
 * the polynomial; the others follow from (Bratley & Fox, Algorithm 659, eq. 2)
 *
 *   m_k = 2 a_1 m_(k-1) ^ 2^2 a_2 m_(k-2) ^ ... ^ 2^s m_(k-s) ^ m_(k-s)
 */
static void directions(size_t dim, uint32_t v[32])
{
	const struct sobol_row *row = &sobol_table[dim];
	int s = 31 - __builtin_clz(row->polynomial);

	for (int k = 0; k < 32; k++) {
		if (s == 0) {
			v[k] = UINT32_C(1) << (31 - k);
		} else if (k < s) {
			v[k] = (uint32_t)row->m[k] << (31 - k);
		} else {
			v[k] = v[k - s] ^ (v[k - s] >> s);
			for (int j = 1; j < s; j++)
				if (row->polynomial >> (s - j) & 1)
					v[k] ^= v[k - j];
		}
	}
}

static uint32_t coordinate(uint32_t i, const uint32_t v[32])
{
	uint32_t x = 0;

	for (int k = 0; i; k++, i >>= 1)
		if (i & 1)
			x ^= v[k];
	return x;
}

double sobol_at(uint32_t i, size_t dim)
{
	uint32_t v[32];

	directions(dim, v);
	return coordinate(i, v) * 0x1p-32;
}

static uint32_t reverse_bits(uint32_t x)
{
	x = (x & 0x55555555) << 1 | (x >> 1 & 0x55555555);
	x = (x & 0x33333333) << 2 | (x >> 2 & 0x33333333);
	x = (x & 0x0f0f0f0f) << 4 | (x >> 4 & 0x0f0f0f0f);
	return __builtin_bswap32(x);
}

/* In a product of odd numbers a bit changes only by the bits below it.  On the
 * reversed bits that is Owen's rule: whether a digit is flipped depends on the
 * digits in front of it. */
static uint32_t scramble(uint32_t x, uint32_t seed)
{
	x = reverse_bits(x);
	x ^= x * 0x3d20adea;
	x += seed;
	x *= (seed >> 16) | 1;
	x ^= x * 0x05526c56;
	x ^= x * 0x53a22864;
	return reverse_bits(x);
}

void sobol_points(uint32_t first, size_t n, uint64_t seed, size_t d, double *x)
{
	for (size_t k = 0; k < d; k++) {
		uint64_t state = seed ^ (k * 0xd1342543de82ef95);
		uint32_t s = (uint32_t)(rng_splitmix64(&state) >> 32), v[32];

		if (k < SOBOL_DIMS)
			directions(k, v);
		for (size_t i = 0; i < n; i++) {
			uint32_t at = first + (uint32_t)i, bits;
			uint64_t alone = state ^ at;

			if (k < SOBOL_DIMS)
				bits = scramble(coordinate(at, v), s);
			else
				bits = (uint32_t)(rng_splitmix64(&alone) >> 32);
			x[i * d + k] = (bits + 0.5) * 0x1p-32;
		}
	}
}

void sobol_scrambled(uint32_t i, uint64_t seed, size_t d, double *x)
{
	sobol_points(i, 1, seed, d, x);
}
