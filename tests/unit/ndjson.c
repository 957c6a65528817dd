/* ndjson: lines, errors, limits. */
#include "ndjson/ndjson.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "json/json.h"
#include "tap.h"

/* A file that holds text, positioned at its start. */
static int file_of(const char *text, size_t len)
{
	FILE *f = tmpfile();
	int fd = dup(fileno(f));

	if (write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		perror("file_of");
	fclose(f);
	return fd;
}

static void good_lines(void)
{
	static const char text[] = "{\"a\":1}\n\n  \r\n{\"a\":2}\r\n{\"a\":3}";
	struct ndjson_reader r;
	struct err e = {0};
	cJSON *rec;
	int fd = file_of(text, strlen(text)), sum = 0, n = 0;

	ndjson_init(&r, fd, "in");
	for (; ndjson_next(&r, &rec, &e) == NDJSON_RECORD; n++) {
		sum = sum * 10 + (int)json_num(rec, "a", 0);
		cJSON_Delete(rec);
	}
	ok(n == 3 && sum == 123 && !e.kind,
	   "empty lines and CRLF are passed over, the last line needs no newline");
	ok(r.line == 5, "lines are counted as an editor counts them");
	ndjson_release(&r);
	close(fd);
}

/* The other end of a socket writes a second late; a loop that does not wait would use
 * all of that second. */
static void late_writer(void)
{
	int fd[2];
	struct ndjson_reader r;
	struct err e = {0};
	cJSON *rec;
	clock_t used;

	ok(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == 0,
	   "a non-blocking socket");
	if (fork() == 0) {
		sleep(1);
		_exit(write(fd[1], "{\"a\":1}\n", 8) != 8);
	}
	close(fd[1]);
	ndjson_init(&r, fd[0], "in");
	used = clock();
	ok(ndjson_next(&r, &rec, &e) == NDJSON_RECORD, "a record is waited for");
	ok(clock() - used < CLOCKS_PER_SEC / 4, "... without work");
	cJSON_Delete(rec);
	ok(ndjson_next(&r, &rec, &e) == NDJSON_END, "the end of the other side is the end");
	ndjson_release(&r);
	close(fd[0]);
	wait(NULL);
}

static void note_bad(const struct err *e, void *ctx)
{
	snprintf(ctx, ERR_TEXT_MAX, "%s", e->text);
}

static void bad_lines(void)
{
	static const char text[] = "{\"a\":1}\n[1]\n{\"a\":2}\n{\"a\":";
	struct ndjson_reader r;
	struct err e = {0};
	cJSON *rec;
	char said[ERR_TEXT_MAX] = "";
	int fd = file_of(text, strlen(text)), n = 0;

	ndjson_init(&r, fd, "in");
	ok(ndjson_next(&r, &rec, &e) == NDJSON_RECORD,
	   "a good line before a bad one is delivered");
	cJSON_Delete(rec);
	ok(ndjson_next(&r, &rec, &e) == NDJSON_ERROR && e.kind == ERR_INPUT && !rec,
	   "an array is refused");
	is_str(e.text, "in:2: not a JSON object at byte 1", "... with name, line and byte");
	ndjson_release(&r);

	lseek(fd, 0, SEEK_SET);
	ndjson_init(&r, fd, "in");
	r.skip_bad = true;
	r.on_bad = note_bad;
	r.ctx = said;
	for (; ndjson_next(&r, &rec, &e) == NDJSON_RECORD; n++)
		cJSON_Delete(rec);
	ok(n == 2 && r.bad == 2, "skip_bad delivers the others and counts the bad");
	is_str(said, "in:4: not JSON at byte 5", "... and reports each");
	ndjson_release(&r);
	close(fd);
}

static void torn_line(void)
{
	static const char *const texts[] = {
		"{\"a\":1,\"b",  "{\"a\":1}\n{\"a\":tr", "{\"a\":\"\xf0\x9f\x98",
		"{\"a\":\"\xc3", "{\"a\":x}\n",          "{\"a\":\"\xc3\"}",
		"{\"a\":\"\xff",
	};
	struct err e = {0};
	struct ndjson_reader r;
	cJSON *rec;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		int fd = file_of(texts[i], strlen(texts[i]));

		ndjson_init(&r, fd, "in");
		while (ndjson_next(&r, &rec, &e) == NDJSON_RECORD)
			cJSON_Delete(rec);
		ok(r.torn == (i < 4), "case %zu is %storn", i, i < 4 ? "" : "not ");
		ndjson_release(&r);
		close(fd);
	}
}

/* A line longer than any buffer on its way: what is behind it is the next line. */
static void long_line(void)
{
	static const char end[] = "{\"a\":1}\n{\"a\":2}\n";
	size_t len = 3 * NDJSON_MAX;
	char *text = malloc(len), said[ERR_TEXT_MAX] = "";
	struct ndjson_reader r;
	struct err e = {0};
	cJSON *rec;
	int fd;

	memset(text, 'x', len);
	memcpy(text + len - strlen(end), end, strlen(end));
	fd = file_of(text, len);
	ndjson_init(&r, fd, "in");
	ok(ndjson_next(&r, &rec, &e) == NDJSON_ERROR && e.kind == ERR_INPUT,
	   "a line above 16 MiB is refused");
	is_str(e.text, "in:1: longer than 16777216 bytes", "... by its length");
	ndjson_release(&r);

	lseek(fd, 0, SEEK_SET);
	e = (struct err){0};
	ndjson_init(&r, fd, "in");
	r.skip_bad = true;
	r.on_bad = note_bad;
	r.ctx = said;
	ok(ndjson_next(&r, &rec, &e) == NDJSON_RECORD && json_num(rec, "a", 0) == 2 &&
		   r.line == 2 && r.bad == 1,
	   "skip_bad passes over all of it, its end included");
	cJSON_Delete(rec);
	ok(ndjson_next(&r, &rec, &e) == NDJSON_END, "... and nothing else");
	ndjson_release(&r);
	close(fd);
	free(text);
}

static void nul_line(void)
{
	struct ndjson_reader r;
	struct err e = {0};
	cJSON *rec;
	int fd = file_of("\0\0\n", 3);

	ndjson_init(&r, fd, "in");
	ok(ndjson_next(&r, &rec, &e) == NDJSON_ERROR, "a line of NULs is not an empty one");
	is_str(e.text, "in:1: a NUL byte at byte 1", "... and is told as what it is");
	ndjson_release(&r);
	close(fd);
}

int main(void)
{
	good_lines();
	late_writer();
	bad_lines();
	torn_line();
	long_line();
	nul_line();
	return tap_end();
}
