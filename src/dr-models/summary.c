#include "summary.h"

#include <stdlib.h>
#include <string.h>

#include "dr/dr.h"
#include "json/json.h"

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* How many different ids the models have in a field; -1: out of memory. */
static double count_different(const cJSON *models, const char *field)
{
	char **ids = calloc((size_t)cJSON_GetArraySize(models) + 1, sizeof(*ids));
	size_t n = 0, different = 0;
	bool ok = ids;
	const cJSON *m;

	cJSON_ArrayForEach (m, models)
		if (ok && dr_has_id(m, field))
			ok = (ids[n++] = dr_id(m, field)) != NULL;
	if (ok)
		qsort(ids, n, sizeof(*ids), compare);
	for (size_t i = 0; ok && i < n; i++)
		different += i == 0 || strcmp(ids[i], ids[i - 1]) != 0;
	while (ids && n > 0)
		free(ids[--n]);
	free(ids);
	return ok ? (double)different : -1;
}

/* A step counts each time that a blueprint has it, the learner included. */
static double count_steps(const cJSON *blueprints)
{
	const cJSON *b;
	double n = 0;

	cJSON_ArrayForEach (b, blueprints)
		n += cJSON_GetArraySize(json_get(b, "processes"));
	return n;
}

static bool copy(cJSON *rec, const char *name, const cJSON *from, const char *field)
{
	const cJSON *v = json_get(from, field);

	return json_set(rec, name, v ? cJSON_Duplicate(v, true) : cJSON_CreateNull());
}

cJSON *summary_of(const cJSON *project, const char *metric, const cJSON *models,
		  const cJSON *blueprints, struct err *e)
{
	cJSON *rec = cJSON_CreateObject();
	double trained = count_different(models, "blueprintId");
	double lists = count_different(models, "featurelistId");

	if (trained >= 0 && lists >= 0 && copy(rec, "project", project, "id") &&
	    copy(rec, "project_name", project, "projectName") &&
	    copy(rec, "target", project, "target") &&
	    copy(rec, "target_type", project, "targetType") &&
	    json_set_str(rec, "metric", metric) &&
	    json_set_num(rec, "models", cJSON_GetArraySize(models)) &&
	    json_set_num(rec, "blueprints_trained", trained) &&
	    json_set_num(rec, "featurelists", lists) &&
	    json_set_num(rec, "blueprints", cJSON_GetArraySize(blueprints)) &&
	    json_set_num(rec, "preprocessing_steps", count_steps(blueprints)))
		return rec;
	cJSON_Delete(rec);
	err_nomem(e);
	return NULL;
}
