/*
 * worker: one run of a program, mostly of dr-worker: a job line to its standard input,
 * one result line from its standard output.
 *
 * The child leads a process group of its own, dies with the thread that started
 * it, runs on one thread, within limits, with an environment that is made for it
 * and no descriptor but its three pipes.  It is a process of its own and not a
 * thread because libraries that use OpenMP hang after a fork, abort on their own
 * accord, and print where they like.
 */
#ifndef WORKER_H
#define WORKER_H

#include <stdbool.h>
#include <sys/types.h>

#include <cjson/cJSON.h>

#include "err/err.h"
#include "json/json.h"

#define WORKER_TAIL_MAX 1024
#define WORKER_ANSWER_MAX ((size_t)64 << 20)

struct worker_limits {
	long memory_mb;
	long cpu_s;
	size_t answer_max; /* bytes; more than these are read and thrown away */
};

struct worker {
	pid_t pid;
	long memory_mb;
	int pidfd, in, out, err; /* -1 where closed */
	char *line;              /* what it has to be told */
	size_t sent, len;
	size_t answer_max;
	struct json_text answer;    /* failed: it was longer, or memory was out */
	char tail[WORKER_TAIL_MAX]; /* the end of what it said on standard error */
	size_t tail_len;
	bool ended;
	int code, status; /* si_code and si_status of waitid(2), once ended */
};

/* One that has not been started; what worker_release leaves. */
#define WORKER_NONE ((struct worker){.pidfd = -1, .in = -1, .out = -1, .err = -1})

/* Start it: argv ends with NULL and begins with the program's absolute path. Takes line
 * over, also on failure. */
bool worker_start(struct worker *w, const char *const *argv, char *line,
		  const struct worker_limits *limits, struct err *e);

/* Move bytes without waiting; notice the end. */
void worker_pump(struct worker *w);

/* Send a signal to the whole group; nothing where it has ended or was never started. */
void worker_signal(const struct worker *w, int signal);

/*
 * What came of it, once it has ended: the result (the caller's), or NULL with
 * why, a sentence, and whether a signal ended it that we did not send.
 */
cJSON *worker_result(const struct worker *w, char *why, size_t size, bool *crashed);

/* Frees what it holds; a child that still runs is killed and waited for. */
void worker_release(struct worker *w);

#endif
