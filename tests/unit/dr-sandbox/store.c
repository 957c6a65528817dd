/* A database of an earlier version is brought up to date, and keeps what it holds. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../tap.h"
#include "store/schema.h"
#include "store/store.h"

static char path[] = "/tmp/store-test.XXXXXX";

static bool run(const char *sql)
{
	sqlite3 *db;
	bool good = sqlite3_open(path, &db) == SQLITE_OK &&
		    sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;

	sqlite3_close(db);
	return good;
}

static long long number(struct store *s, const char *sql)
{
	sqlite3_stmt *q;
	struct err e = {0};
	long long n;

	store_begin(s);
	q = store_query(s, sql, "");
	n = store_next(s, q) ? store_int(q, 0) : -1;
	store_end(s, false, &e);
	return n;
}

int main(void)
{
	int fd = mkstemp(path), versions = 0;
	struct err e = {0};
	struct store *s;
	char extra[sizeof(path) + 8];

	if (fd < 0)
		return 1;
	close(fd);
	while (schema_steps[versions])
		versions++;
	ok(run(schema_steps[0]) && run("PRAGMA user_version = 1") &&
		   run("INSERT INTO project (id, name, created, stage) VALUES ('p', 'n', 'c', "
		       "'aim')"),
	   "a database of the first version");
	s = store_open(path, &e);
	ok(s, "is opened");
	if (s) {
		ok(number(s, "PRAGMA user_version") == versions, "it is of the newest version");
		ok(number(s, "SELECT count(*) FROM project WHERE id = 'p'") == 1,
		   "what it held is there");
		ok(number(s, "SELECT count(*) FROM prediction") == 0, "with the newer tables");
	}
	store_close(s);
	s = store_open(path, &e);
	ok(s, "it is opened again");
	store_close(s);
	ok(run("PRAGMA user_version = 9999") && !store_open(path, &e) && e.kind == ERR_INPUT,
	   "one of a newer program is refused");
	snprintf(extra, sizeof(extra), "%s-wal", path);
	unlink(extra);
	snprintf(extra, sizeof(extra), "%s-shm", path);
	unlink(extra);
	unlink(path);
	return tap_end();
}
