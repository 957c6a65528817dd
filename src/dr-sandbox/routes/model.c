#include "routes/model.h"

#include <math.h>
#include <string.h>

#include "jobs/queue.h"
#include "jobs/rank.h"

/* DataRobot shows five decimals of a fold, and means of what it shows. */
double model_shown(const cJSON *v)
{
	return cJSON_IsNumber(v) ? round(v->valuedouble * 1e5) / 1e5 : NAN;
}

static double mean_of(const cJSON *folds)
{
	double sum = 0;
	int n = 0;
	const cJSON *f;

	cJSON_ArrayForEach (f, folds) {
		sum += model_shown(f);
		n++;
	}
	return n > 1 ? sum / n : NAN;
}

static cJSON *partitions_of(const cJSON *score, bool unlocked)
{
	const cJSON *folds = json_get(score, "folds");
	cJSON *v = cJSON_CreateObject();
	bool ok = set_real(v, "validation", model_shown(folds ? folds->child : NULL)) &&
		  set_real(v, "crossValidation", mean_of(folds)) &&
		  set_real(v, "holdout",
			   unlocked ? model_shown(json_get(score, "holdout")) : NAN) &&
		  set_null(v, "training") && set_null(v, "backtestingScores") &&
		  set_null(v, "backtesting");

	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

static cJSON *metrics_of(sqlite3_stmt *q)
{
	cJSON *scores = store_json(q, MODEL_SCORES), *v = cJSON_CreateObject();
	const cJSON *m;
	bool ok = scores && v;

	cJSON_ArrayForEach (m, scores) {
		ok = json_set(v, m->string, partitions_of(m, store_int(q, MODEL_UNLOCKED))) &&
		     ok;
	}
	cJSON_Delete(scores);
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

static bool add_size(cJSON *v, sqlite3_stmt *q)
{
	cJSON *partition = store_json(q, MODEL_PARTITION);
	double pct = store_real(q, MODEL_SAMPLE_PCT);
	bool ok = json_set_num(v, "samplePct", pct) &&
		  set_real(v, "trainingRowCount", store_real(q, MODEL_ROWS)) &&
		  set_bool(v, "isTrainedIntoValidation", pct > queue_train_pct(partition)) &&
		  set_bool(v, "isTrainedIntoHoldout",
			   pct > 100 - json_num(partition, "holdoutPct", 0));

	cJSON_Delete(partition);
	return ok;
}

static bool add_nulls(cJSON *v)
{
	static const char *const nulls[] = {
		"trainingDuration",
		"trainingStartDate",
		"trainingEndDate",
		"monotonicIncreasingFeaturelistId",
		"monotonicDecreasingFeaturelistId",
		"linkFunction",
		"nClusters",
		"hasEmptyClusters",
		"isNClustersDynamicallyDetermined",
		"dataSelectionMethod",
		"timeWindowSamplePct",
		"samplingMethod",
	};

	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
		if (!set_null(v, nulls[i]))
			return false;
	return true;
}

cJSON *model_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	cJSON *v = cJSON_CreateObject(), *summary = store_json(q, MODEL_SUMMARY);
	bool ok = set_text(v, "id", store_text(q, MODEL_ID)) &&
		  set_text(v, "projectId", store_text(q, MODEL_PROJECT)) &&
		  set_text(v, "blueprintId", store_text(q, MODEL_BLUEPRINT)) &&
		  set_text(v, "featurelistId", store_text(q, MODEL_LIST)) &&
		  set_text(v, "featurelistName", store_text(q, MODEL_LIST_NAME)) &&
		  blueprint_copy(v, summary, "modelType") &&
		  set_text(v, "modelCategory",
			   store_text(q, MODEL_MEMBERS) ? "blend" : "model") &&
		  blueprint_copy(v, summary, "modelFamily") &&
		  blueprint_copy(v, summary, "modelFamilyFullName") &&
		  json_set_num(v, "modelNumber", (double)store_int(q, MODEL_NUMBER)) &&
		  blueprint_copy(v, summary, "processes") && add_size(v, q) &&
		  set_bool(v, "isFrozen", store_int(q, MODEL_FROZEN)) &&
		  set_bool(v, "isStarred", store_int(q, MODEL_STARRED)) &&
		  set_text(v, "parentModelId", store_text(q, MODEL_PARENT)) &&
		  json_set(v, "metrics", metrics_of(q)) &&
		  blueprint_copy(v, summary, "supportsMonotonicConstraints") &&
		  set_bool(v, "supportsComposableMl", false) &&
		  json_set_num(v, "predictionThreshold", store_real(q, MODEL_THRESHOLD)) &&
		  set_bool(v, "predictionThresholdReadOnly", false) && add_nulls(v);

	(void)r;
	(void)sv;
	cJSON_Delete(summary);
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

void model_keep_metric(cJSON *model, const char *metric)
{
	cJSON *metrics = json_get(model, "metrics"), *m, *next;

	if (!metric || !*metric)
		return;
	for (m = metrics ? metrics->child : NULL; m; m = next) {
		next = m->next;
		if (strcmp(m->string, metric) != 0)
			cJSON_Delete(cJSON_DetachItemViaPointer(metrics, m));
	}
}

bool model_check_metric(struct web_request *r, struct service *sv, const char *metric)
{
	bool ascending;

	return !metric || !*metric ||
	       rank_direction(sv->store, r->arg[0], metric, &ascending) ||
	       web_invalid(r, "withMetric", "there is no metric '%s'", metric);
}
