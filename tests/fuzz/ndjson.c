/*
 * ndjson: records from any bytes, whole and in pieces, with and without skip_bad.
 *
 * The first byte is the size of the pieces.
 *
 * Aims at lib/ndjson/read.c lib/ndjson/write.c.
 */
#include "fuzz.h"

#include "ndjson/ndjson.h"

struct reading {
	struct json_text records; /* one a line */
	size_t n, bad, lines;
	struct err e; /* of the first bad line */
};

static void on_bad(const struct err *e, void *ctx)
{
	struct reading *to = ctx;

	fuzz_failed(e);
	must(strncmp(e->text, "fuzz:", 5) == 0);
	if (to->bad++ == 0)
		to->e = *e;
}

static void keep(struct reading *to, const struct ndjson_reader *r, cJSON *rec)
{
	must(cJSON_IsObject(rec) && r->len <= NDJSON_MAX && !memchr(r->text, '\n', r->len));
	must(!r->torn);
	json_print(&to->records, rec);
	json_text_add(&to->records, "\n", 1);
	to->n++;
	cJSON_Delete(rec);
}

/* Write `step` bytes at a time, and take what there is in between. */
static void read_all(struct reading *to, const uint8_t *data, size_t size, size_t step)
{
	int fd[2];
	struct ndjson_reader r;
	enum ndjson_result got = NDJSON_WAIT;
	cJSON *rec;
	struct err e = {0};

	must(pipe2(fd, O_CLOEXEC) == 0);
	ndjson_init(&r, fd[0], "fuzz");
	r.skip_bad = true;
	r.on_bad = on_bad;
	r.ctx = to;
	while (got != NDJSON_END) {
		size_t n = size < step ? size : step;

		if (size > 0) {
			must(write(fd[1], data, n) == (ssize_t)n);
			data += n;
			size -= n;
		} else if (fd[1] >= 0) {
			close(fd[1]);
			fd[1] = -1;
		}
		must(ndjson_fill(&r, &e));
		while ((got = ndjson_pop(&r, &rec, &e)) == NDJSON_RECORD)
			keep(to, &r, rec);
		must(got == NDJSON_END || got == NDJSON_WAIT);
	}
	must(r.bad == to->bad);
	to->lines = r.line;
	ndjson_release(&r);
	close(fd[0]);
}

/* Reading stops at the first bad line, and says the same of it. */
static void stops(const struct reading *all, const char *path)
{
	struct ndjson_reader r;
	enum ndjson_result got;
	cJSON *rec;
	struct err e = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;

	ndjson_init(&r, fd, "fuzz");
	while ((got = ndjson_next(&r, &rec, &e)) == NDJSON_RECORD) {
		cJSON_Delete(rec);
		n++;
	}
	must(all->bad == 0 ? got == NDJSON_END && n == all->n
			   : got == NDJSON_ERROR && strcmp(e.text, all->e.text) == 0);
	ndjson_release(&r);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading whole = {0}, pieces = {0}, again = {0};
	size_t step;

	if (size < 1 || size > 60000) /* what a pipe holds */
		return 0;
	step = 1 + data[0];
	data++;
	size--;
	read_all(&whole, data, size, size + 1);
	read_all(&pieces, data, size, step);
	must(whole.n == pieces.n && whole.bad == pieces.bad && whole.lines == pieces.lines);
	must(whole.records.len == pieces.records.len &&
	     (whole.n == 0 ||
	      memcmp(whole.records.s, pieces.records.s, whole.records.len) == 0));
	stops(&whole, fuzz_file("records", data, size));
	if (whole.records.len < 60000)
		read_all(&again, (const uint8_t *)whole.records.s, whole.records.len,
			 whole.records.len + 1);
	must(again.bad == 0 && (!again.n || again.n == whole.n));
	must(!again.n || strcmp(again.records.s, whole.records.s) == 0);
	json_text_release(&whole.records);
	json_text_release(&pieces.records);
	json_text_release(&again.records);
	return 0;
}
