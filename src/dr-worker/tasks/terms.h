/*
 * terms: a text taken apart into the words, or groups of letters, that are counted.
 *
 * Words are found by one of three tokenizers:
 *   sklearn_tokenizer  two or more letters, digits or underscores; a letter of Chinese,
 *                      Japanese or Korean is a word of its own
 *   wordpunct          one or more of them, or one or more other visible characters
 *   space              whatever stands between white space
 * Then stop words are left out, the rest is stemmed, and every n that follow each other,
 * for n from min_ngram to max_ngram, make a term, joined by a space.  With the analyzer
 * char the terms are groups of n characters instead, runs of white space being one space.
 */
#ifndef TERMS_H
#define TERMS_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"
#include "tasks/param.h"

#define TERMS_NGRAM_MAX 5

struct terms;

/* From the parameters analyzer, tokenizer, lowercase, stop_words, stemmer, language,
 * min_ngram and max_ngram.  NULL: ERR_SYSTEM; ERR_REFUSED where min_ngram > max_ngram. */
struct terms *terms_open(const struct params *params, struct err *e);
void terms_close(struct terms *t);

/* Call fn with every term of a text of len bytes of UTF-8.  fn returns false where it has
 * no memory; that, ERR_SYSTEM, is all that can fail. */
typedef bool terms_fn(const char *term, size_t len, void *ctx);
bool terms_each(struct terms *t, const char *s, size_t len, terms_fn *fn, void *ctx,
		struct err *e);

#endif
