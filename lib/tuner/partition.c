/* partition: see partition.h. */
#include "tuner/partition.h"

#include <string.h>

#include "json/json.h"
#include "trial/trial.h"

static bool no_score(const cJSON *rec, const char *metric, const char *partition, struct err *e)
{
	const cJSON *scores = json_get(json_get(rec, "metrics"), metric), *v;
	const char *other = NULL;

	if (strcmp(partition, "holdout") == 0)
		return err_set(e, ERR_REFUSED,
			       "trial %s: it has no score on the holdout, which was locked "
			       "when it was collected",
			       trial_id(rec));
	cJSON_ArrayForEach (v, scores)
		if (cJSON_IsNumber(v) && !other)
			other = v->string;
	return err_set(e, ERR_INPUT, "trial %s: it has no score of %.100s for %s%s%.50s",
		       trial_id(rec), metric ? metric : "its metric", partition,
		       other ? "; it has one for " : "", other ? other : "");
}

cJSON *partition_scored(const cJSON *rec, const char *partition, struct err *e)
{
	const char *metric = json_str(rec, "metric"), *own = json_str(rec, "partition");
	const cJSON *score =
		json_get(metric ? json_get(json_get(rec, "metrics"), metric) : NULL, partition);
	bool same = own && strcmp(own, partition) == 0;
	cJSON *copy;

	if (same && !score)
		score = json_get(rec, "score");
	if (!cJSON_IsNumber(score)) {
		no_score(rec, metric, partition, e);
		return NULL;
	}
	copy = cJSON_Duplicate(rec, true);
	if (copy && json_set_num(copy, "score", score->valuedouble) &&
	    json_set_str(copy, "partition", partition)) {
		if (!same)
			cJSON_DeleteItemFromObjectCaseSensitive(copy, "folds");
		return copy;
	}
	cJSON_Delete(copy);
	err_nomem(e);
	return NULL;
}
