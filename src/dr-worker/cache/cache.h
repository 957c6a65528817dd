/*
 * cache: blocks of columns on disk, by what they were made from.
 *
 * A key names everything that a block depends on (blueprints/keys.h), so an entry is never
 * out of date; it is only there or not.  Entries are files of the project's folder
 * cache/, written under a temporary name and renamed when whole, with a checksum, so that
 * one that is damaged is taken for one that is not there.  Several processes may use one
 * folder.  Nothing here fails: where an entry cannot be read or written, the block is made
 * again.
 *
 * Bounds: so many bytes in all; the entries used least recently go first.
 */
#ifndef CACHE_H
#define CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "tasks/block.h"

#define CACHE_KEY_LEN 64 /* hexadecimal digits */
#define CACHE_BYTES_MAX ((size_t)1 << 30)
#define CACHE_ENTRY_MAX (CACHE_BYTES_MAX / 4)

struct cache;

/* Of a project's folder; made there when something is put.  NULL: out of memory, no cache. */
struct cache *cache_open(const char *dir, size_t bytes_max);
/* Also brings the folder back within its bounds where something was put. */
void cache_close(struct cache *c);

/* The block of that key, of so many rows, into *b (whose content is released first).  False,
 * with *b as it was: it is not there. */
bool cache_get(struct cache *c, const char *key, size_t rows, struct block *b);
void cache_put(struct cache *c, const char *key, const struct block *b);

#endif
