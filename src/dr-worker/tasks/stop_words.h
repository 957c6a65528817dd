/*
 * stop_words: frequent English words that say little about a text.
 */
#ifndef STOP_WORDS_H
#define STOP_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Is this word, in lower case, one of them? */
bool stop_words_have(const char *word, size_t len);

#endif
