/* models: one model; what else is known of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "routes/model.h"
#include "routes/prediction.h"

/* One model, stepped to, or NULL and the answer 404. */
static sqlite3_stmt *one_model(struct web_request *r, struct service *sv)
{
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return NULL;
	q = store_query(sv->store, MODEL_COLUMNS " WHERE m.project = ? AND m.id = ?", "ss",
			r->arg[0], r->arg[1]);
	if (store_next(sv->store, q))
		return q;
	web_error(r, 404, "there is no model '%s'", r->arg[1]);
	return NULL;
}

void route_model_get(struct web_request *r, void *ctx)
{
	const char *only = web_query(r, "withMetric");
	sqlite3_stmt *q;
	cJSON *v;

	if (!(q = one_model(r, ctx)) || !model_check_metric(r, ctx, only))
		return;
	v = model_row(r, ctx, q);
	if (v)
		model_keep_metric(v, only);
	web_json(r, 200, v);
}

void route_model_features(struct web_request *r, void *ctx)
{
	sqlite3_stmt *q = one_model(r, ctx);
	cJSON *v = cJSON_CreateObject();

	if (q && set_tree(v, "featureNames", store_json(q, MODEL_FEATURES)) &&
	    set_text(v, "projectId", r->arg[0]) && set_text(v, "modelId", r->arg[1])) {
		web_json(r, 200, v);
		return;
	}
	cJSON_Delete(v);
	if (q)
		web_json(r, 500, NULL);
}

void route_model_iterations(struct web_request *r, void *ctx)
{
	sqlite3_stmt *q = one_model(r, ctx);
	cJSON *v = cJSON_CreateObject(), *data = cJSON_AddArrayToObject(v, "data");
	cJSON *one;
	bool ok = q && set_text(v, "projectId", r->arg[0]) && set_text(v, "modelId", r->arg[1]);

	if (ok && isfinite(store_real(q, MODEL_ITERATIONS))) {
		one = cJSON_CreateObject();
		ok = cJSON_AddItemToArray(data, one) && set_null(one, "stage") &&
		     json_set_num(one, "numIterations", store_real(q, MODEL_ITERATIONS));
	}
	if (ok) {
		web_json(r, 200, v);
		return;
	}
	cJSON_Delete(v);
	if (q)
		web_json(r, 500, NULL);
}

/* What can be asked of a model; false where no route here answers it. */
void route_model_capabilities(struct web_request *r, void *ctx)
{
	static const char *const never[] = {"hasWordCloud", "eligibleForPrime", "hasParameters",
					    "supportsCodeGeneration", "supportsShap"};
	sqlite3_stmt *q = one_model(r, ctx);
	cJSON *v, *summary;
	bool ok = true;

	if (!q)
		return;
	v = cJSON_CreateObject();
	summary = store_json(q, MODEL_SUMMARY);
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		ok = ok && set_bool(v, never[i], false);
	ok = ok && set_bool(v, "supportsBlending", !store_text(q, MODEL_MEMBERS)) &&
	     set_bool(v, "supportsMonotonicConstraints",
		      json_true(summary, "supportsMonotonicConstraints")) &&
	     set_bool(v, "supportsEarlyStopping", isfinite(store_real(q, MODEL_ITERATIONS)));
	cJSON_Delete(summary);
	if (!ok) {
		cJSON_Delete(v);
		v = NULL;
	}
	web_json(r, 200, v);
}

/* Coefficients are not kept, as those of most of DataRobot's models. */
void route_model_parameters(struct web_request *r, void *ctx)
{
	if (one_model(r, ctx))
		web_error(r, 404, "the model has no parameters to show");
}

static bool is_binary(struct service *sv, const char *project)
{
	sqlite3_stmt *q = store_query(sv->store,
				      "SELECT 1 FROM project WHERE id = ?"
				      " AND target_type = 'Binary'",
				      "s", project);
	bool yes = store_next(sv->store, q);

	sqlite3_reset(q);
	return yes;
}

void route_model_patch(struct web_request *r, void *ctx)
{
	static const char *const fields[] = {"isStarred", "predictionThreshold", NULL};
	struct service *sv = ctx;
	const cJSON *star = json_get(r->body, "isStarred");
	const cJSON *threshold = json_get(r->body, "predictionThreshold");

	if (!one_model(r, sv) || !common_only(r, fields))
		return;
	if (star && !cJSON_IsBool(star)) {
		web_invalid(r, "isStarred", "must be true or false");
		return;
	}
	if (threshold && !(cJSON_IsNumber(threshold) && threshold->valuedouble >= 0 &&
			   threshold->valuedouble <= 1)) {
		web_invalid(r, "predictionThreshold", "must be a number from 0 to 1");
		return;
	}
	if (threshold && !is_binary(sv, r->arg[0])) {
		web_invalid(r, "predictionThreshold",
			    "only models of a target with two classes have one");
		return;
	}
	if (star)
		store_run(sv->store, "UPDATE model SET starred = ? WHERE id = ?", "is",
			  (long long)cJSON_IsTrue(star), r->arg[1]);
	if (threshold)
		store_run(sv->store, "UPDATE model SET threshold = ? WHERE id = ?", "ds",
			  threshold->valuedouble, r->arg[1]);
	web_empty(r, 204);
}

/* Its jobs stay readable; the same may be asked for again. */
void route_model_delete(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;

	if (!one_model(r, sv))
		return;
	prediction_drop(sv, r->arg[0], r->arg[1]);
	store_run(sv->store, "DELETE FROM model WHERE id = ?", "s", r->arg[1]);
	store_run(sv->store, "UPDATE job SET fingerprint = NULL WHERE model = ?", "s",
		  r->arg[1]);
	web_empty(r, 204);
}

/* Scores of the folds of one metric, or (from 0) of one fold; NULL: memory ran out. */
static cJSON *folds_of(const cJSON *score, double only)
{
	cJSON *v = cJSON_CreateObject();
	const cJSON *f;
	int k = 0;

	cJSON_ArrayForEach (f, json_get(score, "folds")) {
		char name[16];

		snprintf(name, sizeof(name), "%d.0", k++);
		if ((isnan(only) || only == k - 1) && !set_real(v, name, model_shown(f))) {
			cJSON_Delete(v);
			return NULL;
		}
	}
	return v;
}

/* The fold that is asked for, NAN where all are; false: answered. */
static bool find_fold(struct web_request *r, const cJSON *scores, double *fold)
{
	const char *text = web_query(r, "partition");
	int n = cJSON_GetArraySize(json_get(scores ? scores->child : NULL, "folds"));
	char *end;

	*fold = NAN;
	if (n < 2)
		return web_error(r, 404, "the model has not been cross validated");
	if (!text || !*text)
		return true;
	*fold = strtod(text, &end);
	return (!*end && *fold >= 0 && *fold < n && *fold == floor(*fold)) ||
	       web_invalid(r, "partition", "must be one of 0.0 to %d.0", n - 1);
}

void route_model_folds(struct web_request *r, void *ctx)
{
	const char *metric = web_query(r, "metric");
	sqlite3_stmt *q = one_model(r, ctx);
	cJSON *scores, *v, *all;
	const cJSON *m;
	double fold;
	bool ok = true;

	if (!q)
		return;
	scores = store_json(q, MODEL_SCORES);
	if (!find_fold(r, scores, &fold)) {
		cJSON_Delete(scores);
		return;
	}
	if (metric && *metric && !json_get(scores, metric)) {
		cJSON_Delete(scores);
		web_invalid(r, "metric", "there is no metric '%s'", metric);
		return;
	}
	v = cJSON_CreateObject();
	all = cJSON_AddObjectToObject(v, "cvScores");
	cJSON_ArrayForEach (m, scores) {
		if (!metric || !*metric || strcmp(metric, m->string) == 0)
			ok = json_set(all, m->string, folds_of(m, fold)) && ok;
	}
	cJSON_Delete(scores);
	if (!ok || !all) {
		cJSON_Delete(v);
		v = NULL;
	}
	web_json(r, 200, v);
}
