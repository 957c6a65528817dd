#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "dr/tuning.h"
#include "job.h"
#include "json/json.h"
#include "result.h"
#include "trial/trial.h"

#define GAP_GROWTH 1.5

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
		job_look_soon(j->c, j->project, 0, FIRST_GAP_S);
	} else if (e.kind == ERR_REFUSED) {
		j->kept = true;
		cli_warn("trial %s: job %s is not cancelled: %s", trial_id(j->rec), j->id,
			 e.text);
	} else {
		job_stop(j->c, &e);
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
		job_stop(j->c, &e);
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
		} else if (!(j->busy = dr_job_start(c->dr, p->id, j->id, answer_job, j, &e))) {
			job_stop(c, &e);
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
		job_stop(c, &e);
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
			job_stop(c, &e);
			return;
		}
		if (!parameters)
			cli_warn("trial %s: %s", trial_id(j->rec), e.text);
		else if (!result_chosen(j->rec, parameters, &e))
			job_stop(c, &e);
		cJSON_Delete(parameters);
		end_with_model(j);
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
