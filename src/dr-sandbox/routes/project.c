#include "routes/project.h"

#include <math.h>
#include <string.h>

#include "jobs/queue.h"

/* What the partition and the options hold where nothing was asked. */
static const char *const partition_keys[] = {
	"cvMethod",
	"validationType",
	"reps",
	"holdoutPct",
	"validationPct",
	"cvHoldoutLevel",
	"holdoutLevel",
	"trainingLevel",
	"validationLevel",
	"userPartitionCol",
	"partitionKeyCols",
	"datetimeCol",
	"datetimePartitionColumn",
};

static const struct {
	const char *key, *otherwise; /* JSON */
} option_keys[] = {
	{"weights", "null"},
	{"blueprintThreshold", "3"},
	{"responseCap", "false"},
	{"seed", "null"},
	{"smartDownsampled", "false"},
	{"majorityDownsamplingRate", "null"},
	{"downsampledMajorityRows", "null"},
	{"downsampledMinorityRows", "null"},
	{"offset", "null"},
	{"exposure", "null"},
	{"eventsCount", "null"},
	{"onlyIncludeMonotonicBlueprints", "false"},
	{"defaultMonotonicIncreasingFeaturelistId", "null"},
	{"defaultMonotonicDecreasingFeaturelistId", "null"},
	{"allowedPairwiseInteractionGroups", "null"},
	{"blendBestModels", "false"},
	{"scoringCodeOnly", "false"},
	{"shapOnlyMode", "false"},
	{"prepareModelForDeployment", "true"},
	{"considerBlendersInRecommendation", "false"},
};

static cJSON *copy(const cJSON *from, const char *key)
{
	cJSON *v = json_get(from, key);

	return v ? cJSON_Duplicate(v, true) : cJSON_CreateNull();
}

static cJSON *partition_of(const cJSON *stored)
{
	cJSON *v = cJSON_CreateObject();
	bool ok = v;

	for (size_t i = 0; ok && i < sizeof(partition_keys) / sizeof(partition_keys[0]); i++)
		ok = json_set(v, partition_keys[i], copy(stored, partition_keys[i]));
	if (ok && set_bool(v, "useTimeSeries", false))
		return v;
	cJSON_Delete(v);
	return NULL;
}

static cJSON *options_of(const cJSON *asked)
{
	cJSON *v = cJSON_CreateObject();
	bool ok = v;

	for (size_t i = 0; ok && i < sizeof(option_keys) / sizeof(option_keys[0]); i++) {
		cJSON *given = json_get(asked, option_keys[i].key);

		ok = json_set(v, option_keys[i].key,
			      given ? cJSON_Duplicate(given, true)
				    : cJSON_Parse(option_keys[i].otherwise));
	}
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

static cJSON *no_recommender(void)
{
	cJSON *v = cJSON_CreateObject();

	if (set_null(v, "isRecommender") && set_null(v, "recommenderUserId") &&
	    set_null(v, "recommenderItemId"))
		return v;
	cJSON_Delete(v);
	return NULL;
}

static bool add_split(cJSON *v, const cJSON *partition, double rows)
{
	double pct = queue_train_pct(partition), n = floor(rows * pct / 100 + 0.5);

	return set_real(v, "maxTrainPct", pct) && set_real(v, "maxTrainRows", n) &&
	       set_real(v, "scaleoutMaxTrainPct", pct) &&
	       set_real(v, "scaleoutMaxTrainRows", n);
}

cJSON *project_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	cJSON *v = cJSON_CreateObject(), *partition = store_json(q, 12);
	cJSON *asked = store_json(q, 14);
	const char *target = store_text(q, 7);
	bool quick = store_real(q, 6) == 3;
	bool ok = set_text(v, "id", store_text(q, 0)) &&
		  set_text(v, "projectName", store_text(q, 1)) &&
		  set_text(v, "projectDescription", store_text(q, 2)) &&
		  set_text(v, "fileName", store_text(q, 3)) &&
		  set_text(v, "stage", store_text(q, 4)) &&
		  set_text(v, "created", store_text(q, 5)) &&
		  set_real(v, "autopilotMode", store_real(q, 6)) &&
		  set_text(v, "target", target) &&
		  set_text(v, "targetType", store_text(q, 8)) &&
		  set_text(v, "metric", store_text(q, 9)) &&
		  set_tree(v, "positiveClass", store_json(q, 10)) &&
		  set_bool(v, "holdoutUnlocked", store_int(q, 11)) &&
		  add_split(v, partition, store_real(q, 13)) &&
		  json_set(v, "partition", partition_of(partition)) &&
		  json_set(v, "advancedOptions", options_of(asked)) &&
		  json_set(v, "recommender", no_recommender()) &&
		  set_bool(v, "unsupervisedMode", false) &&
		  set_bool(v, "useFeatureDiscovery", false) && set_bool(v, "quickrun", quick) &&
		  set_null(v, "catalogId") && set_null(v, "catalogVersionId") &&
		  set_bool(v, "useGpu", false);

	(void)r;
	(void)sv;
	cJSON_Delete(partition);
	cJSON_Delete(asked);
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

void route_project_status(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	cJSON *v = cJSON_CreateObject();
	sqlite3_stmt *q = store_query(
		sv->store,
		"SELECT stage, stage = 'modeling' AND NOT EXISTS (SELECT 1 FROM autopilot"
		" WHERE project = p.id AND NOT done)"
		" FROM project p WHERE id = ?",
		"s", r->arg[0]);
	const char *stage, *words;

	if (!store_next(sv->store, q)) {
		cJSON_Delete(v);
		common_project(r, sv, r->arg[0]);
		return;
	}
	stage = store_text(q, 0);
	words = strcmp(stage, "modeling") == 0 ? "Ready for modeling"
		: strcmp(stage, "aim") == 0    ? "Ready for a target"
					       : "Reading the data";
	if (set_bool(v, "autopilotDone", store_int(q, 1)) && set_text(v, "stage", stage) &&
	    set_text(v, "stageDescription", words)) {
		web_json(r, 200, v);
		return;
	}
	cJSON_Delete(v);
	web_json(r, 500, NULL);
}
