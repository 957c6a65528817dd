#include "collect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "trial/trial.h"

#define NEW_JOB_S 1.0 /* no job is over sooner */

static void job_free(struct job *j)
{
	if (!j)
		return;
	cJSON_Delete(j->folds);
	cJSON_Delete(j->result);
	cJSON_Delete(j->rec);
	free(j->model);
	free(j->id);
	free(j);
}

bool collect_init(struct collector *c, struct err *e)
{
	c->end = &c->jobs;
	return (c->lost = cJSON_CreateObject()) || err_nomem(e);
}

void collect_release(struct collector *c)
{
	while (c->jobs) {
		struct job *j = c->jobs;

		c->jobs = j->next;
		job_free(j);
	}
	project_free(c->projects);
	cJSON_Delete(c->lost);
}

void job_stop(struct collector *c, const struct err *e)
{
	if (c->stop.kind == ERR_NONE)
		c->stop = *e;
}

void job_drop(struct job *j)
{
	struct job **p = &j->c->jobs;

	while (*p != j)
		p = &(*p)->next;
	*p = j->next;
	if (!j->next)
		j->c->end = p;
	j->c->waiting--;
	j->c->running -= j->running;
	j->project->waiting--;
	job_free(j);
}

void job_look_soon(const struct collector *c, struct project *p, double in_s, double gap_s)
{
	p->next_look = fmin(p->next_look, http_now() + fmin(in_s, c->poll_s));
	p->gap_s = fmin(gap_s, c->poll_s);
}

/* ---- taking ---- */

/* The end of this very job in the log, or NULL. */
static const cJSON *known_end(const struct collector *c, const cJSON *rec, const char *job)
{
	const cJSON *last = c->log ? trial_log_find(c->log, trial_id(rec)) : NULL;
	const char *project = json_str(rec, "project"),
		   *its = last ? json_str(last, "project") : NULL;

	if (!last || !trial_is_final(trial_state(last, &(struct err){0})))
		return NULL;
	return dr_is_id(last, "job", job) && (!project || !its || strcmp(project, its) == 0)
		       ? last
		       : NULL;
}

/* How long ago the job was submitted, as far as that is known. */
static double age(const cJSON *rec)
{
	const char *submitted = json_str(rec, "submitted_at");
	char now[TRIAL_TIME_LEN + 1];
	double s;

	trial_now(now);
	s = submitted ? trial_time(now) - trial_time(submitted) : INFINITY;
	return s >= 0 ? s : INFINITY;
}

/* What can be no id must not be found out when all jobs are asked for. */
static bool can_be_asked(const char *project, const char *job, struct err *e)
{
	char *path = dr_path(e, "projects", project, "jobs", job);
	bool good = path != NULL;

	free(path);
	return good;
}

static bool add(struct collector *c, struct project *p, cJSON *rec, char *job, struct err *e)
{
	struct job *j = calloc(1, sizeof(*j));
	double since = age(rec);

	if (!j)
		return err_nomem(e);
	*j = (struct job){.c = c, .project = p, .id = job, .rec = rec};
	/* A job that came right after it was submitted has not been over for long. */
	j->timely = since <= c->poll_s;
	if (p->waiting == 0)
		p->next_look = INFINITY;
	job_look_soon(c, p, NEW_JOB_S - fmin(since, NEW_JOB_S), NEW_JOB_S);
	*c->end = j;
	c->end = &j->next;
	c->waiting++;
	p->waiting++;
	return true;
}

bool collect_take(struct collector *c, cJSON *rec, struct err *e)
{
	const char *id = json_str(rec, "project");
	char *job = dr_id(rec, "job");
	const cJSON *end;
	struct project *p;
	bool ok = false;

	if (!id)
		id = c->project;
	if (!dr_has_id(rec, "job"))
		err_set(e, ERR_INPUT, "'job' is missing");
	else if (!job)
		err_nomem(e);
	else if ((end = known_end(c, rec, job)))
		ok = ndjson_put(stdout, end, e);
	else if (!id)
		err_set(e, ERR_USAGE, "no project: give --project or set DR_PROJECT");
	else if (can_be_asked(id, job, e) &&
		 (p = project_find(&c->projects, c->dr, id, c->metric, c->partition, e)) &&
		 add(c, p, rec, job, e)) {
		cJSON_DeleteItemFromObjectCaseSensitive(c->lost, trial_id(rec));
		return true;
	}
	if (!ok)
		err_prefix(e, "trial %s", trial_id(rec));
	free(job);
	cJSON_Delete(rec);
	return ok;
}

static bool is_settled(const struct collector *c)
{
	for (const struct job *j = c->jobs; j; j = j->next)
		if (j->busy)
			return false;
	return true;
}

void collect_withdrawn(struct collector *c, const char *trial)
{
	for (struct job *j = c->jobs; j; j = j->next)
		if (strcmp(trial_id(j->rec), trial) == 0)
			j->withdrawn = true;
}

bool collect_settle(struct collector *c, struct err *e)
{
	c->settling = true;
	while (!is_settled(c))
		if (!http_poll(dr_http(c->dr), -1, -1, NULL, e))
			return false;
	return true;
}

cJSON *collect_pop(struct collector *c, const char **project)
{
	struct job *j = c->jobs;
	cJSON *rec;

	if (!j)
		return NULL;
	rec = j->rec;
	j->rec = NULL;
	*project = j->project->id;
	job_drop(j);
	return rec;
}

bool collect_give_back(struct collector *c, struct err *e)
{
	bool ok = true;

	for (const struct job *j = c->jobs; j && ok; j = j->next)
		ok = ndjson_put(stdout, j->rec, e);
	return ok;
}
