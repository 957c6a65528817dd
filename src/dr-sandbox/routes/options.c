#include "routes/options.h"

#include <string.h>

#include "json/json.h"

/* What would give other models, and is not offered. */
static const char *const not_offered[] = {
	"weights",
	"offset",
	"exposure",
	"eventsCount",
	"responseCap",
	"smartDownsampled",
	"majorityDownsamplingRate",
	"monotonicIncreasingFeaturelistId",
	"monotonicDecreasingFeaturelistId",
	"onlyIncludeMonotonicBlueprints",
	"allowedPairwiseInteractionGroups",
	"scoringCodeOnly",
	"shapOnlyMode",
	"sampleStepPct",
	"stopWords",
	"rateTopPctThreshold",
	"quantileLevel",
	"unsupervisedMode",
	"unsupervisedType",
	"autopilotClusterList",
	"relationshipsConfigurationId",
	"featureEngineeringPredictionPoint",
	"autopilotDataSamplingMethod",
	"classMappingAggregationSettings",
	"primaryLocationColumn",
	"segmentationTaskId",
	"modelGroupId",
	"incrementalLearningOnlyMode",
	"incrementalLearningOnBestModel",
	"chunkDefinitionId",
	"externalPredictions",
	"scaleoutModelingMode",
	/* Fair ones. */
	"protectedFeatures",
	"preferableTargetValue",
	"fairnessMetricsSet",
	"fairnessThreshold",
	"biasMitigationFeatureName",
	"biasMitigationTechnique",
	"includeBiasMitigationFeatureAsPredictorVariable",
	/* Of projects over time. */
	"datetimePartitionColumn",
	"datetimeCol",
	"useTimeSeries",
	"multiseriesIdColumns",
	"calendarId",
	"numberOfBacktests",
	"backtests",
	"windowsBasisUnit",
	"featureDerivationWindowStart",
	"forecastWindowStart",
	"useCrossSeriesFeatures",
	"exponentiallyWeightedMovingAlpha",
};

/*
 * What is kept and shown.  But for those that the autopilot reads (autopilot.h) none of it
 * could change anything here: every blueprint is trained in seconds, no column leaks the
 * target unnoticed, and there are no secondary tables.
 */
static const struct {
	const char *field;
	bool number; /* or true and false */
} shown[] = {
	{"blueprintThreshold", true},
	{"minSecondaryValidationModelCount", true},
	{"accuracyOptimizedMb", false},
	{"prepareModelForDeployment", false},
	{"blendBestModels", false},
	{"considerBlendersInRecommendation", false},
	{"runLeakageRemovedFeatureList", false},
	{"autopilotWithFeatureDiscovery", false},
	{"featureDiscoverySupervisedFeatureReduction", false},
	{"useSupervisedFeatureReduction", false},
	{"useGpu", false},
};

static bool asks_for_nothing(const cJSON *v)
{
	return !v || cJSON_IsNull(v) || cJSON_IsFalse(v) ||
	       (cJSON_IsNumber(v) && v->valuedouble == 0) ||
	       (cJSON_IsString(v) &&
		(v->valuestring[0] == '\0' || strcmp(v->valuestring, "disabled") == 0)) ||
	       ((cJSON_IsArray(v) || cJSON_IsObject(v)) && !v->child);
}

bool options_check(struct web_request *r)
{
	for (size_t i = 0; i < sizeof(not_offered) / sizeof(not_offered[0]); i++)
		if (!asks_for_nothing(json_get(r->body, not_offered[i])))
			return web_invalid(r, not_offered[i],
					   "is not supported by dr-sandbox; leave it out");
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		const cJSON *v = json_get(r->body, shown[i].field);

		if (v && (shown[i].number ? !cJSON_IsNumber(v) : !cJSON_IsBool(v)))
			return web_invalid(r, shown[i].field, "must be %s",
					   shown[i].number ? "a number" : "true or false");
	}
	return true;
}

cJSON *options_keep(const cJSON *body)
{
	cJSON *v = cJSON_Duplicate(body, true);

	cJSON_DeleteItemFromObjectCaseSensitive(v, "credentials");
	return v;
}
