/*
 * dictionary: distinct strings, numbered in the order of their first appearance.
 */
#ifndef DICTIONARY_H
#define DICTIONARY_H

#include <stddef.h>
#include <stdint.h>

#define DICTIONARY_NONE UINT32_MAX

/* Half of the hash stands beside the number, so that most other strings are told
 * apart, and the table is made larger, without a look at the strings. */
struct dictionary_slot {
	uint32_t number; /* plus 1; 0: free */
	uint32_t hash;
};

/* Start with {0}.  String v is bytes[offset[v]], of offset[v + 1] - offset[v] - 1 bytes,
 * NUL-terminated; the two arrays may be taken over before dictionary_release. */
struct dictionary {
	size_t n;
	size_t *offset; /* n + 1, NULL while n is 0 */
	char *bytes;

	/* Private. */
	struct dictionary_slot *slot; /* hash table; a power of two in size */
	size_t slots, offset_cap, bytes_cap;
};

/* Number of the string, new or known; DICTIONARY_NONE: out of memory. O(len). */
uint32_t dictionary_add(struct dictionary *d, const char *s, size_t len);

void dictionary_release(struct dictionary *d);

/* The hash it uses: FNV-1a of 64 bits, folded. */
uint64_t dictionary_hash(const char *s, size_t len);

#endif
