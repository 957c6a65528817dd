/*
 * training: the models of one request: which blueprint with which values, which columns, which
 * rows each model learns from.  The jobs fit and predict share it, so that the model whose
 * scores were reported and the one that predicts are the same to the last bit.
 */
#ifndef TRAINING_H
#define TRAINING_H

#include <cjson/cJSON.h>

#include "blueprints/pipeline.h"
#include "blueprints/search.h"
#include "data/prepared.h"
#include "err/err.h"

struct training_request {
	const char *dir, *blueprint;
	const cJSON *values, *features;
	const cJSON *blend; /* models whose mean it is, instead of the blueprint; or NULL */
	double sample_pct, seed; /* 0: the largest sample; -1: the project's seed */
	struct search_request search;
	bool cache; /* keep and use blocks in the folder */
};

/* How many rows the models are trained on; dr-worker(1), "Sample sizes", says why. */
struct training_sizes {
	size_t fold;         /* of the rows outside a fold and the holdout */
	size_t fold_holdout; /* and of the holdout */
	size_t all;          /* of all rows outside the holdout, for its score; 0: fold 0's */
	size_t training;     /* as reported */
};

struct training {
	struct training_request r;
	struct prepared p;
	struct catalogue catalogue;
	const struct blueprint *blueprint;
	struct blueprint blend;         /* of a blend, whose blueprint is this */
	struct training_member *member; /* of a blend, which has no settings and no line */
	size_t members;
	struct settings settings;
	bool *use; /* of each column */
	struct cache *cache;
	struct pipeline line;
	struct training_sizes sizes;
	uint32_t *train, *apply; /* room for all rows of the frame */
	double *out;             /* of the rows of `apply`: prepared_outputs of each */
	long iterations;         /* rounds of the model of fold 0, or -1 */
};

/* The fields of a request, for job_knows; those of the job itself come before. */
#define TRAINING_FIELDS                                                                        \
	"dir", "blueprint", "values", "features", "sample_pct", "seed", "search", "cache",     \
		"blend"
bool training_request_read(struct training_request *r, const cJSON *job, struct err *e);

/*
 * Read the prepared table, find the blueprint, its values, columns and sizes.  In between a
 * caller may add rows to p.frame (append.h).  Start with {0}; whether these fail or not,
 * training_close frees.  ERR_INPUT and ERR_REFUSED as dr-worker(1) has them.
 */
bool training_open(struct training *t, const struct training_request *r, struct err *e);
bool training_start(struct training *t, struct err *e);
void training_close(struct training *t);

/* What all parts of a training share: of each column, may the model use it (the caller's;
 * NULL: ERR_INPUT, an unknown name); the seed. */
bool *training_columns(const struct prepared *p, const struct blueprint *b,
		       const cJSON *features, struct err *e);
uint64_t training_seed(const struct training *t);

/* Which rows are predicted: the first folds, the holdout. */
struct training_parts {
	unsigned folds;
	bool holdout;
};

/* What one model says of n rows of a fold, or of PARTITION_HOLDOUT, prepared_outputs of
 * each. */
typedef bool training_take(void *ctx, unsigned part, const uint32_t *row, const double *value,
			   size_t n, struct err *e);

/* Train the models, each for the rows that it has not seen, and give what they say to
 * `take`, part by part. */
bool training_folds(struct training *t, const struct training_parts *parts, training_take *take,
		    void *ctx, struct err *e);

/* Train the one model that stands for all of them on rows that belong to none: the rows
 * t->apply[0..n-1] of the frame are predicted into t->out. */
bool training_predict(struct training *t, size_t n, struct err *e);

#endif
