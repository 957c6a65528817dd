#include "cache/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/mix.h"

#define FOLDER "cache"

static const char magic[16] = "drtune-block-01";

/* What stands in front of the cells; those of the dense columns, then start, row and x of
 * the sparse ones. */
struct head {
	char magic[16];
	char key[CACHE_KEY_LEN];
	uint64_t rows, dense, sparse, cells; /* dense and sparse columns, sparse cells */
	uint64_t sum;                        /* of all that follows */
};

struct cache {
	char *folder;
	size_t bytes_max;
	bool changed;
};

struct cache *cache_open(const char *dir, size_t bytes_max)
{
	struct cache *c = calloc(1, sizeof *c);

	if (c)
		c->bytes_max = bytes_max;
	if (c && asprintf(&c->folder, "%s/" FOLDER, dir) >= 0)
		return c;
	free(c);
	return NULL;
}

/* A file of the folder, the caller's; NULL: out of memory. */
static char *path_of(const struct cache *c, const char *name, const char *end)
{
	char *path;

	return asprintf(&path, "%s/%s%s", c->folder, name, end) < 0 ? NULL : path;
}

/* A sum that changes with any bit and with the order; the last word is filled with 0. */
static uint64_t add_up(uint64_t sum, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	for (; n; p += n < 8 ? n : 8, n -= n < 8 ? n : 8) {
		uint64_t word = 0;

		memcpy(&word, p, n < 8 ? n : 8);
		sum = mix(sum, word);
	}
	return sum;
}

/* Each part of a block in the order of the file. */
struct part {
	void *p;
	size_t size;
};

#define PARTS 4

static void parts_of(const struct block *b, struct part part[PARTS])
{
	const struct sparse *s = &b->sparse;
	size_t cells = s->start[s->cols];

	part[0] = (struct part){b->x.x, b->x.rows * b->x.cols * sizeof *b->x.x};
	part[1] = (struct part){s->start, (s->cols + 1) * sizeof *s->start};
	part[2] = (struct part){s->row, cells * sizeof *s->row};
	part[3] = (struct part){s->x, cells * sizeof *s->x};
}

static uint64_t sum_of(const struct part part[PARTS])
{
	uint64_t sum = 0;

	for (size_t i = 0; i < PARTS; i++)
		sum = add_up(sum, part[i].p, part[i].size);
	return sum;
}

/* A block of the head's sizes, with room as if it had grown to them. */
static bool make_room(struct block *b, const struct head *h)
{
	struct sparse *s = &b->sparse;
	size_t cells = (size_t)h->cells, dense = (size_t)h->dense * (size_t)h->rows;

	*b = (struct block){.x.rows = (size_t)h->rows,
			    .x.cols = (size_t)h->dense,
			    .x.cap = (size_t)h->dense};
	s->rows = (size_t)h->rows;
	s->cols = (size_t)h->sparse;
	s->start_cap = s->cols + 2;
	s->row_cap = s->x_cap = cells;
	b->x.x = dense ? malloc(dense * sizeof *b->x.x) : NULL;
	s->start = malloc(s->start_cap * sizeof *s->start);
	s->row = cells ? malloc(cells * sizeof *s->row) : NULL;
	s->x = cells ? malloc(cells * sizeof *s->x) : NULL;
	if (s->start)
		s->start[s->cols] = cells;
	return (b->x.x || !dense) && s->start && (!cells || (s->row && s->x));
}

/* May the sizes be believed, given that of the file? */
static bool plausible(const struct head *h, const char *key, size_t rows, off_t size)
{
	return !memcmp(h->magic, magic, sizeof magic) && !memcmp(h->key, key, CACHE_KEY_LEN) &&
	       h->rows == rows && h->dense <= CACHE_ENTRY_MAX && h->sparse <= CACHE_ENTRY_MAX &&
	       h->cells <= CACHE_ENTRY_MAX && size >= 0 && (size_t)size <= CACHE_ENTRY_MAX &&
	       (!rows || h->dense <= CACHE_ENTRY_MAX / sizeof(float) / rows) &&
	       (size_t)size == sizeof *h + h->dense * h->rows * sizeof(float) +
				       (h->sparse + 1) * sizeof(size_t) +
				       h->cells * (sizeof(uint32_t) + sizeof(float));
}

/* Do the columns of a sparse matrix start where they can? */
static bool in_order(const struct sparse *s, size_t cells)
{
	bool ok = s->start[0] == 0 && s->start[s->cols] == cells;

	for (size_t j = 0; ok && j < s->cols; j++)
		ok = s->start[j] <= s->start[j + 1];
	for (size_t k = 0; ok && k < cells; k++)
		ok = s->row[k] < s->rows;
	return ok;
}

static bool read_entry(FILE *in, const char *key, size_t rows, struct block *b)
{
	struct stat st;
	struct head h;
	struct part part[PARTS];
	bool ok;

	if (fstat(fileno(in), &st) || fread(&h, sizeof h, 1, in) != 1 ||
	    !plausible(&h, key, rows, st.st_size))
		return false;
	if (!(ok = make_room(b, &h)))
		goto out;
	parts_of(b, part);
	for (size_t i = 0; ok && i < PARTS; i++)
		ok = !part[i].size || fread(part[i].p, part[i].size, 1, in) == 1;
	ok = ok && sum_of(part) == h.sum && in_order(&b->sparse, (size_t)h.cells);
	if (ok)
		b->sparse.start[b->sparse.cols + 1] = (size_t)h.cells;
out:
	if (!ok)
		block_release(b);
	return ok;
}

bool cache_get(struct cache *c, const char *key, size_t rows, struct block *b)
{
	char *path = path_of(c, key, "");
	FILE *in = path ? fopen(path, "rbe") : NULL;
	struct block read = {0};
	bool ok = in && read_entry(in, key, rows, &read);

	if (ok) {
		block_move(b, &read);
		futimens(fileno(in), NULL); /* used now */
	}
	if (in)
		fclose(in);
	free(path);
	return ok;
}

static bool write_entry(FILE *out, const char *key, const struct block *b)
{
	struct head h = {.rows = b->x.rows,
			 .dense = b->x.cols,
			 .sparse = b->sparse.cols,
			 .cells = b->sparse.start[b->sparse.cols]};
	struct part part[PARTS];
	bool ok;

	memcpy(h.magic, magic, sizeof magic);
	memcpy(h.key, key, CACHE_KEY_LEN);
	parts_of(b, part);
	h.sum = sum_of(part);
	ok = fwrite(&h, sizeof h, 1, out) == 1;
	for (size_t i = 0; ok && i < PARTS; i++)
		ok = !part[i].size || fwrite(part[i].p, part[i].size, 1, out) == 1;
	return ok && !fflush(out);
}

static size_t size_of(const struct block *b)
{
	struct part part[PARTS];
	size_t size = 0;

	parts_of(b, part);
	for (size_t i = 0; i < PARTS; i++)
		size += part[i].size;
	return size;
}

void cache_put(struct cache *c, const char *key, const struct block *b)
{
	char end[32], *temporary, *path;
	FILE *out = NULL;

	if (size_of(b) > CACHE_ENTRY_MAX - sizeof(struct head))
		return;
	snprintf(end, sizeof end, ".%ld", (long)getpid());
	temporary = path_of(c, key, end);
	path = path_of(c, key, "");
	mkdir(c->folder, 0700); /* it may well be there */
	if (temporary && path && (out = fopen(temporary, "wbe"))) {
		bool ok = write_entry(out, key, b);

		ok = !fclose(out) && ok;
		if (!ok || rename(temporary, path))
			unlink(temporary);
		c->changed = true;
	}
	free(path);
	free(temporary);
}

struct entry {
	char name[CACHE_KEY_LEN + 32];
	struct timespec used;
	size_t size;
};

static int by_use(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
	return (x->used.tv_nsec > y->used.tv_nsec) - (x->used.tv_nsec < y->used.tv_nsec);
}

/* The entries of the folder; temporary ones too, which a killed process leaves. */
static struct entry *list(DIR *dir, size_t *n)
{
	struct entry *all = NULL;
	size_t cap = 0;
	struct dirent *d;

	*n = 0;
	while ((d = readdir(dir))) {
		struct stat st;

		if (strlen(d->d_name) >= sizeof all->name ||
		    fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode))
			continue;
		if (*n == cap) {
			struct entry *more;

			cap = cap ? 2 * cap : 64;
			if (!(more = realloc(all, cap * sizeof *all)))
				break;
			all = more;
		}
		memcpy(all[*n].name, d->d_name, strlen(d->d_name) + 1);
		all[*n].used = st.st_mtim;
		all[(*n)++].size = (size_t)st.st_size;
	}
	return all;
}

/* Remove what was used least recently, to leave some room for the next. */
static void trim(const struct cache *c)
{
	DIR *dir = opendir(c->folder);
	struct entry *all;
	size_t n, total = 0;

	if (!dir)
		return;
	all = list(dir, &n);
	for (size_t i = 0; i < n; i++)
		total += all[i].size;
	if (total > c->bytes_max) {
		qsort(all, n, sizeof *all, by_use);
		for (size_t i = 0; i < n && total > c->bytes_max / 10 * 9; i++)
			if (!unlinkat(dirfd(dir), all[i].name, 0))
				total -= all[i].size;
	}
	free(all);
	closedir(dir);
}

void cache_close(struct cache *c)
{
	if (!c)
		return;
	if (c->changed)
		trim(c);
	free(c->folder);
	free(c);
}
