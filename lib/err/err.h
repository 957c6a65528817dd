/*
 * err: how a function of lib says that it failed.
 *
 * A function that can fail takes `struct err *` last and returns false or NULL.
 * It sets the error once; whoever knows more puts it in front with err_prefix
 * on the way up; the tool prints it (cli_die) and exits with the status that
 * belongs to its kind.  The caller starts with `struct err e = {0};`.
 *
 * Text: one line, no capital, no full stop, what went wrong first, user words
 * in single quotes.  A text is always UTF-8: foreign bytes that are not become '?', and
 * one that is too long is cut at ERR_TEXT_MAX bytes, never inside a sequence.
 */
#ifndef ERR_H
#define ERR_H

#include <stdbool.h>

#define ERR_TEXT_MAX 1024

/* The kinds are those a script can act on: protocol.md, "Exit status". */
enum err_kind {
	ERR_NONE = 0,
	ERR_USAGE,       /* 2: the command line is wrong */
	ERR_INPUT,       /* 3: the data is wrong */
	ERR_REFUSED,     /* 4: the server refused; do not repeat unchanged */
	ERR_UNAVAILABLE, /* 5: the server is not available after all retries */
	ERR_SYSTEM,      /* 6: memory, disk, a closed output */
	ERR_LIMIT,       /* 7: a limit the user set was reached */
	ERR_EXHAUSTED,   /* 8: nothing left to propose */
	ERR_STOPPED,     /* a signal asked the process to end, and it dies by it: stop.h */
};

struct err {
	enum err_kind kind;
	char text[ERR_TEXT_MAX];
};

/* Set kind and text.  Always returns false, so that a failing line reads
 * `return err_set(e, ERR_INPUT, ...)`. */
bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* ERR_SYSTEM with `what: strerror(errno)`.  Always returns false. */
bool err_errno(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same for a path that cannot be opened: ERR_INPUT where errno speaks of the path,
 * else ERR_SYSTEM. */
bool err_path(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Whether this errno speaks of a path: there is no such file, it is a folder, it may not be
 * read. */
bool err_is_path(int why);

/* ERR_SYSTEM with `out of memory`.  Always returns false. */
bool err_nomem(struct err *e);

/* Put `text: ` in front of an error that is set.  Always returns false. */
bool err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The exit status of protocol.md for a kind; 0 for ERR_NONE. */
int err_status(enum err_kind kind);

#endif
