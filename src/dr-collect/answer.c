#include <string.h>

#include "cli/cli.h"
#include "dr/models.h"
#include "job.h"
#include "json/json.h"
#include "result.h"
#include "trial/trial.h"

/* The model is here; what a search has chosen is asked for by collect_look. */
static void proceed(struct job *j)
{
	if (!result_searched(j->rec))
		end_with_model(j);
}

/* Not knowing the folds spoils no result. */
static void got_folds(struct http_response *r, const struct err *why, void *ctx)
{
	struct job *j = ctx;
	struct err e = *why;

	j->busy = false;
	if (e.kind == ERR_UNAVAILABLE || r->status == 401 || r->status == 403) {
		dr_check(j->c->dr, r, &e);
		job_stop(j->c, &e);
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

	return j->c->folds && strcmp(job_partition(j), "crossValidation") == 0 &&
	       dr_model_score(j->result, j->project->metric, "crossValidation", &score);
}

static void got_model(struct http_response *r, const struct err *why, void *ctx)
{
	struct job *j = ctx;
	struct err e = *why;

	j->busy = false;
	if (r->status == 404) {
		end_fail(j, TRIAL_FAILED, "the model that its job made is not there any more");
	} else if (!dr_check(j->c->dr, r, &e)) {
		job_stop(j->c, &e);
	} else if (r->status != 200) {
		dr_unexpected(j->c->dr, r, &e);
		err_prefix(&e, "model %s", j->model);
		job_stop(j->c, &e);
	} else if (!cJSON_IsObject(r->json)) {
		end_fail(j, TRIAL_FAILED,
			 "the server's answer about the model that its job made "
			 "is no model");
	} else {
		j->result = r->json;
		r->json = NULL;
		if (!wants_folds(j))
			proceed(j);
		else if (!(j->busy = dr_folds_start(j->c->dr, j->project->id, j->model,
						    j->project->metric, got_folds, j, &e)))
			job_stop(j->c, &e);
	}
}

static void fetch_model(struct job *j, struct dr_job *got)
{
	struct err e = {0};

	if (!got->model) {
		end_fail(j, TRIAL_FAILED, "its job is done and names no model");
		return;
	}
	j->model = got->model;
	got->model = NULL;
	j->busy = dr_model_start(j->c->dr, j->project->id, j->model, got_model, j, &e);
	if (!j->busy)
		job_stop(j->c, &e);
}

void answer_job(struct http_response *r, const struct err *why, void *ctx)
{
	struct job *j = ctx;
	struct dr_job got;
	struct err e = {0};

	j->busy = false;
	if (!dr_job_read(j->c->dr, r, why, &got, &e)) {
		if (why->kind == ERR_NONE)
			err_prefix(&e, "job %s", j->id);
		job_stop(j->c, &e);
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
		end_job(j, &got);
		break;
	case DR_JOB_GONE:
		end_gone(j);
		break;
	}
	dr_job_release(&got);
}
