/* seen: see seen.h.  Open addressing, at most half full. */
#include "tuner/seen.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rng/rng.h"

void seen_release(struct seen *s)
{
	free(s->at);
	s->at = NULL;
	s->n = s->cap = 0;
}

/* Where x is, or the free place where it would be. */
static size_t place(const struct seen *s, const double *x)
{
	uint64_t hash = 0, bits;
	size_t i;

	for (size_t j = 0; j < s->d; j++) {
		memcpy(&bits, &x[j], sizeof(bits));
		hash ^= bits;
		hash = rng_splitmix64(&hash);
	}
	i = (size_t)hash & (s->cap - 1);
	while (s->at[i] && memcmp(s->at[i], x, s->d * sizeof(*x)) != 0)
		i = (i + 1) & (s->cap - 1);
	return i;
}

static bool grow(struct seen *s)
{
	struct seen more = {.d = s->d, .n = s->n, .cap = s->cap ? 2 * s->cap : 128};

	if (!(more.at = calloc(more.cap, sizeof(*more.at))))
		return false;
	for (size_t i = 0; i < s->cap; i++)
		if (s->at[i])
			more.at[place(&more, s->at[i])] = s->at[i];
	free(s->at);
	*s = more;
	return true;
}

bool seen_add(struct seen *s, const double *x)
{
	size_t i;

	if (2 * s->n >= s->cap && !grow(s))
		return false;
	i = place(s, x);
	s->n += !s->at[i];
	s->at[i] = x;
	return true;
}

bool seen_hold(const struct seen *s, const double *x)
{
	return s->cap && s->at[place(s, x)];
}
