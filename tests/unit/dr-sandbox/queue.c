/* A job that a client has cancelled stays so, whatever its worker brings. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jobs/queue.h"
#include "jobs/result.h"
#include "jobs/worker.h"
#include "../tap.h"

static char path[] = "/tmp/queue-test.XXXXXX";
static struct store *store;
static volatile sig_atomic_t hit;

static void note(int signal)
{
	(void)signal;
	hit = 1;
}

static void status_is(long long id, const char *want, const char *what)
{
	struct err e = {0};
	sqlite3_stmt *q;

	store_begin(store);
	q = store_query(store, "SELECT status FROM job WHERE id = ?", "i", id);
	is_str(store_next(store, q) ? store_text(q, 0) : "(none)", want, what);
	store_end(store, true, &e);
}

/* A job with predictions to make, being worked on. */
static long long put_job(void)
{
	struct err e = {0};
	long long id;

	store_begin(store);
	store_run(store,
		  "INSERT INTO job (project, kind, status, spec)"
		  " VALUES ('p', 'predict', 'inprogress', '{}')",
		  "");
	id = store_last_id(store);
	store_run(store,
		  "INSERT INTO prediction (id, project, model, job) VALUES (?, 'p', 'm', ?)",
		  "ii", id, id);
	store_end(store, true, &e);
	return id;
}

static bool has_prediction(long long job)
{
	struct err e = {0};
	sqlite3_stmt *q;
	bool there;

	store_begin(store);
	q = store_query(store, "SELECT 1 FROM prediction WHERE job = ?", "i", job);
	there = store_next(store, q);
	store_end(store, true, &e);
	return there;
}

static void check_cancelled(void)
{
	struct err e = {0}, bad = {0};
	struct queue_job j = {.project = "p", .kind = "predict"};
	cJSON *answer = cJSON_Parse("{\"rows\":1,\"labels\":[\"y\"],\"task\":\"Regression\"}");

	j.id = put_job();
	store_begin(store);
	ok(queue_cancel(store, j.id), "a running job is cancelled");
	ok(!queue_cancel(store, j.id), "but not twice");
	store_end(store, true, &e);
	ok(!has_prediction(j.id), "what it should have made is forgotten");

	store_begin(store);
	queue_again(store, j.id);
	store_end(store, true, &e);
	status_is(j.id, "ABORTED", "a crash does not bring it back");
	store_begin(store);
	ok(!result_store(store, &j, answer, &bad), "a result that comes too late is refused");
	store_end(store, false, &e);
	status_is(j.id, "ABORTED", "and does not finish it");
	store_begin(store);
	queue_failed(store, &j, "too late");
	store_end(store, true, &e);
	status_is(j.id, "ABORTED", "nor does it fail");
	cJSON_Delete(answer);
}

static void check_ends(void)
{
	struct err e = {0};
	struct queue_job j = {.project = "p", .kind = "predict"};

	j.id = put_job();
	store_begin(store);
	queue_again(store, j.id);
	store_end(store, true, &e);
	status_is(j.id, "queue", "after a crash a job waits again");
	j.id = put_job();
	store_begin(store);
	queue_failed(store, &j, "why");
	store_end(store, true, &e);
	status_is(j.id, "error", "a job fails");
	ok(!has_prediction(j.id), "what it should have made is forgotten too");
}

int main(void)
{
	struct worker none = WORKER_NONE;
	struct err e = {0};
	int fd = mkstemp(path);

	setpgid(0, 0);
	signal(SIGTERM, note);
	worker_signal(&none, SIGTERM);
	ok(!hit, "a worker that never started is sent no signal, nor are we");

	store = fd < 0 ? NULL : store_open(path, &e);
	if (!store) {
		printf("Bail out! %s\n", e.text);
		return 1;
	}
	close(fd);
	store_begin(store);
	store_run(store,
		  "INSERT INTO project (id, name, created, stage)"
		  " VALUES ('p', 'p', '', 'modeling')",
		  "");
	store_run(store,
		  "INSERT INTO model (id, project, number, blueprint, featurelist, sample_pct,"
		  " spec, scores) VALUES ('m', 'p', 1, 'b', 'l', 64, '{}', '{}')",
		  "");
	store_end(store, true, &e);
	check_cancelled();
	check_ends();
	store_close(store);
	unlink(path);
	return tap_end();
}
