/*
 * grow: arrays that grow by doubling.
 */
#ifndef GROW_H
#define GROW_H

#include <stddef.h>

/* The array with room for at least `want` elements of `size` bytes, and *cap for how many
 * there is room now.  NULL: out of memory; the old array then stays the caller's. */
void *grow(void *array, size_t *cap, size_t want, size_t size);

#endif
