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

bool partition_start(struct partition *p, size_t rows, const uint8_t *level, unsigned reps,
		     uint64_t seed, struct err *e)
{
	struct key *key = malloc(rows * sizeof *key);

	*p = (struct partition){.rows = rows, .reps = reps};
	p->fold = calloc(rows, 1);
	p->order = malloc(rows * sizeof *p->order);
	if (!key || !p->fold || !p->order) {
		free(key);
		partition_release(p);
		return err_nomem(e);
	}
	for (size_t i = 0; i < rows; i++)
		key[i] = (struct key){mix(seed, i), (uint32_t)i, level ? level[i] : 0};
	qsort(key, rows, sizeof *key, by_level_and_key);
	for (size_t i = 0; i < rows; i++)
		p->order[i] = key[i].row;
	free(key);
	return true;
}

void partition_share(struct partition *p, double holdout_pct, double validation_pct)
{
	double share = validation_pct / (100 - holdout_pct);
	size_t kept = 0;

	for (size_t i = 0; i < p->rows; i++) {
		uint8_t *fold = &p->fold[p->order[i]];

		if (taken(i, holdout_pct / 100))
			*fold = PARTITION_HOLDOUT;
		else if (p->tvh)
			*fold = !taken(kept++, share);
		else
			*fold = (uint8_t)(kept++ % p->reps);
	}
}

bool partition_make(struct partition *p, size_t rows, const uint8_t *level, unsigned reps,
		    double holdout_pct, uint64_t seed, struct err *e)
{
	if (!partition_start(p, rows, level, reps, seed, e))
		return false;
	partition_share(p, holdout_pct, 0);
	return true;
}

struct group {
	size_t rows;
	uint64_t key;
	uint32_t value;
};

static int by_size(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->rows != y->rows)
		return x->rows > y->rows ? -1 : 1;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->value > y->value) - (x->value < y->value);
}

/* The part that lacks most, or of those that are empty where each of the groups that are left
 * is needed for one. */
static size_t choose_part(const double *lack, const size_t *filled, size_t parts, size_t left)
{
	size_t empty = 0, best = parts;

	for (size_t i = 0; i < parts; i++)
		empty += !filled[i];
	for (size_t i = 0; i < parts; i++)
		if ((left > empty || !filled[i]) && (best == parts || lack[i] > lack[best]))
			best = i;
	return best == parts ? 0 : best;
}

bool partition_groups(struct partition *p, const uint32_t *group, size_t values,
		      const double *share, size_t parts, uint64_t seed, size_t *groups,
		      struct err *e)
{
	struct group *g = calloc(values + 1, sizeof *g);
	uint8_t *part_of = malloc(values + 1);
	double lack[PARTITION_REPS_MAX + 1];
	size_t filled[PARTITION_REPS_MAX + 1] = {0}, n = 0;

	if (!g || !part_of) {
		free(g);
		free(part_of);
		return err_nomem(e);
	}
	for (size_t v = 0; v <= values; v++)
		g[v] = (struct group){.value = (uint32_t)v, .key = mix(seed, v)};
	for (size_t row = 0; row < p->rows; row++)
		g[group[row] < values ? group[row] : values].rows++;
	qsort(g, values + 1, sizeof *g, by_size);
	while (n <= values && g[n].rows)
		n++;
	for (size_t i = 0; i < parts; i++)
		lack[i] = share[i] / 100 * (double)p->rows;
	for (size_t i = 0; i < n; i++) {
		size_t part = choose_part(lack, filled, parts, n - i);

		lack[part] -= (double)g[i].rows;
		filled[part]++;
		part_of[g[i].value] = part < p->reps ? (uint8_t)part : PARTITION_HOLDOUT;
	}
	for (size_t row = 0; row < p->rows; row++)
		p->fold[row] = part_of[group[row] < values ? group[row] : values];
	*groups = n;
	free(part_of);
	free(g);
	return true;
}

unsigned partition_folds(const struct partition *p)
{
	return p->tvh ? 1 : p->reps;
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
