#include "collect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "dr/jobs.h"
#include "dr/models.h"
#include "dr/tuning.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "result.h"
#include "trial/trial.h"

#define FIRST_GAP_S 0.5
#define GAP_GROWTH 1.5
#define NEW_JOB_S 1.0 /* no job is over sooner */
#define GONE_MAX 4
#define LOST_MAX 3

struct job {
	struct job *next;
	struct collector *c;
	struct project *project;
	char *id;
	cJSON *rec;
	bool busy;    /* a request about it is under way */
	bool timely;  /* its end, when seen, will have been seen soon */
	bool running; /* a look showed it at work, first at: */
	char started[TRIAL_TIME_LEN + 1];
	double began;   /* the same, of http_now */
	bool cancelled; /* because of its timeout */
	bool kept;      /* ... the server refused that */
	bool withdrawn; /* because of somebody else's word: its trial is proposed again */
	int gone;       /* answers in a row that it is not known */
	char *model;    /* id of what it made */
	cJSON *result;  /* the wire model, once it is here */
	cJSON *folds;   /* its scores on the folds, or NULL */
};

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

static void stop(struct collector *c, const struct err *e)
{
	if (c->stop.kind == ERR_NONE)
		c->stop = *e;
}

/* ---- the end of a job ---- */

static void drop(struct job *j)
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

static void look_soon(const struct collector *c, struct project *p, double in_s, double gap_s)
{
	p->next_look = fmin(p->next_look, http_now() + fmin(in_s, c->poll_s));
	p->gap_s = fmin(gap_s, c->poll_s);
}

static void count(struct collector *c, const cJSON *rec, const char *metric)
{
	double score = json_num(rec, "score", NAN);

	if (trial_state(rec, &(struct err){0}) != TRIAL_COMPLETED) {
		c->failed++;
		return;
	}
	c->completed++;
	c->mixed = c->mixed || (c->best_metric && strcmp(c->best_metric, metric) != 0);
	if (!c->best_metric || (json_true(rec, "minimize") ? score < c->best : score > c->best))
		c->best = score;
	c->best_metric = c->mixed ? NULL : metric;
}

/* The record is complete but for its times. */
static void finish(struct job *j)
{
	struct collector *c = j->c;
	struct err e = {0};

	if (!result_times(j->rec, j->running ? j->started : NULL, j->timely, &e) ||
	    !trial_log_emit(c->log, j->rec, stdout, &e))
		stop(c, &e);
	count(c, j->rec, j->project->metric);
	look_soon(c, j->project, FIRST_GAP_S, FIRST_GAP_S);
	drop(j);
}

static void fail(struct job *j, enum trial_state state, const char *why)
{
	struct err e = {0};

	cli_warn("trial %s: %s", trial_id(j->rec), why);
	if (!trial_set_state(j->rec, state, why, &e))
		stop(j->c, &e);
	else
		finish(j);
}

static const char *partition_of(const struct job *j)
{
	const char *own = json_str(json_get(j->rec, "fidelity"), "partition");

	return j->c->partition ? j->c->partition : own ? own : "crossValidation";
}

static void finish_model(struct job *j)
{
	struct collector *c = j->c;
	struct result_score by = {
		.metric = j->project->metric,
		.minimize = j->project->minimize,
		.partition = partition_of(j),
	};
	struct err e = {0};
	cJSON *rec;

	/* A record that waits, and may have to be passed on, stays as it came. */
	if (!(rec = cJSON_Duplicate(j->rec, true)))
		err_nomem(&e);
	else if (result_model(rec, j->result, j->model, &by, &e) && j->folds &&
		 !json_set(rec, "folds", cJSON_Duplicate(j->folds, true)))
		err_nomem(&e);
	if (e.kind != ERR_NONE) {
		cJSON_Delete(rec);
		stop(c, &e);
		return;
	}
	cJSON_Delete(j->rec);
	j->rec = rec;
	if (json_str(j->rec, "error"))
		cli_warn("trial %s: %s", trial_id(j->rec), json_str(j->rec, "error"));
	finish(j);
}

/* ---- answers ---- */

/* The model is here; what a search has chosen is asked for by collect_look. */
static void proceed(struct job *j)
{
	if (!result_searched(j->rec))
		finish_model(j);
}

/* Not knowing the folds spoils no result. */
static void got_folds(struct http_response *r, const struct err *why, void *ctx)
{
	struct job *j = ctx;
	struct err e = *why;

	j->busy = false;
	if (e.kind == ERR_UNAVAILABLE || r->status == 401 || r->status == 403) {
		dr_check(j->c->dr, r, &e);
		stop(j->c, &e);
		return;
	}
	if (e.kind != ERR_NONE && r->status != 404)
		cli_warn("trial %s: %s", trial_id(j->rec), e.text);
	if (e.kind == ERR_NONE)
		j->folds = dr_folds_read(r->json, j->project->metric);
	proceed(j);
}

static bool wants_folds(const struct job *j)
{
	double score;

	return j->c->folds && strcmp(partition_of(j), "crossValidation") == 0 &&
	       dr_model_score(j->result, j->project->metric, "crossValidation", &score);
}

static void got_model(struct http_response *r, const struct err *why, void *ctx)
{
	struct job *j = ctx;
	struct err e = *why;

	j->busy = false;
	if (r->status == 404) {
		fail(j, TRIAL_FAILED, "the model that its job made is not there any more");
	} else if (!dr_check(j->c->dr, r, &e)) {
		stop(j->c, &e);
	} else if (r->status != 200) {
		dr_unexpected(j->c->dr, r, &e);
		err_prefix(&e, "model %s", j->model);
		stop(j->c, &e);
	} else if (!cJSON_IsObject(r->json)) {
		fail(j, TRIAL_FAILED,
		     "the server's answer about the model that its job made "
		     "is no model");
	} else {
		j->result = r->json;
		r->json = NULL;
		if (!wants_folds(j))
			proceed(j);
		else if (!(j->busy = dr_folds_start(j->c->dr, j->project->id, j->model,
						    j->project->metric, got_folds, j, &e)))
			stop(j->c, &e);
	}
}

static void fetch_model(struct job *j, struct dr_job *got)
{
	struct err e = {0};

	if (!got->model) {
		fail(j, TRIAL_FAILED, "its job is done and names no model");
		return;
	}
	j->model = got->model;
	got->model = NULL;
	j->busy = dr_model_start(j->c->dr, j->project->id, j->model, got_model, j, &e);
	if (!j->busy)
		stop(j->c, &e);
}

/* It was cancelled here, and is. */
static void fail_late(struct job *j)
{
	struct err why = {0};

	err_set(&why, ERR_REFUSED,
		"job %s was at work for %.15g s (--trial-timeout) and was "
		"cancelled",
		j->id, j->c->trial_timeout_s);
	fail(j, TRIAL_ABORTED, why.text);
}

/* The log may know it before the record comes this way. */
static bool is_withdrawn(struct job *j)
{
	struct trial_log *log = j->c->log;
	const cJSON *last;
	struct err e = {0};

	if (j->withdrawn || !log)
		return j->withdrawn;
	if (!trial_log_refresh(log, &e))
		stop(j->c, &e);
	last = trial_log_find(log, trial_id(j->rec));
	return last && trial_state(last, &(struct err){0}) == TRIAL_PROPOSED &&
	       json_true(last, "withdrawn");
}

static void fail_job(struct job *j, const struct dr_job *got)
{
	bool aborted = got->state == DR_JOB_ABORTED;
	struct err why = {0};

	/* At the end of a run jobs are cancelled by several tools of its pipeline. */
	if (aborted && !j->cancelled && j->c->settling)
		return;
	if (aborted && !j->cancelled && is_withdrawn(j)) {
		drop(j);
		return;
	}
	if (aborted && j->cancelled) {
		fail_late(j);
		return;
	}

	if (got->message && *got->message)
		err_set(&why, ERR_REFUSED, "%s", got->message);
	else
		err_set(&why, ERR_REFUSED, "job %s %s, and the server gives no reason", j->id,
			aborted ? "was cancelled" : "failed");
	fail(j, aborted ? TRIAL_ABORTED : TRIAL_FAILED, why.text);
}

/* The lease has ended: the trial is anybody's again. */
static void lose(struct job *j, long lost)
{
	struct collector *c = j->c;
	struct err e = {0};

	cli_warn("trial %s: the server does not know job %s any more; proposed again",
		 trial_id(j->rec), j->id);
	if (!json_set(c->lost, trial_id(j->rec), cJSON_CreateTrue()) ||
	    !json_set_num(j->rec, "lost", (double)lost))
		err_nomem(&e);
	else if (trial_withdraw(j->rec, &e))
		trial_log_emit(c->log, j->rec, stdout, &e);
	if (e.kind != ERR_NONE)
		stop(c, &e);
	drop(j);
}

static void gone(struct job *j)
{
	long lost = trial_lost(j->rec) + 1;
	struct err why = {0};

	if (j->cancelled) {
		fail_late(j);
		return;
	}
	if (++j->gone < GONE_MAX)
		return;
	if (lost < LOST_MAX) {
		lose(j, lost);
		return;
	}
	err_set(&why, ERR_REFUSED,
		"the server lost %ld jobs of this trial, the last one was %s", lost, j->id);
	fail(j, TRIAL_FAILED, why.text);
}

static void got_job(struct http_response *r, const struct err *why, void *ctx)
{
	struct job *j = ctx;
	struct dr_job got;
	struct err e = {0};

	j->busy = false;
	if (!dr_job_read(j->c->dr, r, why, &got, &e)) {
		if (why->kind == ERR_NONE)
			err_prefix(&e, "job %s", j->id);
		stop(j->c, &e);
		dr_job_release(&got);
		return;
	}
	if (got.state != DR_JOB_GONE)
		j->gone = 0;
	switch (got.state) {
	case DR_JOB_PENDING:
		j->timely = true;
		break;
	case DR_JOB_DONE:
		fetch_model(j, &got);
		break;
	case DR_JOB_FAILED:
	case DR_JOB_ABORTED:
		fail_job(j, &got);
		break;
	case DR_JOB_GONE:
		gone(j);
		break;
	}
	dr_job_release(&got);
}

/* ---- timeouts ---- */

static double timeout_at(const struct job *j)
{
	bool none = j->c->trial_timeout_s <= 0 || !j->running || j->kept || j->result;

	return none ? INFINITY : j->began + j->c->trial_timeout_s;
}

/* Cancelled or over: the next look tells. */
static void got_cancel(struct http_response *r, const struct err *why, void *ctx)
{
	struct job *j = ctx;
	struct err e = {0};
	bool over;

	j->busy = false;
	if (dr_job_cancel_read(j->c->dr, r, why, &over, &e)) {
		j->cancelled = j->cancelled || !over;
		look_soon(j->c, j->project, 0, FIRST_GAP_S);
	} else if (e.kind == ERR_REFUSED) {
		j->kept = true;
		cli_warn("trial %s: job %s is not cancelled: %s", trial_id(j->rec), j->id,
			 e.text);
	} else {
		stop(j->c, &e);
	}
}

/* A look shows it at work. */
static void check_timeout(struct job *j)
{
	struct err e = {0};

	if (timeout_at(j) > http_now())
		return;
	j->busy = dr_job_cancel_start(j->c->dr, j->project->id, j->id, got_cancel, j, &e);
	if (!j->busy)
		stop(j->c, &e);
}

/* ---- looking ---- */

struct listed {
	char *id;
	bool running;
};

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct listed *)a)->id, ((const struct listed *)b)->id);
}

/* The unfinished jobs of the list, sorted by id; *n of them. */
static struct listed *sort_list(const cJSON *list, size_t *n, struct err *e)
{
	struct listed *l = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(*l));
	const cJSON *item;

	*n = 0;
	if (!l) {
		err_nomem(e);
		return NULL;
	}
	cJSON_ArrayForEach (item, list) {
		const char *status = json_str(item, "status");
		bool running = status && strcasecmp(status, "inprogress") == 0;

		if ((running || (status && strcasecmp(status, "queue") == 0)) &&
		    (l[*n].id = dr_id(item, "id")))
			l[(*n)++].running = running;
	}
	qsort(l, *n, sizeof(*l), by_id);
	return l;
}

static void seen(struct job *j, bool running)
{
	j->timely = true;
	j->gone = 0;
	if (!running || j->running)
		return;
	j->running = true;
	j->c->running++;
	j->began = http_now();
	trial_now(j->started);
}

static void compare(struct collector *c, struct project *p, const struct listed *list, size_t n)
{
	struct err e = {0};

	for (struct job *j = c->jobs; j; j = j->next) {
		struct listed key = {.id = j->id}, *found;

		if (j->project != p || j->busy || j->result)
			continue;
		found = bsearch(&key, list, n, sizeof(*list), by_id);
		if (found) {
			seen(j, found->running);
			check_timeout(j);
		} else if (!(j->busy = dr_job_start(c->dr, p->id, j->id, got_job, j, &e))) {
			stop(c, &e);
		}
	}
}

/* The moment when the next of its jobs has been at work for too long. */
static double next_timeout(const struct collector *c, const struct project *p)
{
	double next = INFINITY;

	for (const struct job *j = c->jobs; j; j = j->next)
		if (j->project == p && !j->busy && !j->cancelled)
			next = fmin(next, timeout_at(j));
	return next;
}

/* One look at a project.  While the list is under way others are answered. */
static void look(struct collector *c, struct project *p)
{
	struct err e = {0};
	cJSON *wire = dr_model_jobs_brief(c->dr, p->id, &e);
	struct listed *list = NULL;
	size_t n = 0;

	if (wire && (list = sort_list(wire, &n, &e)))
		compare(c, p, list, n);
	if (!list)
		stop(c, &e);
	while (n > 0)
		free(list[--n].id);
	free(list);
	cJSON_Delete(wire);
	p->next_look = fmin(http_now() + p->gap_s, next_timeout(c, p));
	p->gap_s = fmin(p->gap_s * GAP_GROWTH, c->poll_s);
}

/* Trials that searched: ask what was chosen.  Not knowing it spoils no result. */
static void finish_searches(struct collector *c)
{
	struct job *next;

	for (struct job *j = c->jobs; j && c->stop.kind == ERR_NONE; j = next) {
		struct err e = {0};
		cJSON *parameters;

		next = j->next;
		if (!j->result || j->busy)
			continue;
		parameters = dr_parameter_records(c->dr, j->project->id, j->model, &e);
		/* While this was asked, jobs may have come to their end. */
		next = j->next;
		if (!parameters && e.kind == ERR_UNAVAILABLE) {
			stop(c, &e);
			return;
		}
		if (!parameters)
			cli_warn("trial %s: %s", trial_id(j->rec), e.text);
		else if (!result_chosen(j->rec, parameters, &e))
			stop(c, &e);
		cJSON_Delete(parameters);
		finish_model(j);
	}
}

double collect_look(struct collector *c)
{
	double next = INFINITY;

	finish_searches(c);
	for (struct project *p = c->projects; p && c->stop.kind == ERR_NONE; p = p->next) {
		if (p->waiting > 0 && p->next_look <= http_now())
			look(c, p);
		if (p->waiting > 0)
			next = fmin(next, fmax(0, p->next_look - http_now()));
	}
	return isinf(next) ? -1 : next;
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
	look_soon(c, p, NEW_JOB_S - fmin(since, NEW_JOB_S), NEW_JOB_S);
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
	drop(j);
	return rec;
}

bool collect_give_back(struct collector *c, struct err *e)
{
	bool ok = true;

	for (const struct job *j = c->jobs; j && ok; j = j->next)
		ok = ndjson_put(stdout, j->rec, e);
	return ok;
}
