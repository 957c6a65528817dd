/*
 * ndjson: records in and out, one JSON object a line (protocol.md).
 *
 * A reader works on a file descriptor with its own buffer, so that a tool that
 * also waits for the network can poll the descriptor:
 *
 *	while (ndjson_next(&in, &rec, &e) == NDJSON_RECORD)   blocking
 *	ndjson_fill + ndjson_pop                              after poll
 *
 * Records must be objects in UTF-8 of at most NDJSON_MAX bytes; empty lines are
 * passed over.  A bad line is ERR_INPUT `NAME:LINE: WHY at byte N`; with
 * skip_bad it is handed to on_bad instead, counted, and reading goes on.
 *
 * Writers flush every record.
 */
#ifndef NDJSON_H
#define NDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "err/err.h"

#define NDJSON_MAX ((size_t)16 << 20)

enum ndjson_result {
	NDJSON_RECORD, /* *rec is a new tree, the caller's: cJSON_Delete */
	NDJSON_WAIT,   /* ndjson_pop only: no whole line in the buffer */
	NDJSON_END,
	NDJSON_ERROR, /* e is set */
};

struct ndjson_reader {
	int fd;
	const char *name; /* for messages, "<stdin>" or a path; borrowed */
	bool skip_bad;    /* report bad lines to on_bad and go on */
	void (*on_bad)(const struct err *e, void *ctx);
	void *ctx;
	int wake; /* -1, or a descriptor: when it can be read, ndjson_next waits no more
		   * and fails with ERR_STOPPED */

	/* Results, to be read by the caller. */
	size_t line;      /* number of the last line taken, from 1 */
	const char *text; /* its bytes without the newline, borrowed until the next call */
	size_t len;
	size_t bad; /* lines skipped */
	bool torn;  /* NDJSON_ERROR was an object that the line ends before the end of */

	/* Private. */
	char *buf;
	size_t start, end, cap, scanned;
	bool eof, dropping; /* dropping: up to the end of a line that is too long */
};

/* Start reading fd, which stays the caller's to close. */
void ndjson_init(struct ndjson_reader *r, int fd, const char *name);
void ndjson_release(struct ndjson_reader *r);

/* Next record; blocks. Never returns NDJSON_WAIT. */
enum ndjson_result ndjson_next(struct ndjson_reader *r, cJSON **rec, struct err *e);

/* The two halves of ndjson_next: one read(2) into the buffer (at end of file it
 * remembers that), and a record from the buffer without reading. An interrupted
 * or would-block read is no error. */
bool ndjson_fill(struct ndjson_reader *r, struct err *e);
enum ndjson_result ndjson_pop(struct ndjson_reader *r, cJSON **rec, struct err *e);

/* Call fn for every record; fn owns nothing (the record is deleted after it) and
 * may read r->text. Stops where fn returns false. */
typedef bool ndjson_fn(cJSON *rec, struct ndjson_reader *r, void *ctx, struct err *e);
bool ndjson_each(struct ndjson_reader *r, ndjson_fn *fn, void *ctx, struct err *e);

/*
 * The caller found the last record to be bad, and e says why: put `NAME:LINE: ` in
 * front and return false; or, with skip_bad, do with it what is done with a bad line,
 * clear e and return true.
 */
bool ndjson_refuse(struct ndjson_reader *r, struct err *e);

/* Write one record and a newline and flush. ERR_SYSTEM `write: REASON`. */
bool ndjson_put(FILE *out, const cJSON *rec, struct err *e);

/* Write the reader's last line as it stood, byte for byte. */
bool ndjson_pass(FILE *out, const struct ndjson_reader *r, struct err *e);

/* Flush and close; a write that failed earlier is reported here at the latest. */
bool ndjson_close(FILE *out, struct err *e);

#endif
