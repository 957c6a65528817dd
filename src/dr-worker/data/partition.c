#include "data/partition.h"

#include <stdlib.h>

#include "data/mix.h"

struct key {
	uint64_t key;
	uint32_t row;
	uint8_t level;
};

static int by_level_and_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->row < y->row ? -1 : 1;
}

/* Is the i-th of a sequence taken when a share of it is to be taken evenly? */
static bool taken(size_t i, double share)
{
	return (size_t)((double)(i + 1) * share + 1e-9) > (size_t)((double)i * share + 1e-9);
}

bool partition_make(struct partition *p, size_t rows, const uint8_t *level, unsigned reps,
		    double holdout_pct, uint64_t seed, struct err *e)
{
	struct key *key = malloc(rows * sizeof *key);
	size_t kept = 0;

	*p = (struct partition){.rows = rows, .reps = reps};
	p->fold = malloc(rows);
	p->order = malloc(rows * sizeof *p->order);
	if (!key || !p->fold || !p->order) {
		free(key);
		partition_release(p);
		return err_nomem(e);
	}
	for (size_t i = 0; i < rows; i++)
		key[i] = (struct key){mix(seed, i), (uint32_t)i, level ? level[i] : 0};
	qsort(key, rows, sizeof *key, by_level_and_key);
	for (size_t i = 0; i < rows; i++) {
		uint32_t row = p->order[i] = key[i].row;

		p->fold[row] = taken(i, holdout_pct / 100) ? PARTITION_HOLDOUT
							   : (uint8_t)(kept++ % reps);
	}
	free(key);
	return true;
}

void partition_release(struct partition *p)
{
	free(p->fold);
	free(p->order);
	*p = (struct partition){0};
}

size_t partition_size(const struct partition *p, unsigned fold)
{
	size_t n = 0;

	for (size_t i = 0; i < p->rows; i++)
		n += p->fold[i] == fold;
	return n;
}

static int by_row(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

size_t partition_training(const struct partition *p, unsigned without, size_t want,
			  size_t want_holdout, uint32_t *out)
{
	size_t held = partition_size(p, PARTITION_HOLDOUT);
	size_t there = p->rows - held - partition_size(p, without);
	double share = want < there ? (double)want / (double)there : 1;
	double share_held = want_holdout < held ? (double)want_holdout / (double)held : 1;
	size_t n = 0, i = 0, i_held = 0;

	for (size_t k = 0; k < p->rows; k++) {
		uint32_t row = p->order[k];
		bool take = false;

		if (p->fold[row] == PARTITION_HOLDOUT)
			take = taken(i_held++, share_held);
		else if (p->fold[row] != without)
			take = taken(i++, share);
		if (take)
			out[n++] = row;
	}
	qsort(out, n, sizeof *out, by_row);
	return n;
}

size_t partition_rows(const struct partition *p, unsigned fold, uint32_t *out)
{
	size_t n = 0;

	for (size_t row = 0; row < p->rows; row++)
		if (p->fold[row] == fold)
			out[n++] = (uint32_t)row;
	return n;
}
