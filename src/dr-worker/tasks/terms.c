#include "tasks/terms.h"

#include <libstemmer.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "csv/grow.h"
#include "csv/utf8.h"
#include "tasks/stop_words.h"

enum tokenizer { TOKENS_SKLEARN, TOKENS_PUNCT, TOKENS_SPACE, TOKENS_CHAR };

/* A growing array of bytes and of where tokens start in it. */
struct tokens {
	char *bytes;
	size_t len, cap;
	size_t *start; /* n + 1 */
	size_t n, start_cap;
};

struct terms {
	enum tokenizer tokenizer;
	bool lowercase, stop_words;
	size_t min, max;
	struct sb_stemmer *stemmer; /* NULL: none */
	locale_t locale;
	struct tokens tokens;
	char *joined;
	size_t joined_cap;
};

/* Kinds of characters. */
enum kind { SPACE, WORD, IDEOGRAPH, OTHER };

static enum kind kind_of(const struct terms *t, wint_t ch)
{
	if (ch < 0x80) {
		if (ch <= ' ' || ch == 0x7f)
			return SPACE;
		return (ch | 0x20) - 'a' < 26 || ch - '0' < 10 || ch == '_' ? WORD : OTHER;
	}
	if ((ch >= 0x3040 && ch <= 0x30ff) || (ch >= 0x3400 && ch <= 0x9fff) ||
	    (ch >= 0xac00 && ch <= 0xd7a3) || (ch >= 0xf900 && ch <= 0xfaff) ||
	    (ch >= 0x20000 && ch <= 0x3ffff))
		return IDEOGRAPH;
	if (iswspace_l(ch, t->locale) || ch == 0xa0)
		return SPACE;
	return iswalnum_l(ch, t->locale) || (ch >= 0x300 && ch <= 0x36f) ? WORD : OTHER;
}

/* Append a character to the token that is being written. */
static bool put_char(struct tokens *k, wint_t ch)
{
	char *bytes = grow(k->bytes, &k->cap, k->len + UTF8_MAX, 1);

	if (!bytes)
		return false;
	k->bytes = bytes;
	k->len += utf8_put(bytes + k->len, ch);
	return true;
}

/* The token that starts at start[n] ends here. */
static bool keep_token(struct tokens *k)
{
	size_t *start = grow(k->start, &k->start_cap, k->n + 2, sizeof *start);

	if (!start)
		return false;
	k->start = start;
	start[++k->n] = k->len;
	return true;
}

/* Replace the token that is being written by its stem. */
static bool stem(struct terms *t)
{
	struct tokens *k = &t->tokens;
	size_t from = k->start[k->n], len = k->len - from;
	const sb_symbol *s =
		sb_stemmer_stem(t->stemmer, (const sb_symbol *)k->bytes + from, (int)len);
	size_t stem_len = s ? (size_t)sb_stemmer_length(t->stemmer) : 0;

	if (stem_len && stem_len <= len) {
		memcpy(k->bytes + from, s, stem_len);
		k->len = from + stem_len;
	}
	return s;
}

/* End a token of so many characters, or forget it where it is not to be kept. */
static bool end_token(struct terms *t, size_t characters)
{
	struct tokens *k = &t->tokens;
	size_t from = k->start[k->n];
	size_t least = t->tokenizer == TOKENS_SKLEARN ? 2 : 1;

	if (characters < least ||
	    (t->stop_words && stop_words_have(k->bytes + from, k->len - from))) {
		k->len = from;
		return true;
	}
	return (!t->stemmer || stem(t)) && keep_token(k);
}

/* Does a token go on from a character of one kind to one of the other? */
static bool joins(const struct terms *t, enum kind a, enum kind b)
{
	switch (t->tokenizer) {
	case TOKENS_SPACE:
		return a != SPACE && b != SPACE;
	case TOKENS_PUNCT:
		return a == b && a != SPACE && a != IDEOGRAPH;
	default:
		return a == WORD && b == WORD;
	}
}

/* May a character of this kind be part of a token at all? */
static bool counts(const struct terms *t, enum kind kind)
{
	return kind == WORD || kind == IDEOGRAPH ||
	       (kind == OTHER && t->tokenizer != TOKENS_SKLEARN);
}

static bool start_tokens(struct tokens *k)
{
	size_t *start = grow(k->start, &k->start_cap, 1, sizeof *start);

	if (!start)
		return false;
	k->start = start;
	k->n = k->len = start[0] = 0;
	return true;
}

static bool find_words(struct terms *t, const char *s, size_t len)
{
	struct tokens *k = &t->tokens;
	enum kind before = SPACE;
	size_t characters = 0, n;

	for (size_t i = 0; i < len; i += n) {
		wint_t ch = utf8_get(s + i, &n);
		enum kind kind = kind_of(t, ch);

		if (characters && !joins(t, before, kind)) {
			if (!end_token(t, before == IDEOGRAPH ? 2 : characters))
				return false;
			characters = 0;
		}
		if (counts(t, kind)) {
			if (!put_char(k, t->lowercase ? towlower_l(ch, t->locale) : ch))
				return false;
			characters++;
		}
		before = kind;
	}
	return !characters || end_token(t, before == IDEOGRAPH ? 2 : characters);
}

/* Each character is a token; runs of white space are one space, none at either end. */
static bool find_characters(struct terms *t, const char *s, size_t len)
{
	struct tokens *k = &t->tokens;
	bool space = false;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		wint_t ch = utf8_get(s + i, &n);

		if (kind_of(t, ch) == SPACE) {
			space = k->n > 0;
			continue;
		}
		if (space && (!put_char(k, ' ') || !end_token(t, 1)))
			return false;
		space = false;
		if (!put_char(k, t->lowercase ? towlower_l(ch, t->locale) : ch) ||
		    !end_token(t, 1))
			return false;
	}
	return true;
}

/* The n tokens from the i-th on as one term. */
static char *join(struct terms *t, size_t i, size_t n, size_t *len)
{
	const struct tokens *k = &t->tokens;
	bool spaces = t->tokenizer != TOKENS_CHAR;
	char *out = grow(t->joined, &t->joined_cap, k->start[i + n] - k->start[i] + n + 1, 1);

	if (!out)
		return NULL;
	t->joined = out;
	for (size_t j = i; j < i + n; j++) {
		size_t bytes = k->start[j + 1] - k->start[j];

		if (spaces && j > i)
			*out++ = ' ';
		memcpy(out, k->bytes + k->start[j], bytes);
		out += bytes;
	}
	*out = '\0';
	*len = (size_t)(out - t->joined);
	return t->joined;
}

bool terms_each(struct terms *t, const char *s, size_t len, terms_fn *fn, void *ctx,
		struct err *e)
{
	if (!start_tokens(&t->tokens) ||
	    !(t->tokenizer == TOKENS_CHAR ? find_characters : find_words)(t, s, len))
		return err_nomem(e);
	for (size_t n = t->min; n <= t->max; n++)
		for (size_t i = 0; i + n <= t->tokens.n; i++) {
			size_t bytes;
			char *term = join(t, i, n, &bytes);

			if (!term || !fn(term, bytes, ctx))
				return err_nomem(e);
		}
	return true;
}

static enum tokenizer tokenizer_of(const struct params *p)
{
	if (params_is(p, "analyzer", "char"))
		return TOKENS_CHAR;
	if (params_is(p, "tokenizer", "space"))
		return TOKENS_SPACE;
	return params_is(p, "tokenizer", "wordpunct") ? TOKENS_PUNCT : TOKENS_SKLEARN;
}

struct terms *terms_open(const struct params *p, struct err *e)
{
	struct terms *t;
	const char *stemmer = params_word(p, "stemmer");
	size_t min = (size_t)params_number(p, "min_ngram");
	size_t max = (size_t)params_number(p, "max_ngram");

	if (min > max) {
		err_set(e, ERR_REFUSED, "min_ngram=%zu is above max_ngram=%zu", min, max);
		return NULL;
	}
	if (!(t = calloc(1, sizeof *t))) {
		err_nomem(e);
		return NULL;
	}
	t->tokenizer = tokenizer_of(p);
	t->lowercase = params_true(p, "lowercase");
	t->stop_words = params_is(p, "stop_words", "english") && t->tokenizer != TOKENS_CHAR;
	t->min = min;
	t->max = max;
	if (!(t->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0))) {
		err_errno(e, "locale C.UTF-8");
		goto fail;
	}
	if (strcmp(stemmer, "None") != 0 && t->tokenizer != TOKENS_CHAR) {
		if (!strcmp(stemmer, "snowball"))
			stemmer = params_word(p, "language");
		if (!(t->stemmer = sb_stemmer_new(stemmer, "UTF_8"))) {
			err_set(e, ERR_SYSTEM, "libstemmer has no stemmer '%s'", stemmer);
			goto fail;
		}
	}
	return t;
fail:
	terms_close(t);
	return NULL;
}

void terms_close(struct terms *t)
{
	if (!t)
		return;
	if (t->stemmer)
		sb_stemmer_delete(t->stemmer);
	if (t->locale)
		freelocale(t->locale);
	free(t->tokens.bytes);
	free(t->tokens.start);
	free(t->joined);
	free(t);
}
