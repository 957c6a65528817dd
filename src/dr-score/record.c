#include "record.h"

#include <string.h>

#include "json/json.h"
#include "trial/trial.h"

static bool is(const cJSON *rec, const char *field, const char *value)
{
	const char *its = json_str(rec, field);

	return its && strcmp(its, value) == 0;
}

bool record_is_scored(const cJSON *rec, const char *metric, const char *partition)
{
	return json_get(rec, "was") && is(rec, "metric", metric) &&
	       (!partition || is(rec, "partition", partition));
}

bool record_check_name(const cJSON *rec, const char *metric, struct err *e)
{
	if (json_get(rec, "was") || !json_get(json_get(rec, "metrics"), metric))
		return true;
	return err_set(e, ERR_USAGE, "the service has a metric '%s': --name another", metric);
}

/* What the score was, kept once. */
static bool keep(cJSON *rec)
{
	static const char *const fields[] = {"score", "metric", "partition", "minimize",
					     "folds"};
	cJSON *was;
	bool ok = true;

	if (!json_get(rec, "was")) {
		was = cJSON_CreateObject();
		for (size_t i = 0; ok && i < sizeof(fields) / sizeof(*fields); i++) {
			const cJSON *v = cJSON_GetObjectItemCaseSensitive(rec, fields[i]);

			ok = !v || json_set(was, fields[i], cJSON_Duplicate(v, true));
		}
		ok = json_set(rec, "was", was) && ok;
	}
	cJSON_DeleteItemFromObjectCaseSensitive(rec, "folds");
	return ok;
}

static bool set_metric(cJSON *rec, const char *metric, const char *partition, double score)
{
	cJSON *metrics = json_get(rec, "metrics"), *of;

	if (!cJSON_IsObject(metrics)) {
		if (!json_set(rec, "metrics", cJSON_CreateObject()))
			return false;
		metrics = json_get(rec, "metrics");
	}
	if (!cJSON_IsObject(json_get(metrics, metric)) &&
	    !json_set(metrics, metric, cJSON_CreateObject()))
		return false;
	of = json_get(metrics, metric);
	return json_set_num(of, partition, score);
}

static bool set_by(cJSON *rec, const char *metric, const char *partition, bool minimize)
{
	return json_set_str(rec, "metric", metric) &&
	       json_set_str(rec, "partition", partition) &&
	       json_set(rec, "minimize", cJSON_CreateBool(minimize));
}

bool record_score(cJSON *rec, const char *metric, const char *partition, bool minimize,
		  double score, struct err *e)
{
	return (keep(rec) && json_set_num(rec, "score", score) &&
		set_by(rec, metric, partition, minimize) &&
		set_metric(rec, metric, partition, score)) ||
	       err_nomem(e);
}

bool record_fail(cJSON *rec, const char *metric, const char *partition, bool minimize,
		 const char *why, struct err *e)
{
	if (!keep(rec) || !json_set(rec, "score", cJSON_CreateNull()) ||
	    !set_by(rec, metric, partition, minimize))
		return err_nomem(e);
	return trial_set_state(rec, TRIAL_FAILED, why, e);
}
