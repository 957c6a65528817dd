/* rng, sobol: published values, and what makes the points worth their name. */
#include "rng/rng.h"

#include "rng/sobol.h"
#include "tap.h"

static void generator(void)
{
	/* splitmix64: the first outputs for seed 1234567 (Rosetta Code, "Pseudo-random
	 * numbers/Splitmix64").  xoshiro256**: the first outputs from the state 1, 2,
	 * 3, 4, those that the rand_xoshiro crate's test vectors give. */
	static const uint64_t split[] = {6457827717110365317u, 3203168211198807973u,
					 9817491932198370423u};
	static const uint64_t xo[] = {11520u, 0u, 1509978240u, 1215971899390074240u};
	uint64_t state = 1234567;
	struct rng r = {{1, 2, 3, 4}}, other;
	bool same = true;

	for (int i = 0; i < 3; i++)
		same = same && rng_splitmix64(&state) == split[i];
	ok(same, "splitmix64 gives the published numbers");
	same = true;
	for (int i = 0; i < 4; i++)
		same = same && rng_next(&r) == xo[i];
	ok(same, "xoshiro256** gives the published numbers");

	rng_init(&r, 1, 2);
	rng_init(&other, 2, 1);
	ok(rng_next(&r) != rng_next(&other), "streams of different seeds differ");
}

static void distributions(void)
{
	struct rng r;
	double mean = 0, square = 0;
	int count[6] = {0}, least, most;

	rng_init(&r, 7, 0);
	for (int i = 0; i < 60000; i++)
		count[rng_below(&r, 6)]++;
	least = most = count[0];
	for (int i = 1; i < 6; i++) {
		least = count[i] < least ? count[i] : least;
		most = count[i] > most ? count[i] : most;
	}
	/* Five standard deviations of a binomial count are 456. */
	ok(least > 9544 && most < 10456, "a die of six sides is fair");

	for (int i = 0; i < 100000; i++) {
		double z = rng_normal(&r);

		mean += z / 100000;
		square += z * z / 100000;
	}
	is_near(mean, 0, 5 / sqrt(100000), "normal numbers have mean 0");
	is_near(square, 1, 5 * sqrt(2.0 / 100000), "and variance 1");
}

static void quantiles(void)
{
	/* From scipy.special.ndtri 1.17. */
	static const double p[] = {1e-300, 1e-20, 1e-5, 0.025, 0.3, 0.5, 0.9, 1 - 1e-10};
	static const double z[] = {-37.0470962993612,   -9.262340089798409,  -4.264890793922825,
				   -1.9599639845400545, -0.5244005127080409, 0.0,
				   1.2815515655446004,  6.361340889697422};
	double worst = 0;

	for (int i = 0; i < 8; i++)
		worst = fmax(worst, fabs(rng_normal_quantile(p[i]) - z[i]) / (1 + fabs(z[i])));
	is_near(worst, 0, 1e-15, "normal quantiles have their published values");
	ok(isinf(rng_normal_quantile(0)) && isinf(rng_normal_quantile(1)),
	   "the ends are infinite");
}

static void plain_sobol(void)
{
	/* The first ten points in three dimensions that Joe and Kuo's program prints,
	 * in their (Gray code) order. */
	static const double published[10][3] = {
		{0, 0, 0},
		{0.5, 0.5, 0.5},
		{0.75, 0.25, 0.25},
		{0.25, 0.75, 0.75},
		{0.375, 0.375, 0.625},
		{0.875, 0.875, 0.125},
		{0.625, 0.125, 0.875},
		{0.125, 0.625, 0.375},
		{0.1875, 0.3125, 0.9375},
		{0.6875, 0.8125, 0.4375},
	};
	bool same = true;
	uint64_t hash = 0;

	for (uint32_t i = 0; i < 10; i++)
		for (size_t k = 0; k < 3; k++)
			same = same && sobol_at(i ^ (i >> 1), k) == published[i][k];
	ok(same, "the first Sobol points are the published ones");

	/* All 128 dimensions of 4096 points, folded as FNV does; the number was
	 * computed from scipy.stats.qmc.Sobol 1.17. */
	for (uint32_t i = 0; i < 4096; i++)
		for (size_t k = 0; k < SOBOL_DIMS; k++)
			hash = (hash ^ (uint64_t)(sobol_at(i, k) * 4096)) * 0x100000001b3;
	ok(hash == 0xf674c14fa75b1400,
	   "128 dimensions of 4096 points agree with another Sobol");
}

/* Every dyadic box of 2^a by 2^(10-a) cells holds one of 1024 points. */
static bool net(uint64_t seed, size_t j, size_t k)
{
	for (int a = 0; a <= 10; a++) {
		bool seen[1024] = {false};

		for (uint32_t i = 0; i < 1024; i++) {
			double x[8];
			int cell;

			sobol_scrambled(i, seed, 8, x);
			cell = (int)(x[j] * (1 << a)) << (10 - a) |
			       (int)(x[k] * (1 << (10 - a)));
			if (seen[cell])
				return false;
			seen[cell] = true;
		}
	}
	return true;
}

static void scrambled_sobol(void)
{
	double x[200], y[200], mean = 0, worst = 0;
	bool inside = true, differ = false;

	ok(net(1, 0, 1) && net(2, 0, 1) && net(99, 0, 1),
	   "scrambled dimensions 1 and 2 still form a (0, 10, 2)-net");
	for (size_t k = 0; k < 8; k++) {
		bool seen[1024] = {false};

		for (uint32_t i = 0; i < 1024; i++) {
			sobol_scrambled(i, 5, 8, x);
			inside = inside && x[k] > 0 && x[k] < 1 && !seen[(int)(x[k] * 1024)];
			seen[(int)(x[k] * 1024)] = true;
		}
	}
	ok(inside, "in each dimension every one of 1024 cells has one of 1024 points");

	/* Point 0 over many seeds: uniform, and uncorrelated between dimensions. */
	for (uint64_t seed = 0; seed < 4000; seed++) {
		sobol_scrambled(0, seed, 2, x);
		mean += x[0] / 4000;
		worst += (x[0] - 0.5) * (x[1] - 0.5) * 12 / 4000;
	}
	is_near(mean, 0.5, 5 * sqrt(1 / 12.0 / 4000), "the first point is uniform over seeds");
	is_near(worst, 0, 5 / sqrt(4000), "and its coordinates are uncorrelated");

	sobol_scrambled(3, 8, 200, x);
	sobol_scrambled(4, 8, 200, y);
	for (size_t k = SOBOL_DIMS; k < 200; k++)
		differ = differ || x[k] != y[k];
	ok(differ, "dimensions beyond the table get numbers of their own");
}

int main(void)
{
	generator();
	distributions();
	quantiles();
	plain_sobol();
	scrambled_sobol();
	return tap_end();
}
