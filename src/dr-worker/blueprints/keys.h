/*
 * keys: what the block of each node depends on, as one name.
 *
 * The key of a node is a hash over the program, what the node does, its parameters, the
 * columns it reads (their content for all rows, new ones too), the target, the rows that are
 * trained on, the seed, and the keys of the nodes before it.
 */
#ifndef KEYS_H
#define KEYS_H

#include "blueprints/pipeline.h"
#include "cache/cache.h"

typedef char key_text[CACHE_KEY_LEN + 1];

/* Is the block of such a node worth keeping? */
bool keys_worth(enum node_kind kind);

/* The keys of all nodes, the caller's (free); NULL: out of memory. */
key_text *keys_make(struct pipeline *l, const uint32_t *train, size_t n);

#endif
