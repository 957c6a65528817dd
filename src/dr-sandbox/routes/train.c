/* train: a blueprint on a share of the rows; a model again; cross validation of one. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "jobs/submit.h"
#include "routes/blueprint.h"
#include "routes/job.h"

/* What a request for training comes to. */
struct training {
	const char *blueprint;
	char list[STORE_ID_LEN + 1];
	double pct, max_pct; /* asked for; without the holdout and one fold */
	bool folds;          /* of the partition */
	bool cross_validation;
	bool validation; /* was asked for by name */
};

/* Fewer rows are refused by the worker too (training.c), but only when the job runs. */
#define ROWS_MIN 10

static bool number(struct web_request *r, const char *field, double *v)
{
	const cJSON *n = json_get(r->body, field);

	*v = cJSON_IsNumber(n) ? n->valuedouble : NAN;
	return !n || (*v > 0) || web_invalid(r, field, "must be a number above 0");
}

/* t->pct, which the request names by `field`. */
static bool check_size(struct web_request *r, const struct training *t, const char *field,
		       double rows, double open_pct, bool unlocked)
{
	if (t->pct > 100)
		return web_invalid(r, field, "must be at most 100");
	if (t->pct > open_pct && !unlocked)
		return web_invalid(r, field, "above %g %% the holdout must be unlocked first",
				   open_pct);
	return round(t->pct / 100 * rows) >= ROWS_MIN ||
	       web_invalid(r, field, "at least %d rows are needed", ROWS_MIN);
}

/* samplePct or trainingRowCount, as percent of the rows. */
static bool find_size(struct web_request *r, struct service *sv, struct training *t)
{
	double pct, rows, holdout;
	sqlite3_stmt *q = store_query(sv->store,
				      "SELECT partition, rows, holdout_unlocked, stage"
				      " FROM project WHERE id = ?",
				      "s", r->arg[0]);
	cJSON *partition;

	if (!number(r, "samplePct", &pct) || !number(r, "trainingRowCount", &rows))
		return false;
	if (!store_next(sv->store, q))
		return common_project(r, sv, r->arg[0]);
	if (strcmp(store_text(q, 3), "modeling") != 0)
		return web_error(r, 422, "the project has no target yet");
	partition = store_json(q, 0);
	holdout = json_num(partition, "holdoutPct", 0);
	t->max_pct = queue_train_pct(partition);
	t->folds = queue_has_folds(partition);
	cJSON_Delete(partition);
	if (isfinite(pct) && isfinite(rows))
		return web_invalid(r, "samplePct", "cannot go with trainingRowCount");
	if (isfinite(rows) && rows != floor(rows))
		return web_invalid(r, "trainingRowCount", "must be a whole number");
	if (isfinite(rows) && rows > store_real(q, 1))
		return web_invalid(r, "trainingRowCount", "the project has %lld rows",
				   store_int(q, 1));
	t->pct = isfinite(rows)  ? 100 * rows / store_real(q, 1)
		 : isfinite(pct) ? pct
				 : t->max_pct;
	return check_size(r, t, isfinite(rows) ? "trainingRowCount" : "samplePct",
			  store_real(q, 1), 100 - holdout, store_int(q, 2));
}

/* The list that is asked for, or `otherwise`, or the informative features. */
static bool find_list(struct web_request *r, struct service *sv, struct training *t,
		      const char *otherwise, cJSON **features)
{
	const cJSON *asked = json_get(r->body, "featurelistId");
	const char *id = cJSON_GetStringValue(asked);
	sqlite3_stmt *q;

	if (asked && !id)
		return web_invalid(r, "featurelistId", "must be a text");
	if (!id)
		id = otherwise;
	if (!id) {
		q = store_query(sv->store,
				"SELECT id FROM featurelist WHERE project = ? AND NOT by_user"
				" AND name = 'Informative Features'",
				"s", r->arg[0]);
		id = store_next(sv->store, q) ? store_text(q, 0) : "";
	}
	snprintf(t->list, sizeof(t->list), "%s", id);
	return submit_features(sv->store, r->arg[0], t->list, features) ||
	       web_invalid(r, "featurelistId", "there is no list '%s'", t->list);
}

static bool find_scoring(struct web_request *r, struct training *t)
{
	const cJSON *v = json_get(r->body, "scoringType");
	const char *type = cJSON_GetStringValue(v);

	if (v && (!type ||
		  (strcmp(type, "validation") != 0 && strcmp(type, "crossValidation") != 0)))
		return web_invalid(r, "scoringType", "must be validation or crossValidation");
	if (type && strcmp(type, "crossValidation") == 0 && !t->folds)
		return web_invalid(r, "scoringType", "the project has no cross validation");
	t->validation = type && strcmp(type, "validation") == 0;
	/* A model that has seen the validation rows is scored out of fold. */
	t->cross_validation = t->folds && ((type && strcmp(type, "crossValidation") == 0) ||
					   t->pct > t->max_pct);
	return true;
}

/* The columns of a blend are those that its models were trained with. */
static bool list_fits(struct web_request *r, const struct training *t,
		      const struct blueprint *b)
{
	const char *own = json_str(b->members, "list");

	return !own || strcmp(own, t->list) == 0 ||
	       web_invalid(
		       r, "featurelistId",
		       "a blend keeps the list of its models; blend models of another list");
}

static void submit(struct web_request *r, struct service *sv, const struct training *t,
		   const struct blueprint *b, const cJSON *features)
{
	char fingerprint[QUEUE_FINGERPRINT_LEN + 1];
	cJSON *spec = b->members ? submit_blend(b->members, t->pct, t->cross_validation)
				 : submit_fit(b->base, b->asked, b->search, features, t->pct,
					      t->cross_validation);
	struct submit job = {.project = r->arg[0],
			     .kind = "fit",
			     .blueprint = t->blueprint,
			     .featurelist = t->list,
			     .fingerprint = fingerprint,
			     .sample_pct = t->pct,
			     .spec = spec};

	if (!spec || (t->validation && !t->cross_validation && !submit_validated(spec)) ||
	    !submit_train_fingerprint(t->blueprint, t->list, t->pct, fingerprint))
		web_json(r, 500, NULL);
	else if (!job_is_there(r, sv, r->arg[0], fingerprint, t->cross_validation) &&
		 !job_queue_full(r, sv))
		job_accepted(r, sv, r->arg[0], job.kind, submit_job(sv->store, &job));
	cJSON_Delete(spec);
}

void route_train(struct web_request *r, void *ctx)
{
	static const char *const fields[] = {"blueprintId",      "featurelistId", "samplePct",
					     "trainingRowCount", "scoringType",   NULL};
	struct service *sv = ctx;
	struct training t = {.blueprint = json_str(r->body, "blueprintId")};
	struct blueprint b;
	cJSON *features = NULL;

	if (!common_project(r, sv, r->arg[0]) || !common_only(r, fields) ||
	    !find_size(r, sv, &t) || !find_scoring(r, &t))
		return;
	if (!t.blueprint) {
		web_invalid(r, "blueprintId", "is required");
		return;
	}
	if (!blueprint_load(sv, r->arg[0], t.blueprint, &b)) {
		web_invalid(r, "blueprintId", "there is no blueprint '%s'", t.blueprint);
		return;
	}
	if (find_list(r, sv, &t, json_str(b.members, "list"), &features) &&
	    list_fits(r, &t, &b))
		submit(r, sv, &t, &b, features);
	cJSON_Delete(features);
	blueprint_release(&b);
}

/* What a model that is named in the body was trained with. */
struct model {
	char root[STORE_ID_LEN + 1]; /* itself, or of a frozen one that with its values */
	char blueprint[33], list[STORE_ID_LEN + 1];
	double pct;
};

static bool find_model(struct web_request *r, struct service *sv, struct model *m)
{
	const char *id = json_str(r->body, "modelId");
	sqlite3_stmt *q;

	if (!id)
		return web_invalid(r, "modelId", "is required");
	q = store_query(sv->store,
			"SELECT blueprint, featurelist, sample_pct, ifnull(parent, id)"
			" FROM model WHERE project = ? AND id = ?",
			"ss", r->arg[0], id);
	if (!store_next(sv->store, q))
		return web_error(r, 404, "there is no model '%s'", id);
	snprintf(m->blueprint, sizeof(m->blueprint), "%s", store_text(q, 0));
	snprintf(m->list, sizeof(m->list), "%s", store_text(q, 1));
	m->pct = store_real(q, 2);
	snprintf(m->root, sizeof(m->root), "%s", store_text(q, 3));
	sqlite3_reset(q);
	return true;
}

/* The same blueprint with another list or size; what is not named stays. */
void route_retrain(struct web_request *r, void *ctx)
{
	static const char *const fields[] = {"modelId",          "featurelistId", "samplePct",
					     "trainingRowCount", "scoringType",   NULL};
	struct service *sv = ctx;
	struct model m;
	struct training t = {.blueprint = m.blueprint};
	struct blueprint b;
	cJSON *features = NULL;

	if (!common_project(r, sv, r->arg[0]) || !common_only(r, fields) ||
	    !find_model(r, sv, &m) || !find_size(r, sv, &t))
		return;
	if (!json_get(r->body, "samplePct") && !json_get(r->body, "trainingRowCount"))
		t.pct = m.pct;
	if (!find_scoring(r, &t))
		return;
	if (!blueprint_load(sv, r->arg[0], m.blueprint, &b)) {
		web_json(r, 500, NULL);
		return;
	}
	if (find_list(r, sv, &t, m.list, &features) && list_fits(r, &t, &b))
		submit(r, sv, &t, &b, features);
	cJSON_Delete(features);
	blueprint_release(&b);
}

/* The same model with the values that it works with, on another share of the rows. */
void route_freeze(struct web_request *r, void *ctx)
{
	static const char *const fields[] = {"modelId", "samplePct", "trainingRowCount", NULL};
	const char *id = json_str(r->body, "modelId");
	struct service *sv = ctx;
	char fingerprint[QUEUE_FINGERPRINT_LEN + 1];
	struct model m;
	struct training t = {0};
	long long job;

	if (!common_project(r, sv, r->arg[0]) || !common_only(r, fields) ||
	    !find_model(r, sv, &m) || !find_size(r, sv, &t))
		return;
	if (!submit_frozen_fingerprint(m.root, t.pct, fingerprint)) {
		web_json(r, 500, NULL);
		return;
	}
	if (job_is_there(r, sv, r->arg[0], fingerprint, false) || job_queue_full(r, sv))
		return;
	job = submit_frozen(sv->store, r->arg[0], id, t.pct, fingerprint, 0);
	if (job)
		job_accepted(r, sv, r->arg[0], "fit", job);
	else
		web_json(r, 500, NULL);
}

/* A model that has its scores already gets a job that is done. */
void route_cross_validate(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;
	char fingerprint[STORE_ID_LEN + sizeof("crossval ")];
	struct submit job = {.project = r->arg[0], .kind = "crossval", .model = r->arg[1]};
	long long id;
	bool done;
	static const char *const fields[] = {NULL};
	cJSON *spec, *used;

	if (!common_project(r, sv, r->arg[0]) || !common_only(r, fields))
		return;
	q = store_query(sv->store,
			"SELECT m.blueprint, m.featurelist, m.sample_pct, m.spec, m.used,"
			" ifnull(p.partition ->> 'validationType', 'CV') = 'TVH'"
			" FROM model m JOIN project p ON p.id = m.project"
			" WHERE m.project = ? AND m.id = ?",
			"ss", r->arg[0], r->arg[1]);
	if (!store_next(sv->store, q)) {
		web_error(r, 404, "there is no model '%s'", r->arg[1]);
		return;
	}
	if (store_int(q, 5)) {
		web_error(r, 422, "the project has no cross validation");
		return;
	}
	spec = store_json(q, 3);
	used = store_json(q, 4);
	done = json_true(spec, "cross_validation");
	snprintf(fingerprint, sizeof(fingerprint), "crossval %s", r->arg[1]);
	job.blueprint = store_text(q, 0);
	job.featurelist = store_text(q, 1);
	job.sample_pct = store_real(q, 2);
	job.fingerprint = done ? NULL : fingerprint;
	job.spec = spec;
	if (!submit_cross_validated(spec, used)) {
		web_json(r, 500, NULL);
	} else if (done || (!job_is_there(r, sv, r->arg[0], fingerprint, true) &&
			    !job_queue_full(r, sv))) {
		id = submit_job(sv->store, &job);
		if (done)
			store_run(sv->store, "UPDATE job SET status = 'COMPLETED' WHERE id = ?",
				  "i", id);
		job_accepted(r, sv, r->arg[0], job.kind, id);
	}
	cJSON_Delete(spec);
	cJSON_Delete(used);
}
