#include "jobs/queue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json/json.h"

double queue_train_pct(const cJSON *partition)
{
	double holdout = json_num(partition, "holdoutPct", 20);
	double reps = json_num(partition, "reps", 5);
	double most = json_num(partition, "maxTrainPct", NAN);

	if (isfinite(most))
		return most;

	/* Percentages are shares of small whole numbers: 64, not 64.00000000000001. */
	return round((100 - holdout) * (reps - 1) / reps * 1e6) / 1e6;
}

bool queue_has_folds(const cJSON *partition)
{
	const char *type = json_str(partition, "validationType");

	return !type || strcmp(type, "TVH") != 0;
}

void queue_job_release(struct queue_job *j)
{
	cJSON_Delete(j->spec);
	*j = (struct queue_job){0};
}

void queue_recover(struct store *s)
{
	store_run(s,
		  "UPDATE job SET status = 'queue', started = NULL WHERE status = 'inprogress'",
		  "");
}

static bool read_job(struct store *s, sqlite3_stmt *q, struct queue_job *j)
{
	if (!store_next(s, q))
		return false;
	j->id = store_int(q, 0);
	snprintf(j->project, sizeof(j->project), "%s", store_text(q, 1));
	snprintf(j->kind, sizeof(j->kind), "%s", store_text(q, 2));
	j->spec = store_json(q, 3);
	j->crashes = store_int(q, 4);
	sqlite3_reset(q);
	return j->spec != NULL;
}

bool queue_take(struct store *s, struct queue_job *j)
{
	/* Tables first: nothing of a project can start before.  Then in order, as
	 * far as the project's own number of workers allows. */
	sqlite3_stmt *q = store_query(
		s,
		"SELECT id, project, kind, spec, crashes FROM job WHERE id = ("
		"SELECT j.id FROM job j INDEXED BY job_waiting"
		" JOIN project p ON p.id = j.project WHERE j.status = 'queue'"
		" AND (j.kind IN ('upload', 'aim', 'dataset') OR (NOT p.paused AND"
		" (p.worker_count < 0 OR p.worker_count > (SELECT count(*) FROM job r"
		" WHERE r.project = p.id AND r.status = 'inprogress'))))"
		" ORDER BY j.kind NOT IN ('upload', 'aim', 'dataset'), j.id LIMIT 1)",
		"");

	if (!read_job(s, q, j))
		return false;
	store_run(s, "UPDATE job SET status = 'inprogress', started = ? WHERE id = ?", "di",
		  store_clock(), j->id);
	store_run(s, "UPDATE status SET status = 'RUNNING' WHERE job = ?", "i", j->id);
	return true;
}

bool queue_next_fetch(struct store *s, long long after, struct queue_job *j)
{
	return read_job(s,
			store_query(s,
				    "SELECT id, project, kind, spec, crashes FROM job"
				    " WHERE status = 'fetch' AND id > ? ORDER BY id LIMIT 1",
				    "i", after),
			j);
}

void queue_fetched(struct store *s, long long id)
{
	store_run(s, "UPDATE job SET status = 'queue' WHERE id = ? AND status = 'fetch'", "i",
		  id);
}

bool queue_has_project(struct store *s, const char *project)
{
	sqlite3_stmt *q = store_query(s, "SELECT 1 FROM project WHERE id = ?", "s", project);
	bool yes = store_next(s, q);

	sqlite3_reset(q);
	return yes;
}

bool queue_has_file(struct store *s, const char *name)
{
	sqlite3_stmt *q = store_query(
		s,
		"SELECT 1 FROM dataset WHERE id || '.csv' = ?1 UNION ALL"
		" SELECT 1 FROM prediction WHERE id || '.preds' = ?1 AND rows IS NOT NULL",
		"s", name);
	bool yes = store_next(s, q);

	sqlite3_reset(q);
	return yes;
}

bool queue_wants(struct store *s, long long id)
{
	sqlite3_stmt *q = store_query(
		s, "SELECT 1 FROM job WHERE id = ? AND status IN ('inprogress', 'fetch')", "i",
		id);
	bool yes = store_next(s, q);

	sqlite3_reset(q);
	return yes || store_failed(s); /* a sick database is no reason to kill */
}

void queue_again(struct store *s, long long id)
{
	store_run(s,
		  "UPDATE job SET status = 'queue', started = NULL, crashes = crashes + 1"
		  " WHERE id = ? AND status = 'inprogress'",
		  "i", id);
}

/* Predictions that nobody will make any more. */
static void drop_prediction(struct store *s, long long job)
{
	store_run(s, "DELETE FROM prediction WHERE job = ? AND rows IS NULL", "i", job);
}

void queue_failed(struct store *s, const struct queue_job *j, const char *why)
{
	if (!store_run(s,
		       "UPDATE job SET status = 'error', message = ?"
		       " WHERE id = ? AND status IN ('fetch', 'inprogress')",
		       "si", why, j->id))
		return;
	store_run(s, "UPDATE status SET status = 'ERROR', message = ? WHERE job = ?", "si", why,
		  j->id);
	/* A table that cannot be read makes no project; its status stays. */
	if (strcmp(j->kind, "upload") == 0)
		store_run(s, "DELETE FROM project WHERE id = ?", "s", j->project);
	if (strcmp(j->kind, "dataset") == 0)
		store_run(
			s,
			"DELETE FROM dataset WHERE status IN (SELECT id FROM status WHERE job "
			"= ?)",
			"i", j->id);
	drop_prediction(s, j->id);
	if (strcmp(j->kind, "aim") == 0)
		store_run(s,
			  "UPDATE project SET stage = 'aim', asked = NULL, autopilot_mode = "
			  "NULL WHERE id = ?",
			  "s", j->project);
}

void queue_vanish(struct store *s, long long id)
{
	drop_prediction(s, id);
	store_run(s, "DELETE FROM job WHERE id = ?", "i", id);
}

bool queue_cancel(struct store *s, long long id)
{
	if (store_run(s,
		      "UPDATE job SET status = 'ABORTED', fingerprint = NULL"
		      " WHERE id = ? AND status IN ('fetch', 'queue', 'inprogress')",
		      "i", id) != 1)
		return false;
	drop_prediction(s, id);
	return true;
}
