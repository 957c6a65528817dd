#include "tasks/corpus.h"

#include <stdlib.h>

#include "data/dictionary.h"
#include "csv/grow.h"
#include "tasks/converter.h"
#include "tasks/terms.h"

struct builder {
	struct dictionary words;
	size_t buckets; /* of the hashing trick, or 0 */
	uint32_t *term; /* of the document that is being read */
	size_t n, cap;
	size_t entries, entry_cap;
};

static bool add_term(const char *s, size_t len, void *ctx)
{
	struct builder *b = ctx;
	uint32_t *term = grow(b->term, &b->cap, b->n + 1, sizeof *term);

	if (!term)
		return false;
	b->term = term;
	term[b->n] = b->buckets ? (uint32_t)(dictionary_hash(s, len) % b->buckets)
				: dictionary_add(&b->words, s, len);
	return term[b->n++] != DICTIONARY_NONE;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Add the entries of the document whose terms were collected. */
static bool end_document(struct corpus *c, struct builder *b, size_t doc, struct err *e)
{
	struct corpus_entry *entry =
		grow(c->entry, &b->entry_cap, b->entries + b->n + 1, sizeof *entry);

	if (!entry)
		return err_nomem(e);
	c->entry = entry;
	if (b->n)
		qsort(b->term, b->n, sizeof *b->term, by_number);
	for (size_t i = 0; i < b->n; i++) {
		if (i && b->term[i] == b->term[i - 1])
			entry[b->entries - 1].count++;
		else
			entry[b->entries++] = (struct corpus_entry){b->term[i], 1};
	}
	c->start[doc + 1] = b->entries;
	return b->entries <= CORPUS_ENTRIES_MAX ||
	       err_set(e, ERR_REFUSED, "the texts have more than %zu different terms",
		       CORPUS_ENTRIES_MAX);
}

static bool read_documents(struct corpus *c, struct builder *b, const struct column *column,
			   struct terms *terms, struct err *e)
{
	size_t longest = 0;
	char *clean;
	bool ok = true;

	for (size_t v = 0; v < column->n_values; v++)
		if (column_value_len(column, v) > longest)
			longest = column_value_len(column, v);
	if (!(clean = malloc(longest + 1)))
		return err_nomem(e);
	for (size_t v = 0; ok && v < c->docs; v++) {
		size_t len;

		b->n = 0;
		if (v < column->n_values) {
			len = converter_clean(column_value(column, v),
					      column_value_len(column, v), clean);
			ok = terms_each(terms, clean, len, add_term, b, e);
		}
		ok = ok && end_document(c, b, v, e);
	}
	free(clean);
	return ok;
}

bool corpus_make(struct corpus *c, const struct column *column, const struct params *p,
		 struct err *e)
{
	struct builder b = {0};
	struct terms *terms = terms_open(p, e);
	bool ok = false;

	*c = (struct corpus){.docs = column->n_values + 1};
	if (!terms)
		return false;
	if (params_true(p, "use_hashing"))
		b.buckets = (size_t)params_number(p, "n_features");
	if (!(c->start = calloc(c->docs + 1, sizeof *c->start)))
		err_nomem(e);
	else
		ok = read_documents(c, &b, column, terms, e);
	c->terms = b.buckets ? b.buckets : b.words.n;
	dictionary_release(&b.words);
	free(b.term);
	terms_close(terms);
	if (!ok)
		corpus_release(c);
	return ok;
}

void corpus_release(struct corpus *c)
{
	free(c->start);
	free(c->entry);
	*c = (struct corpus){0};
}

size_t corpus_doc(const struct corpus *c, const struct column *column, size_t row)
{
	return column->code[row] == FRAME_NA ? c->docs - 1 : column->code[row];
}
