/*
 * corpus: how often each term occurs in each text of a column.
 *
 * A document is a distinct value of the column, so a text that many rows share is taken
 * apart once; the last document, without terms, stands for missing text.  Made once per
 * job: only what depends on the training rows is left to word_grams.
 */
#ifndef CORPUS_H
#define CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/frame.h"
#include "err/err.h"
#include "tasks/param.h"

#define CORPUS_ENTRIES_MAX ((size_t)200 * 1000 * 1000)

struct corpus_entry {
	uint32_t term, count;
};

struct corpus {
	size_t docs, terms;
	size_t *start;              /* docs + 1: where the entries of each document start */
	struct corpus_entry *entry; /* by rising term within a document */
};

/* ERR_REFUSED beyond CORPUS_ENTRIES_MAX, or where the parameters contradict each other. */
bool corpus_make(struct corpus *c, const struct column *column, const struct params *params,
		 struct err *e);
void corpus_release(struct corpus *c);

/* The document of a row. */
size_t corpus_doc(const struct corpus *c, const struct column *column, size_t row);

#endif
