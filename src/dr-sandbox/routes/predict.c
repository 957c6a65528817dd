/* predict: jobs whose predictions are kept; predictions of datasets; what goes with them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jobs/submit.h"
#include "routes/job.h"
#include "routes/prediction.h"

char *prediction_file(const struct service *sv, const char *project, const char *id,
		      const char *ending)
{
	char *path;

	if (asprintf(&path, "%s/%s/work/%s%s", sv->home->projects, project, id, ending) < 0)
		return NULL;
	return path;
}

static void remove_file(const struct service *sv, const char *project, const char *id,
			const char *ending)
{
	char *path = prediction_file(sv, project, id, ending);

	if (path)
		unlink(path);
	free(path);
}

void prediction_drop(struct service *sv, const char *project, const char *id)
{
	sqlite3_stmt *q = store_query(
		sv->store, "SELECT id FROM prediction WHERE model = ?1 OR dataset = ?1", "s",
		id);

	while (store_next(sv->store, q))
		remove_file(sv, project, store_text(q, 0), ".preds");
}

void prediction_drop_dataset(struct service *sv, const char *project, const char *id)
{
	sqlite3_stmt *q = store_query(
		sv->store, "SELECT id FROM dataset WHERE project = ?1 AND ?2 IN (id, status)",
		"ss", project, id);
	char dataset[STORE_ID_LEN + 1];

	if (!store_next(sv->store, q))
		return;
	snprintf(dataset, sizeof(dataset), "%s", store_text(q, 0));
	sqlite3_reset(q);
	prediction_drop(sv, project, dataset);
	store_run(sv->store, "DELETE FROM dataset WHERE id = ?", "s", dataset);
	remove_file(sv, project, dataset, ".csv");
}

/* The worker's job line, without the paths: the model's fit, made to predict. */
static bool make_spec(cJSON *fit, cJSON *used, const struct prediction_job *j, const char *id)
{
	char out[STORE_ID_LEN + 8], csv[STORE_ID_LEN + 8];
	bool ok = fit;

	/* The members of a blend bring their values. */
	if (json_get(fit, "blend"))
		cJSON_Delete(used);
	else
		ok = ok && (!used || json_set(fit, "values", used));
	snprintf(out, sizeof(out), "%s.preds", id);
	cJSON_DeleteItemFromObjectCaseSensitive(fit, "cross_validation");
	cJSON_DeleteItemFromObjectCaseSensitive(fit, "holdout");
	ok = ok && json_set_str(fit, "job", "predict") && json_set_str(fit, "out", out);
	if (!j->dataset)
		return ok && json_set_str(fit, "subset", j->subset) &&
		       set_bool(fit, "holdout", j->holdout);
	snprintf(csv, sizeof(csv), "%s.csv", j->dataset);
	return ok && json_set_str(fit, "csv", csv);
}

static bool submit(struct web_request *r, struct service *sv, const struct prediction_job *j,
		   struct submit *job, const char *id)
{
	long long number;

	if ((job->fingerprint && job_is_there(r, sv, job->project, job->fingerprint, false)) ||
	    job_queue_full(r, sv))
		return false;
	number = submit_job(sv->store, job);
	store_run(sv->store,
		  "INSERT INTO prediction (id, project, model, job, subset, holdout, dataset)"
		  " VALUES (?, ?, ?, ?, ?, ?, ?)",
		  "sssisis", id, job->project, j->model, number, j->subset,
		  (long long)j->holdout, j->dataset);
	job_accepted(r, sv, job->project, job->kind, number);
	return true;
}

bool prediction_submit(struct web_request *r, struct service *sv,
		       const struct prediction_job *j)
{
	sqlite3_stmt *q = store_query(sv->store,
				      "SELECT blueprint, featurelist, sample_pct, spec, used"
				      " FROM model WHERE project = ? AND id = ?",
				      "ss", r->arg[0], j->model);
	char id[STORE_ID_LEN + 1], fingerprint[128], blueprint[33], list[STORE_ID_LEN + 1];
	struct submit job = {.project = r->arg[0],
			     .kind = j->dataset ? "predict" : "trained",
			     .blueprint = blueprint,
			     .featurelist = list,
			     .model = j->model};
	cJSON *spec;
	bool ok;

	if (!store_next(sv->store, q))
		return web_error(r, 404, "there is no model '%s'", j->model);
	snprintf(blueprint, sizeof(blueprint), "%s", store_text(q, 0));
	snprintf(list, sizeof(list), "%s", store_text(q, 1));
	job.sample_pct = store_real(q, 2);
	store_new_id(id);
	spec = store_json(q, 3);
	ok = make_spec(spec, store_json(q, 4), j, id) ||
	     web_error(r, 500, "the model's job cannot be read");
	sqlite3_reset(q);
	job.spec = spec;
	if (j->subset) {
		snprintf(fingerprint, sizeof(fingerprint), "trained %s %s %d", j->model,
			 j->subset, j->holdout);
		job.fingerprint = fingerprint;
	}
	ok = ok && submit(r, sv, j, &job, id);
	cJSON_Delete(spec);
	return ok;
}

static bool is_dataset(struct web_request *r, struct service *sv, const char *id)
{
	sqlite3_stmt *q = store_query(sv->store,
				      "SELECT 1 FROM dataset WHERE project = ? AND id = ?"
				      " AND rows IS NOT NULL",
				      "ss", r->arg[0], id);
	bool there = store_next(sv->store, q);

	sqlite3_reset(q);
	return there || web_error(r, 404, "there is no prediction dataset '%s'", id);
}

void route_predict(struct web_request *r, void *ctx)
{
	static const char *const fields[] = {"modelId", "datasetId", NULL};
	struct service *sv = ctx;
	struct prediction_job j = {.model = json_str(r->body, "modelId"),
				   .dataset = json_str(r->body, "datasetId")};

	if (!common_project(r, sv, r->arg[0]) || !common_only(r, fields))
		return;
	if (!j.model)
		web_invalid(r, "modelId", "is required");
	else if (!j.dataset)
		web_invalid(r, "datasetId", "is required");
	else if (is_dataset(r, sv, j.dataset))
		prediction_submit(r, sv, &j);
}

/* {"task", "positiveClass", "predictions": [...]} */
static bool put_all(struct prediction *p, struct json_text *t, struct err *e)
{
	const char *task = p->width > 1 ? "{\"task\":\"Multiclass\",\"positiveClass\":"
			   : p->classes ? "{\"task\":\"Binary\",\"positiveClass\":"
					: "{\"task\":\"Regression\",\"positiveClass\":";
	const char *next = ",\"predictions\":";

	json_text_add(t, task, strlen(task));
	if (p->classes && p->width == 1)
		json_print(t, p->label->child);
	else
		json_text_add(t, "null", 4);
	json_text_add(t, next, strlen(next));
	if (!prediction_rows(p, false, 0, preds_rows(p->file), t, e))
		return false;
	json_text_add(t, "}", 1);
	return true;
}

void route_prediction_get(struct web_request *r, void *ctx)
{
	bool csv = web_accepts(r, "text/csv");
	struct prediction p;
	struct json_text t = {0};
	struct err e = {0};
	bool ok;

	if (prediction_open(r, ctx, false, r->arg[1], &p)) {
		ok = csv ? prediction_csv(&p, false, 0, preds_rows(p.file), &t, &e)
			 : put_all(&p, &t, &e);
		prediction_answer(r, csv ? "text/csv" : "application/json", &t, ok, &e);
	}
	prediction_close(&p);
}
