/*
 * fuzz: what the fuzz targets share.
 *
 * A target is a function of some bytes, LLVMFuzzerTestOneInput, which libFuzzer calls with
 * all it can think of.  It fails where a sanitizer sees something, where it takes too long
 * or too much memory, and where a `must` does not hold.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err/err.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What holds for every input. */
#define must(what)                                                                             \
	do {                                                                                   \
		if (!(what)) {                                                                 \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #what);   \
			abort();                                                               \
		}                                                                              \
	} while (0)

/* The next line of the input without its newline, NUL behind it; freed by the caller.  NULL
 * at the end. */
__attribute__((unused)) static char *fuzz_line(const uint8_t **data, size_t *size)
{
	const uint8_t *nl = *size ? memchr(*data, '\n', *size) : NULL;
	size_t len = nl ? (size_t)(nl - *data) : *size;
	char *line = *size ? malloc(len + 1) : NULL;

	if (!line)
		return NULL;
	memcpy(line, *data, len);
	line[len] = '\0';
	*data += len + (nl != NULL);
	*size -= len + (nl != NULL);
	return line;
}

/* All that is left, as text that ends with a NUL and nothing behind it; freed by the caller. */
__attribute__((unused)) static char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	must(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* A folder of this process, in memory or where $DRTUNE_FUZZ_TMP says (what aborts leaves it
 * behind), with what is in it: deleted at the end. */
static char fuzz_folder[64];

__attribute__((unused)) static void fuzz_clear(void)
{
	char command[sizeof(fuzz_folder) + 16];

	snprintf(command, sizeof(command), "rm -rf %s", fuzz_folder);
	(void)!system(command);
}

__attribute__((unused)) static const char *fuzz_dir(void)
{
	const char *in = getenv("DRTUNE_FUZZ_TMP");

	if (!*fuzz_folder) {
		if (!in)
			in = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
		must(snprintf(fuzz_folder, sizeof(fuzz_folder), "%s/drtune-fuzz.XXXXXX", in) <
		     (int)sizeof(fuzz_folder));
		must(mkdtemp(fuzz_folder));
		atexit(fuzz_clear);
	}
	return fuzz_folder;
}

/* Put the bytes into the file of this name there, and give its path, borrowed until the next
 * call. */
__attribute__((unused)) static const char *fuzz_file(const char *name, const void *data,
						     size_t size)
{
	static char path[sizeof(fuzz_folder) + 32];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", fuzz_dir(), name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
	return path;
}

/* The rules of err.h for a function that has failed. */
__attribute__((unused)) static void fuzz_failed(const struct err *e)
{
	size_t n = strlen(e->text);

	must(e->kind != ERR_NONE && n > 0);
	must(json_utf8_prefix(e->text, n) == n);
}

/* The same value again, from its text. */
__attribute__((unused)) static void fuzz_round_trip(const cJSON *v)
{
	struct err e = {0};
	char *text = json_string(v), *again;
	cJSON *back;

	must(text);
	back = json_parse(text, strlen(text), NULL, &e);
	must(back);
	again = json_string(back);
	must(again && strcmp(text, again) == 0);
	free(again);
	free(text);
	cJSON_Delete(back);
}

#endif
