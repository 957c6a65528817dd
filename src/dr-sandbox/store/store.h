/*
 * store: what the service knows, in one SQLite database (WAL mode).
 *
 * One connection, one lock.  Whoever uses the store holds it from store_begin
 * to store_end, which is one transaction: the request handlers and the job
 * supervisor never see each other's half-done work.
 *
 * Failures of the database (a full disk, a damaged file) are rare and always
 * end the transaction, so they are remembered rather than returned: after the
 * first one, every call is a no-op, store_end rolls back and reports it.
 * Callers check what they look for, not every statement.
 *
 * Statements are prepared once per SQL text and found again by its address, so
 * the text must be a string literal, and a query must not run inside a loop
 * over itself.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>

#include <cjson/cJSON.h>
#include <sqlite3.h>

#include "err/err.h"

struct store;

#define STORE_ID_LEN 24

/* Open or create the database. NULL: ERR_SYSTEM, ERR_INPUT where the file was
 * written by a newer version. */
struct store *store_open(const char *path, struct err *e);
void store_close(struct store *s);

/* Take the lock and begin; end (commit where `keep`) and give it back. False:
 * nothing was kept and e says why. */
void store_begin(struct store *s);
bool store_end(struct store *s, bool keep, struct err *e);

/*
 * Bind and start a statement.  `types` has a letter for each parameter: s text
 * (NULL is null), i long long, d double (not finite is null), j a const cJSON *
 * printed as text (NULL is null).  Step through rows with store_next; columns
 * are read with the functions below and borrowed until the next step.
 */
sqlite3_stmt *store_query(struct store *s, const char *sql, const char *types, ...);
bool store_next(struct store *s, sqlite3_stmt *q);

/* A statement without rows. Returns how many rows it changed. */
int store_run(struct store *s, const char *sql, const char *types, ...);
long long store_last_id(struct store *s);

/* Whether anything failed since store_begin. */
bool store_failed(const struct store *s);

const char *store_text(sqlite3_stmt *q, int column); /* NULL where null */
long long store_int(sqlite3_stmt *q, int column);
double store_real(sqlite3_stmt *q, int column); /* NAN where null */
cJSON *store_json(sqlite3_stmt *q, int column); /* a new tree, or NULL where null */

/* A new object id: 8 hex digits of the time and 16 of chance. */
void store_new_id(char id[STORE_ID_LEN + 1]);

/* Now as 2024-05-01T10:00:00.000000Z, and as seconds since the epoch. */
#define STORE_TIME_LEN 27
void store_now(char out[STORE_TIME_LEN + 1]);
double store_clock(void);

#endif
