/* A queue that could not be read, since somebody else held the database, is looked at again. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include "../tap.h"
#include "home/home.h"
#include "jobs/jobs.h"
#include "store/store.h"

static atomic_int warnings;

static void warned(const char *text)
{
	atomic_fetch_add(&warnings, 1);
	printf("# %s\n", text);
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000},
		  NULL);
}

static bool put_job(struct store *s)
{
	struct err e = {0};

	store_begin(s);
	store_run(
		s,
		"INSERT INTO project (id, name, created, stage) VALUES ('p', 'n', 'c', 'aim')",
		"");
	store_run(s,
		  "INSERT INTO job (project, kind, status, spec) VALUES ('p', 'fit', 'queue', "
		  "'{}')",
		  "");
	return store_end(s, true, &e);
}

/* Whether the job has left the queue, by the other connection: the store may be waiting. */
static bool is_taken(sqlite3 *other)
{
	sqlite3_stmt *q = NULL;
	bool taken = sqlite3_prepare_v2(other, "SELECT 1 FROM job WHERE status <> 'queue'", -1,
					&q, NULL) == SQLITE_OK &&
		     sqlite3_step(q) == SQLITE_ROW;

	sqlite3_finalize(q);
	return taken;
}

static bool wait_for(bool yes(sqlite3 *), sqlite3 *other)
{
	for (int i = 0; i < 200 && !yes(other); i++)
		pause_ms(50);
	return yes(other);
}

static bool has_warned(sqlite3 *other)
{
	(void)other;
	return atomic_load(&warnings) > 0;
}

int main(void)
{
	char dir[] = "/tmp/jobs-test.XXXXXX", database[64];
	struct jobs_config c = {.worker = "/bin/false",
				.projects = dir,
				.places = 1,
				.time_limit_s = 10,
				.memory_mb = 256,
				.warn = warned};
	struct err e = {0};
	struct jobs *j = NULL;
	struct store *s;
	sqlite3 *other = NULL;

	if (!mkdtemp(dir))
		return 1;
	snprintf(database, sizeof(database), "%s/db", dir);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	s = store_open(database, &e);
	if (s)
		j = jobs_start(&c, s, &e);
	ok(s && j, "the jobs are started");
	pause_ms(500); /* its first look finds nothing */
	ok(j && put_job(s) && sqlite3_open(database, &other) == SQLITE_OK &&
		   sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK,
	   "somebody else holds the database");
	if (j)
		jobs_wake(j);
	ok(wait_for(has_warned, other) && !is_taken(other), "the job cannot be taken");
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	ok(wait_for(is_taken, other), "and is, without another wake, once it can");
	jobs_stop(j);
	sqlite3_close(other);
	store_close(s);
	curl_global_cleanup();
	home_remove_tree(dir, &e);
	return tap_end();
}
