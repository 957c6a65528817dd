/*
 * pipeline: a blueprint at work on a table.
 *
 * pipeline_encode fits all tasks before the learner on the training rows and applies
 * them to all rows; pipeline_learn trains the learner on the result and predicts.
 * They are apart because a search over the learner's parameters encodes once.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "blueprints/settings.h"
#include "cache/cache.h"
#include "data/prepared.h"
#include "tasks/block.h"
#include "tasks/corpus.h"

struct pipeline {
	const struct prepared *p;
	const struct blueprint *b;
	const struct settings *settings;
	const bool *use; /* of each column: may it be used? */
	uint64_t seed;
	uint8_t *level;      /* class of each row, NULL for regression */
	struct block margin; /* one column or none: where the learner starts */
	struct block input;  /* of the learner, once encoded */
	struct cache *cache; /* of blocks, or NULL; the caller's */
	char (*column_key)[CACHE_KEY_LEN + 1]; /* of each column, once it was needed */
	struct corpus *corpus; /* of each node that counts words, once it was needed */
};

/* All pointers are borrowed until pipeline_release. */
bool pipeline_init(struct pipeline *l, const struct prepared *p, const struct blueprint *b,
		   const struct settings *settings, const bool *use, uint64_t seed,
		   struct err *e);
void pipeline_release(struct pipeline *l);

/* Does the blueprint read the column at all? */
bool pipeline_reads(const struct blueprint *b, const struct frame *f, size_t column);

/* ERR_REFUSED: the training rows have one class only, nothing is left to learn from. */
bool pipeline_encode(struct pipeline *l, const uint32_t *train, size_t n, struct err *e);

/* Does another value of this setting ask for pipeline_encode again?  One of the learner itself
 * does not, but for the learner of text, which works while its text is encoded. */
bool pipeline_encodes(const struct pipeline *l, const struct setting *setting);

/* Predictions for the rows `apply` into out (n_apply x prepared_outputs).  iterations (may be
 * NULL): rounds used, or -1.  ERR_REFUSED: predictions that are not finite. */
bool pipeline_learn(struct pipeline *l, const uint32_t *train, size_t n, const uint32_t *apply,
		    size_t n_apply, double *out, long *iterations, struct err *e);

#endif
