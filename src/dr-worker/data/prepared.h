/*
 * prepared: a table made ready for training: columns, target, partition.
 *
 * The aim job writes it, one file in the project's folder, under a temporary name that is
 * renamed when it is whole; every fit job reads it.  The format is private to one
 * version of dr-worker on one machine (native byte order) and says so in its first
 * bytes; what is read is checked, so that a damaged file is an error, not a crash.
 */
#ifndef PREPARED_H
#define PREPARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/frame.h"
#include "data/metrics.h"
#include "data/partition.h"
#include "err/err.h"

struct prepared {
	struct frame frame; /* without the rows whose target is missing */
	size_t target;      /* number of the target column */
	bool regression;
	size_t classes;              /* of the target; 0 for regression */
	const struct metric *metric; /* of the project */
	uint32_t *row_id;            /* rows; number in the file, from 0 */
	double *y;                   /* rows; as in target.h */
	struct partition partition;
	uint64_t seed;
};

/* Predicted numbers a row: one, or a probability of each of more than two classes. */
size_t prepared_outputs(const struct prepared *p);
enum metrics_kind prepared_kind(const struct prepared *p);
const char *prepared_kind_name(const struct prepared *p);

bool prepared_write(const struct prepared *p, const char *dir, struct err *e);
/* ERR_INPUT where the folder holds no prepared table or a damaged one. */
bool prepared_read(struct prepared *p, const char *dir, struct err *e);
void prepared_release(struct prepared *p);

#endif
