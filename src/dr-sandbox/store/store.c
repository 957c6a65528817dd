#include "store/store.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "json/json.h"
#include "store/schema.h"

/* More than there are SQL texts in the program, so that look-ups stay short. */
#define SLOTS 256

struct store {
	sqlite3 *db;
	pthread_mutex_t lock;
	bool failed;
	struct err why;
	struct {
		const char *sql;
		sqlite3_stmt *q;
	} slot[SLOTS];
};

static void fail(struct store *s)
{
	if (s->failed)
		return;
	s->failed = true;
	err_set(&s->why, ERR_SYSTEM, "database: %s", sqlite3_errmsg(s->db));
}

static bool exec(struct store *s, const char *sql)
{
	if (!s->failed && sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail(s);
	return !s->failed;
}

/* Bring the database from its version to ours, a step at a time. */
static bool update(struct store *s, struct err *e)
{
	sqlite3_stmt *q = store_query(s, "PRAGMA user_version", "");
	long long version = store_next(s, q) ? store_int(q, 0) : -1, ours = 0;

	sqlite3_reset(q);
	while (schema_steps[ours])
		ours++;
	if (version > ours)
		return err_set(e, ERR_INPUT, "written by a newer dr-sandbox (version %lld)",
			       version);
	for (; version >= 0 && version < ours && !s->failed; version++) {
		char stamp[64];

		snprintf(stamp, sizeof(stamp), "PRAGMA user_version = %lld", version + 1);
		exec(s, "BEGIN IMMEDIATE");
		exec(s, schema_steps[version]);
		exec(s, stamp);
		exec(s, "COMMIT");
	}
	if (s->failed)
		*e = s->why;
	return !s->failed;
}

struct store *store_open(const char *path, struct err *e)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s) {
		err_nomem(e);
		return NULL;
	}
	pthread_mutex_init(&s->lock, NULL);
	/* The store has its own lock; SQLite's would only be taken twice. */
	if (sqlite3_open_v2(path, &s->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK) {
		err_set(e, ERR_SYSTEM, "%s: %s", path,
			s->db ? sqlite3_errmsg(s->db) : "out of memory");
		goto fail;
	}
	sqlite3_busy_timeout(s->db, 2000); /* somebody looks at the file with other tools */
	/* NORMAL: a power failure may lose the last commits, and a lost job is
	 * only run again. */
	exec(s, "PRAGMA journal_mode = WAL");
	exec(s, "PRAGMA synchronous = NORMAL");
	exec(s, "PRAGMA foreign_keys = ON");
	exec(s, "PRAGMA trusted_schema = OFF");
	if (!update(s, e)) {
		err_prefix(e, "%s", path);
		goto fail;
	}
	return s;
fail:
	store_close(s);
	return NULL;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		sqlite3_finalize(s->slot[i].q);
	sqlite3_close(s->db);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void store_begin(struct store *s)
{
	pthread_mutex_lock(&s->lock);
	s->failed = false;
	exec(s, "BEGIN");
}

bool store_end(struct store *s, bool keep, struct err *e)
{
	bool ok;

	/* A query that was left in the middle would hold its snapshot. */
	for (size_t i = 0; i < SLOTS; i++)
		if (s->slot[i].q && sqlite3_stmt_busy(s->slot[i].q))
			sqlite3_reset(s->slot[i].q);
	if (keep)
		exec(s, "COMMIT");
	ok = !s->failed;
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	if (!ok)
		*e = s->why;
	pthread_mutex_unlock(&s->lock);
	return ok;
}

static sqlite3_stmt *prepare(struct store *s, const char *sql)
{
	size_t i = (uintptr_t)sql / 8 % SLOTS;
	sqlite3_stmt *q;

	for (size_t n = 0; n < SLOTS; n++, i = (i + 1) % SLOTS) {
		if (s->slot[i].sql == sql) {
			sqlite3_reset(s->slot[i].q);
			return s->slot[i].q;
		}
		if (s->slot[i].sql)
			continue;
		if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q, NULL) !=
		    SQLITE_OK)
			return NULL;
		s->slot[i].sql = sql;
		s->slot[i].q = q;
		return q;
	}
	return NULL;
}

static bool bind(sqlite3_stmt *q, const char *types, va_list ap)
{
	for (int i = 1; *types; types++, i++) {
		int rc = SQLITE_MISUSE;

		if (*types == 's') {
			rc = sqlite3_bind_text(q, i, va_arg(ap, const char *), -1,
					       SQLITE_TRANSIENT);
		} else if (*types == 'i') {
			rc = sqlite3_bind_int64(q, i, va_arg(ap, long long));
		} else if (*types == 'd') {
			double d = va_arg(ap, double);

			rc = isfinite(d) ? sqlite3_bind_double(q, i, d)
					 : sqlite3_bind_null(q, i);
		} else if (*types == 'j') {
			const cJSON *v = va_arg(ap, const cJSON *);
			char *text = v ? json_string(v) : NULL;

			rc = v && !text ? SQLITE_NOMEM
					: sqlite3_bind_text(q, i, text, -1, free);
		}
		if (rc != SQLITE_OK)
			return false;
	}
	return true;
}

static sqlite3_stmt *start(struct store *s, const char *sql, const char *types, va_list ap)
{
	sqlite3_stmt *q;

	if (s->failed)
		return NULL;
	q = prepare(s, sql);
	if (!q || !bind(q, types, ap)) {
		fail(s);
		return NULL;
	}
	return q;
}

sqlite3_stmt *store_query(struct store *s, const char *sql, const char *types, ...)
{
	sqlite3_stmt *q;
	va_list ap;

	va_start(ap, types);
	q = start(s, sql, types, ap);
	va_end(ap);
	return q;
}

bool store_next(struct store *s, sqlite3_stmt *q)
{
	int rc;

	if (!q || s->failed)
		return false;
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		fail(s);
	sqlite3_reset(q);
	return false;
}

int store_run(struct store *s, const char *sql, const char *types, ...)
{
	sqlite3_stmt *q;
	va_list ap;

	va_start(ap, types);
	q = start(s, sql, types, ap);
	va_end(ap);
	while (store_next(s, q))
		;
	return s->failed ? 0 : sqlite3_changes(s->db);
}

long long store_last_id(struct store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}

bool store_failed(const struct store *s)
{
	return s->failed;
}

const char *store_text(sqlite3_stmt *q, int column)
{
	return (const char *)sqlite3_column_text(q, column);
}

long long store_int(sqlite3_stmt *q, int column)
{
	return sqlite3_column_int64(q, column);
}

double store_real(sqlite3_stmt *q, int column)
{
	if (sqlite3_column_type(q, column) == SQLITE_NULL)
		return NAN;
	return sqlite3_column_double(q, column);
}

cJSON *store_json(sqlite3_stmt *q, int column)
{
	const char *text = store_text(q, column);
	struct err e = {0};

	return text ? json_parse(text, (size_t)sqlite3_column_bytes(q, column), NULL, &e)
		    : NULL;
}

void store_new_id(char id[STORE_ID_LEN + 1])
{
	uint64_t chance = 0;

	while (getrandom(&chance, sizeof(chance), 0) < 0 && errno == EINTR)
		;
	snprintf(id, STORE_ID_LEN + 1, "%08lx%016llx", (unsigned long)time(NULL) & 0xffffffffUL,
		 (unsigned long long)chance);
}

double store_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void store_now(char out[STORE_TIME_LEN + 1])
{
	struct timespec t;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	n = strftime(out, STORE_TIME_LEN + 1, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, STORE_TIME_LEN + 1 - n, ".%06ldZ", t.tv_nsec / 1000);
}
