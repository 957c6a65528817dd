#include "dr/jobs.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dr/doubt.h"
#include "json/json.h"

/* A status that moves more often is going round in a circle. */
#define MOVES_MAX 8

static bool starts_with(const char *s, const char *word)
{
	return s && strncasecmp(s, word, strlen(word)) == 0;
}

/* error, ERROR, errored; ABORTED, aborted: by prefix and without case. */
static bool has_failed(const char *status)
{
	return starts_with(status, "error") || starts_with(status, "abort");
}

static bool dup(char **to, const char *s, struct err *e)
{
	return (*to = s ? strdup(s) : NULL) || !s || err_nomem(e);
}

/* Whether the answer about a job or other work says how far it is: 303 does by itself, 200
 * by its status, for without one doubt.h has seen to it that it is no answer. */
static bool tells_status(const struct dr *dr, const struct http_response *r, struct err *e)
{
	return r->status == 303 || r->status == 200 || dr_unexpected(dr, r, e);
}

/* ---- submissions ---- */

void dr_submission_release(struct dr_submission *s)
{
	free(s->job);
	memset(s, 0, sizeof(*s));
}

/* Id and state of the job that a JobAlreadyAdded answer names, in the order of how
 * much the places can be trusted. */
static bool read_previous(const struct http_response *r, struct dr_submission *s, struct err *e)
{
	const cJSON *previous = json_get(r->json, "previousJob");
	const char *url = previous ? json_str(previous, "url") : NULL;

	s->how = DR_REPEATED;
	s->dead = previous && has_failed(json_str(previous, "status"));
	if (previous && dr_has_id(previous, "id"))
		s->job = dr_id(previous, "id");
	else if (dr_has_last_part(url))
		s->job = dr_last_part(url);
	else if (dr_has_id(r->json, "jobId"))
		s->job = dr_id(r->json, "jobId");
	else if (!r->elsewhere && dr_has_last_part(r->location))
		s->job = dr_last_part(r->location);
	else
		return false;
	return s->job || err_nomem(e);
}

static bool is_repeated(const cJSON *answer)
{
	const char *name = answer ? json_str(answer, "errorName") : NULL;

	return name && strcmp(name, "JobAlreadyAdded") == 0;
}

static bool is_queue_full(const struct http_response *r)
{
	const char *message = r->json ? json_str(r->json, "message") : NULL;

	return r->status == 422 && message &&
	       strstr(message, "Unable to add jobs to the queue");
}

bool dr_submission_read(const struct dr *dr, const struct http_response *r,
			const struct err *why, struct dr_submission *s, struct err *e)
{
	memset(s, 0, sizeof(*s));
	s->status = r->status;
	*e = *why;
	if (why->kind == ERR_NONE && r->status / 100 != 2)
		return dr_unexpected(dr, r, e);
	if (why->kind == ERR_NONE) {
		s->how = DR_ACCEPTED;
		s->job = dr_last_part(r->location);
		return s->job || err_set(e, ERR_REFUSED, "the answer names no job");
	}
	if (r->unknown) {
		s->how = DR_UNKNOWN;
	} else if (is_queue_full(r)) {
		s->how = DR_QUEUE_FULL;
	} else if (is_repeated(r->json)) {
		if (!read_previous(r, s, e))
			return false;
	} else {
		return dr_check(dr, r, e);
	}
	e->kind = ERR_NONE;
	return true;
}

bool dr_submit(struct dr *dr, char *path, cJSON *body, struct dr_submission *s, struct err *e)
{
	struct http_request q = {
		.method = HTTP_POST, .path = path, .json = body, .doubt = doubt_submission};
	struct http_response r = {0};
	struct err why = {0};
	bool ok = false;

	memset(s, 0, sizeof(*s));
	if (path && body) {
		http_call(dr_http(dr), &q, &r, &why);
		ok = dr_submission_read(dr, &r, &why, s, e);
		if (!ok && why.kind == ERR_NONE)
			err_prefix(e, "POST %.300s", path);
	}
	http_response_release(&r);
	cJSON_Delete(body);
	free(path);
	return ok;
}

bool dr_train(struct dr *dr, const char *project, const char *blueprint,
	      const char *featurelist, double sample_pct, const char *scoring,
	      struct dr_submission *s, struct err *e)
{
	cJSON *body = cJSON_CreateObject();

	if (!json_set_str(body, "blueprintId", blueprint) ||
	    (featurelist && !json_set_str(body, "featurelistId", featurelist)) ||
	    (sample_pct > 0 && !json_set_num(body, "samplePct", sample_pct)) ||
	    (scoring && !json_set_str(body, "scoringType", scoring))) {
		cJSON_Delete(body);
		return err_nomem(e);
	}
	return dr_submit(dr, dr_path(e, "projects", project, "models"), body, s, e);
}

bool dr_freeze(struct dr *dr, const char *project, const char *model, double sample_pct,
	       struct dr_submission *s, struct err *e)
{
	cJSON *body = cJSON_CreateObject();

	if (!json_set_str(body, "modelId", model) ||
	    !json_set_num(body, "samplePct", sample_pct)) {
		cJSON_Delete(body);
		return err_nomem(e);
	}
	return dr_submit(dr, dr_path(e, "projects", project, "frozenModels"), body, s, e);
}

/* ---- jobs ---- */

void dr_job_release(struct dr_job *job)
{
	free(job->result);
	free(job->model);
	free(job->message);
	memset(job, 0, sizeof(*job));
}

bool dr_job_read(const struct dr *dr, const struct http_response *r, const struct err *why,
		 struct dr_job *job, struct err *e)
{
	const char *status = r->json ? json_str(r->json, "status") : NULL;

	memset(job, 0, sizeof(*job));
	*e = *why;
	if (r->status == 404) {
		job->state = DR_JOB_GONE;
		e->kind = ERR_NONE;
		return true;
	}
	if (why->kind != ERR_NONE)
		return dr_check(dr, r, e);
	if (!tells_status(dr, r, e))
		return false;
	if (r->status == 303 || starts_with(status, "completed"))
		job->state = DR_JOB_DONE;
	else if (starts_with(status, "abort"))
		job->state = DR_JOB_ABORTED;
	else if (starts_with(status, "error"))
		job->state = DR_JOB_FAILED;
	if (r->json && dr_has_id(r->json, "modelId") &&
	    !(job->model = dr_id(r->json, "modelId")))
		return err_nomem(e);
	if (job->state == DR_JOB_DONE && r->location && strstr(r->location, "/models/")) {
		free(job->model);
		job->model = dr_last_part(r->location);
		if (!job->model && dr_has_last_part(r->location))
			return err_nomem(e);
	}
	if (has_failed(status) && !dup(&job->message, json_str(r->json, "message"), e))
		return false;
	if (job->message)
		http_scrub(dr_http(dr), job->message);
	return job->state != DR_JOB_DONE || dup(&job->result, r->location, e);
}

bool dr_job_start(struct dr *dr, const char *project, const char *id, http_done_fn *done,
		  void *ctx, struct err *e)
{
	char *path = dr_path(e, "projects", project, "jobs", id);
	struct http_request q = {.method = HTTP_GET,
				 .path = path,
				 .want_json = true,
				 .doubt = doubt_job,
				 .about = id};
	bool ok = path && http_start(dr_http(dr), &q, done, ctx, e);

	free(path);
	return ok;
}

bool dr_job_get(struct dr *dr, const char *project, const char *id, struct dr_job *job,
		struct err *e)
{
	char *path = dr_path(e, "projects", project, "jobs", id);
	struct http_request q = {.method = HTTP_GET,
				 .path = path,
				 .want_json = true,
				 .doubt = doubt_job,
				 .about = id};
	struct http_response r = {0};
	struct err why = {0};
	bool ok = false;

	memset(job, 0, sizeof(*job));
	if (path) {
		http_call(dr_http(dr), &q, &r, &why);
		ok = dr_job_read(dr, &r, &why, job, e);
		if (!ok && why.kind == ERR_NONE)
			err_prefix(e, "job %s", id);
	}
	http_response_release(&r);
	free(path);
	return ok;
}

cJSON *dr_jobs(struct dr *dr, const char *project, struct err *e)
{
	return dr_list(dr, dr_path(e, "projects", project, "jobs"), project, e);
}

cJSON *dr_model_jobs(struct dr *dr, const char *project, struct err *e)
{
	return dr_list(dr, dr_path(e, "projects", project, "modelJobs"), project, e);
}

cJSON *dr_model_jobs_brief(struct dr *dr, const char *project, struct err *e)
{
	static const char *const fields[] = {"id", "status", "projectId", NULL};

	return dr_list_brief(dr, dr_path(e, "projects", project, "modelJobs"), project, fields,
			     e);
}

bool dr_job_cancel_start(struct dr *dr, const char *project, const char *id, http_done_fn *done,
			 void *ctx, struct err *e)
{
	char *path = dr_path(e, "projects", project, "jobs", id);
	struct http_request q = {.method = HTTP_DELETE, .path = path};
	bool ok = path && http_start(dr_http(dr), &q, done, ctx, e);

	free(path);
	return ok;
}

bool dr_job_cancel_read(const struct dr *dr, const struct http_response *r,
			const struct err *why, bool *over, struct err *e)
{
	*over = r->status == 404 && r->attempts <= 1;
	*e = *why;
	if (r->status == 404)
		e->kind = ERR_NONE;
	else if (why->kind != ERR_NONE)
		return dr_check(dr, r, e);
	else if (r->status / 100 != 2)
		return dr_unexpected(dr, r, e);
	return true;
}

/* ---- statuses ---- */

/* One look: true where the wait is over, *result set or e. */
static bool status_over(const struct dr *dr, const struct http_response *r, char **result,
			dr_tick_fn *tick, void *ctx, struct err *e)
{
	const char *status = r->json ? json_str(r->json, "status") : NULL;
	const char *message = r->json ? json_str(r->json, "message") : NULL;

	if (!tells_status(dr, r, e))
		return true;
	if (r->status == 303 || starts_with(status, "completed")) {
		if (!r->location)
			err_set(e, ERR_REFUSED, "the work is done and its result is not named");
		else
			dup(result, r->location, e);
		return true;
	}
	if (has_failed(status)) {
		err_set(e, ERR_REFUSED, "%s: %s", status,
			message && *message ? message : "the server gives no reason");
		http_scrub(dr_http(dr), e->text);
		return true;
	}
	if (tick)
		tick(message && *message ? message : status, ctx);
	return false;
}

/* A status may have moved, as newer servers say with 307: look there next. */
static bool has_moved(struct http_response *r, char **moved)
{
	if (r->status != 307 || !r->location)
		return false;
	free(*moved);
	*moved = r->location;
	r->location = NULL;
	return true;
}

char *dr_status_wait(struct dr *dr, const char *location, double limit_s, dr_tick_fn *tick,
		     void *ctx, struct err *e)
{
	struct dr_wait w = {.limit_s = limit_s, .what = "the server's work"};
	char *result = NULL, *moved = NULL;
	bool over = false;

	for (int moves = 0; !over && dr_wait(dr, &w, e);) {
		struct http_request q = {.method = HTTP_GET,
					 .path = moved ? moved : location,
					 .want_json = true,
					 .doubt = doubt_status};
		struct http_response r;

		over = !http_call(dr_http(dr), &q, &r, e);
		if (over)
			dr_check(dr, &r, e);
		else if (moves == MOVES_MAX || !has_moved(&r, &moved))
			over = status_over(dr, &r, &result, tick, ctx, e);
		else
			moves++;
		http_response_release(&r);
	}
	free(moved);
	return result;
}
