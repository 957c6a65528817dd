#include "learners/split.h"

#include <stdlib.h>

#include "data/partition.h"

bool split_rows(uint32_t *row, size_t n, const uint8_t *level, double share, uint64_t seed,
		size_t *stay, struct err *e)
{
	struct partition p = {0};
	uint32_t *aside = malloc((n ? n : 1) * sizeof *aside);
	uint8_t *local = malloc(n ? n : 1);
	size_t kept = 0, moved = 0;
	bool ok = false;

	if (!aside || !local) {
		err_nomem(e);
		goto out;
	}
	for (size_t i = 0; level && i < n; i++)
		local[i] = level[row[i]];
	if (!partition_make(&p, n, level ? local : NULL, 1, 100 * share, seed, e))
		goto out;
	for (size_t i = 0; i < n; i++)
		if (p.fold[i] == PARTITION_HOLDOUT)
			aside[moved++] = row[i];
		else
			row[kept++] = row[i];
	for (size_t i = 0; i < moved; i++)
		row[kept + i] = aside[i];
	*stay = kept;
	ok = (kept && moved) ||
	     err_set(e, ERR_REFUSED, "a sample of %zu rows is too small to set some aside", n);
out:
	partition_release(&p);
	free(local);
	free(aside);
	return ok;
}
