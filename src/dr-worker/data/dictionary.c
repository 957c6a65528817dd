#include "data/dictionary.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "data/grow.h"

uint64_t dictionary_hash(const char *s, size_t len)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3;
	return h ^ h >> 29;
}

static size_t length(const struct dictionary *d, size_t v)
{
	return d->offset[v + 1] - d->offset[v] - 1;
}

static bool rehash(struct dictionary *d)
{
	size_t slots = d->slots ? 2 * d->slots : 256;
	uint32_t *slot = calloc(slots, sizeof *slot);

	if (!slot)
		return false;
	for (size_t v = 0; v < d->n; v++) {
		size_t i = dictionary_hash(d->bytes + d->offset[v], length(d, v)) & (slots - 1);

		while (slot[i])
			i = (i + 1) & (slots - 1);
		slot[i] = (uint32_t)v + 1;
	}
	free(d->slot);
	d->slot = slot;
	d->slots = slots;
	return true;
}

/* The slot where the string is, or where it would go. */
static size_t find_slot(const struct dictionary *d, const char *s, size_t len)
{
	size_t i = dictionary_hash(s, len) & (d->slots - 1);

	for (; d->slot[i]; i = (i + 1) & (d->slots - 1)) {
		size_t v = d->slot[i] - 1;

		if (length(d, v) == len && !memcmp(d->bytes + d->offset[v], s, len))
			break;
	}
	return i;
}

static bool reserve(struct dictionary *d, size_t bytes, size_t strings)
{
	void *p;

	if (!(p = grow(d->bytes, &d->bytes_cap, bytes, 1)))
		return false;
	d->bytes = p;
	if (!(p = grow(d->offset, &d->offset_cap, strings + 1, sizeof *d->offset)))
		return false;
	d->offset = p;
	return true;
}

uint32_t dictionary_add(struct dictionary *d, const char *s, size_t len)
{
	size_t used = d->n ? d->offset[d->n] : 0, i;

	if (d->n >= DICTIONARY_NONE - 1 || (2 * d->n >= d->slots && !rehash(d)))
		return DICTIONARY_NONE;
	i = find_slot(d, s, len);
	if (d->slot[i])
		return d->slot[i] - 1;
	if (!reserve(d, used + len + 1, d->n + 1))
		return DICTIONARY_NONE;
	memcpy(d->bytes + used, s, len);
	d->bytes[used + len] = '\0';
	d->offset[d->n] = used;
	d->offset[d->n + 1] = used + len + 1;
	d->slot[i] = (uint32_t)++d->n;
	return (uint32_t)(d->n - 1);
}

void dictionary_release(struct dictionary *d)
{
	free(d->slot);
	free(d->offset);
	free(d->bytes);
	*d = (struct dictionary){0};
}
