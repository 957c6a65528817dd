#include "dr/trained.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dr/jobs.h"
#include "json/json.h"

#define PAGE_ROWS 1000
#define LOST_MAX 3 /* times that the same request is made */

static char *path_of(const char *project, struct err *e)
{
	return dr_path(e, "projects", project, "trainingPredictions");
}

/* Those of the list that are of this model and subset; *id stays NULL where there are none. */
static bool find(struct dr *dr, const char *project, const char *model, const char *subset,
		 char **id, struct err *e)
{
	cJSON *list = dr_list(dr, path_of(project, e), project, e);
	const cJSON *item;

	cJSON_ArrayForEach (item, list) {
		const char *of = json_str(item, "modelId"),
			   *what = json_str(item, "dataSubset");

		if (*id || !of || !what || strcmp(of, model) != 0 || strcmp(what, subset) != 0)
			continue;
		*id = dr_id(item, "id");
		if (!*id)
			*id = dr_last_part(json_str(item, "url"));
	}
	cJSON_Delete(list);
	return list != NULL;
}

static cJSON *body_of(const char *model, const char *subset)
{
	cJSON *body = cJSON_CreateObject();

	if (json_set_str(body, "modelId", model) && json_set_str(body, "dataSubset", subset))
		return body;
	cJSON_Delete(body);
	return NULL;
}

static bool ask_once(struct dr *dr, const char *project, const char *model, const char *subset,
		     struct dr_submission *s, struct err *e)
{
	cJSON *body = body_of(model, subset);

	if (!body)
		return err_nomem(e);
	return dr_submit(dr, path_of(project, e), body, s, e);
}

/* Until the service has said something that can be relied on, or has room. */
static bool ask(struct dr *dr, const char *project, const char *model, const char *subset,
		struct dr_submission *s, struct err *e)
{
	struct dr_wait w = {.what = "the full job queue"};
	int lost = 0;

	while (dr_wait(dr, &w, e)) {
		dr_submission_release(s);
		if (!ask_once(dr, project, model, subset, s, e))
			return false;
		if (s->how != DR_UNKNOWN && s->how != DR_QUEUE_FULL)
			return true;
		if (s->how != DR_UNKNOWN)
			continue;
		if (++lost == LOST_MAX) {
			e->kind = ERR_UNAVAILABLE; /* its text is that of the last request */
			return false;
		}
		if (!http_take_retry(dr_http(dr), e))
			return false;
	}
	return false;
}

/* What the job made, once it has; NULL without an error where the job is not known. */
static char *wait_for(struct dr *dr, const char *project, const char *id, struct err *e)
{
	struct dr_wait w = {.what = "the predictions"};
	struct dr_job job = {0};
	char *made = NULL;
	bool over = false;

	while (!over && dr_wait(dr, &w, e)) {
		dr_job_release(&job);
		over = !dr_job_get(dr, project, id, &job, e) || job.state != DR_JOB_PENDING;
	}
	if (e->kind != ERR_NONE)
		;
	else if (job.state == DR_JOB_FAILED || job.state == DR_JOB_ABORTED)
		err_set(e, ERR_REFUSED, "job %s, which predicts: %s", id,
			job.message && *job.message
				? job.message
				: "it ended, and the server gives no reason");
	else if (job.state == DR_JOB_DONE && !(made = dr_last_part(job.result)))
		err_set(e, ERR_REFUSED, "job %s is done and names no predictions", id);
	dr_job_release(&job);
	return made;
}

char *dr_trained_make(struct dr *dr, const char *project, const char *model, const char *subset,
		      long *status, struct err *e)
{
	struct dr_submission s = {0};
	struct err ignored = {0};
	char *id = NULL;
	bool ok = ask(dr, project, model, subset, &s, e);

	if (status)
		*status = s.status;
	if (ok && !s.dead)
		id = wait_for(dr, project, s.job, e);
	else if (ok)
		err_set(e, ERR_REFUSED,
			"job %s, which predicted the same, failed, and the server does not "
			"repeat it",
			s.job);
	/* Refused, since they are there; or made by a job that is forgotten. */
	if (!id && (e->kind == ERR_NONE || (e->kind == ERR_REFUSED && s.status == 422)) &&
	    find(dr, project, model, subset, &id, &ignored) && id)
		e->kind = ERR_NONE;
	if (!id && e->kind == ERR_NONE) {
		err_set(e, ERR_REFUSED, "the server does not know job %s, which predicts",
			s.job ? s.job : "?");
	}
	dr_submission_release(&s);
	return id;
}

static cJSON *fetch_page(struct dr *dr, const char *project, const char *id, size_t offset,
			 struct err *e)
{
	char number[24], limit[24];
	char *path = dr_path(e, "projects", project, "trainingPredictions", id);

	snprintf(number, sizeof(number), "%zu", offset);
	snprintf(limit, sizeof(limit), "%d", PAGE_ROWS);
	path = dr_query(e, path, "offset", number);
	return dr_get(dr, dr_query(e, path, "limit", limit), NULL, e);
}

bool dr_trained_rows(struct dr *dr, const char *project, const char *id, dr_trained_fn *fn,
		     void *ctx, struct err *e)
{
	size_t offset = 0, n;
	bool ok = true, more = true;

	while (ok && more) {
		cJSON *page = fetch_page(dr, project, id, offset, e);
		const cJSON *rows = json_get(page, "data"), *row;

		n = 0;
		ok = page != NULL;
		if (ok && !cJSON_IsArray(rows))
			ok = err_set(e, ERR_REFUSED, "predictions %s: the answer holds no rows",
				     id);
		cJSON_ArrayForEach (row, rows) {
			n++;
			if (!ok)
				break;
			ok = cJSON_IsObject(row)
				     ? fn(row, ctx, e)
				     : err_set(e, ERR_REFUSED,
					       "predictions %s: a row is no object", id);
		}
		/* A page without rows ends it whatever it says of a next one. */
		more = ok && n > 0 && json_str(page, "next");
		offset += n;
		cJSON_Delete(page);
	}
	return ok;
}
