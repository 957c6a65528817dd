#include "data/dictionary.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "csv/grow.h"

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
	struct dictionary_slot *slot = calloc(slots, sizeof *slot);

	if (!slot)
		return false;
	for (size_t k = 0; k < d->slots; k++) {
		size_t i = d->slot[k].hash & (slots - 1);

		if (!d->slot[k].number)
			continue;
		while (slot[i].number)
			i = (i + 1) & (slots - 1);
		slot[i] = d->slot[k];
	}
	free(d->slot);
	d->slot = slot;
	d->slots = slots;
	return true;
}

/* The slot where the string is, or where it would go. */
static size_t find_slot(const struct dictionary *d, uint32_t hash, const char *s, size_t len)
{
	size_t i = hash & (d->slots - 1);

	for (; d->slot[i].number; i = (i + 1) & (d->slots - 1)) {
		size_t v = d->slot[i].number - 1;

		if (d->slot[i].hash == hash && length(d, v) == len &&
		    !memcmp(d->bytes + d->offset[v], s, len))
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
	uint32_t hash = (uint32_t)dictionary_hash(s, len);

	if (d->n >= DICTIONARY_NONE - 1 || (2 * d->n >= d->slots && !rehash(d)))
		return DICTIONARY_NONE;
	i = find_slot(d, hash, s, len);
	if (d->slot[i].number)
		return d->slot[i].number - 1;
	if (!reserve(d, used + len + 1, d->n + 1))
		return DICTIONARY_NONE;
	memcpy(d->bytes + used, s, len);
	d->bytes[used + len] = '\0';
	d->offset[d->n] = used;
	d->offset[d->n + 1] = used + len + 1;
	d->slot[i] = (struct dictionary_slot){(uint32_t)++d->n, hash};
	return (uint32_t)(d->n - 1);
}

void dictionary_release(struct dictionary *d)
{
	free(d->slot);
	free(d->offset);
	free(d->bytes);
	*d = (struct dictionary){0};
}
