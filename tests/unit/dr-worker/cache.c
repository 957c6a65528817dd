/* What is put comes back bit for bit; what is damaged, foreign or too much does not. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../tap.h"
#include "cache/cache.h"

enum { ROWS = 50 };

static char dir[] = "/tmp/cache.XXXXXX";
static const char key[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static void make(struct block *b, size_t dense, size_t sparse)
{
	struct err e = {0};

	if (!block_init(b, ROWS, &e))
		return;
	for (size_t j = 0; j < dense; j++) {
		float *x = matrix_add(&b->x, &e);

		for (size_t i = 0; i < ROWS; i++)
			x[i] = (float)(i * j) / 7;
	}
	for (size_t j = 0; j < sparse; j++) {
		for (size_t i = j; i < ROWS; i += 3)
			sparse_put(&b->sparse, i, (double)i / 3, &e);
		sparse_end_column(&b->sparse, &e);
	}
}

static bool equal(const struct block *a, const struct block *b)
{
	const struct sparse *s = &a->sparse, *t = &b->sparse;
	size_t cells = s->start[s->cols];

	return a->x.cols == b->x.cols && a->x.rows == b->x.rows && s->cols == t->cols &&
	       (!a->x.cols ||
		!memcmp(a->x.x, b->x.x, a->x.cols * a->x.rows * sizeof *a->x.x)) &&
	       !memcmp(s->start, t->start, (s->cols + 2) * sizeof *s->start) &&
	       (!cells || (!memcmp(s->row, t->row, cells * sizeof *s->row) &&
			   !memcmp(s->x, t->x, cells * sizeof *s->x)));
}

static void round_trip(size_t dense, size_t sparse)
{
	struct cache *c = cache_open(dir, CACHE_BYTES_MAX);
	struct block b = {0}, got = {0};
	struct err e = {0};

	make(&b, dense, sparse);
	cache_put(c, key, &b);
	ok(cache_get(c, key, ROWS, &got) && equal(&b, &got),
	   "%zu dense and %zu sparse columns come back", dense, sparse);
	ok(matrix_add(&got.x, &e) && sparse_put(&got.sparse, 1, 2, &e) &&
		   sparse_end_column(&got.sparse, &e) && got.sparse.cols == sparse + 1,
	   "and can grow");
	ok(!cache_get(c, key, ROWS + 1, &got), "not for another number of rows");
	block_release(&got);
	block_release(&b);
	cache_close(c);
}

/* Every byte in turn is another. */
static void test_damage(void)
{
	struct cache *c = cache_open(dir, CACHE_BYTES_MAX);
	struct block b = {0}, got = {0};
	char path[200], byte;
	size_t believed = 0;
	struct stat st;
	int fd;

	make(&b, 2, 2);
	cache_put(c, key, &b);
	snprintf(path, sizeof path, "%s/cache/%s", dir, key);
	fd = open(path, O_RDWR);
	fstat(fd, &st);
	for (off_t i = 0; i < st.st_size; i++) {
		if (pread(fd, &byte, 1, i) != 1)
			break;
		byte ^= 1;
		if (pwrite(fd, &byte, 1, i) != 1)
			break;
		believed += cache_get(c, key, ROWS, &got);
		byte ^= 1;
		if (pwrite(fd, &byte, 1, i) != 1)
			break;
	}
	ok(!believed && st.st_size > 0, "a changed bit is noticed wherever it is");
	ok(cache_get(c, key, ROWS, &got), "and the entry is good without");
	ok(!ftruncate(fd, st.st_size - 1) && !cache_get(c, key, ROWS, &got),
	   "half an entry is none");
	close(fd);
	block_release(&got);
	block_release(&b);
	cache_close(c);
}

/* Room for three entries or so: the one not used for longest goes. */
static void test_bound(void)
{
	struct cache *c = cache_open(dir, CACHE_BYTES_MAX);
	struct block b = {0}, got = {0};
	char name[4][CACHE_KEY_LEN + 1];

	make(&b, 10, 0);
	for (size_t i = 0; i < 4; i++) {
		memcpy(name[i], key, sizeof key);
		name[i][0] = (char)('a' + i);
		cache_put(c, name[i], &b);
		usleep(20 * 1000); /* times of files are as coarse as the kernel's tick */
	}
	ok(cache_get(c, name[0], ROWS, &got), "the oldest is used again");
	cache_close(c);
	c = cache_open(dir, 3 * (10 * ROWS * sizeof(float) + 200));
	usleep(20 * 1000);
	cache_put(c, name[3], &b);
	cache_close(c);
	c = cache_open(dir, CACHE_BYTES_MAX);
	ok(cache_get(c, name[0], ROWS, &got) && cache_get(c, name[3], ROWS, &got),
	   "what was used stays");
	ok(!cache_get(c, name[1], ROWS, &got), "what was not used for longest is gone");
	block_release(&got);
	block_release(&b);
	cache_close(c);
}

static void test_nowhere(void)
{
	struct cache *c = cache_open("/dev/null", CACHE_BYTES_MAX);
	struct block b = {0}, got = {0};

	make(&b, 1, 1);
	cache_put(c, key, &b);
	ok(!cache_get(c, key, ROWS, &got), "where nothing can be written nothing is there");
	block_release(&b);
	cache_close(c);
}

int main(void)
{
	char command[200];

	if (!mkdtemp(dir))
		return 1;
	round_trip(3, 4);
	round_trip(1, 0);
	round_trip(0, 2);
	round_trip(0, 0);
	test_damage();
	test_bound();
	test_nowhere();
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return tap_end() | (system(command) != 0);
}
