/*
 * utf8: one character of text that is known to be valid UTF-8.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_MAX 4 /* bytes of a character */

/* The character at s; *n is set to its length in bytes. */
uint32_t utf8_get(const char *s, size_t *n);

/* Write the character to out, without a NUL; returns its length in bytes. */
size_t utf8_put(char *out, uint32_t ch);

#endif
