#include "jobs/blend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/submit.h"
#include "json/json.h"

/* What models and jobs show before the first fit has drawn the blueprint. */
static const char summary[] =
	"{\"modelType\":\"AVG Blender\",\"processes\":[\"Average Blend\"],"
	"\"modelFamily\":\"BLENDER\",\"modelFamilyFullName\":\"Blender\","
	"\"supportsMonotonicConstraints\":false}";

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The ids in rising order: the same models are the same blend. */
static bool sort_ids(const cJSON *ids, const char *id[BLEND_MODELS_MAX], size_t *n,
		     struct err *e)
{
	const cJSON *i;

	*n = 0;
	if (cJSON_GetArraySize(ids) < BLEND_MODELS_MIN ||
	    cJSON_GetArraySize(ids) > BLEND_MODELS_MAX)
		return err_set(e, ERR_REFUSED, "a blend is made of %d to %d models, not of %d",
			       BLEND_MODELS_MIN, BLEND_MODELS_MAX, cJSON_GetArraySize(ids));
	cJSON_ArrayForEach (i, ids) {
		if (!cJSON_IsString(i))
			return err_set(e, ERR_REFUSED, "every model is named by its id");
		id[(*n)++] = i->valuestring;
	}
	qsort(id, *n, sizeof(*id), by_text);
	for (size_t k = 1; k < *n; k++)
		if (strcmp(id[k - 1], id[k]) == 0)
			return err_set(e, ERR_REFUSED, "the model '%s' is named twice", id[k]);
	return true;
}

/* {"blueprint", "values", "features"} of one model, as the worker takes it. */
static bool add_part(struct store *s, const char *project, const struct blend *b,
		     sqlite3_stmt *q, cJSON *parts, struct err *e)
{
	cJSON *part = cJSON_CreateObject(), *used = store_json(q, 3), *features = NULL;
	bool ok = cJSON_AddItemToArray(parts, part) &&
		  json_set_str(part, "blueprint", store_text(q, 2)) &&
		  (!used || json_set(part, "values", used)) &&
		  submit_features(s, project, b->list, &features) &&
		  (!features || json_set(part, "features", features));

	return ok || err_nomem(e);
}

static bool add_model(struct store *s, const char *project, const char *id, struct blend *b,
		      cJSON *parts, struct err *e)
{
	sqlite3_stmt *q =
		store_query(s,
			    "SELECT m.featurelist, m.sample_pct, ifnull(b.base, b.id), m.used,"
			    " b.members IS NOT NULL FROM model m JOIN blueprint b"
			    " ON b.project = m.project AND b.id = m.blueprint"
			    " WHERE m.project = ? AND m.id = ?",
			    "ss", project, id);
	double pct;
	bool ok;

	if (!store_next(s, q))
		return err_set(e, ERR_REFUSED, "there is no model '%s'", id);
	pct = store_real(q, 1);
	if (!b->list[0]) {
		snprintf(b->list, sizeof(b->list), "%s", store_text(q, 0));
		b->sample_pct = pct;
	}
	if (store_int(q, 4))
		ok = err_set(e, ERR_REFUSED, "the model '%s' is a blend itself", id);
	else if (strcmp(b->list, store_text(q, 0)) != 0)
		ok = err_set(e, ERR_REFUSED,
			     "the models have been trained on different feature lists");
	else if (fabs(b->sample_pct - pct) > 0.005)
		ok = err_set(e, ERR_REFUSED,
			     "the models have been trained on different shares of the rows: "
			     "%g %% and %g %%",
			     fmin(b->sample_pct, pct), fmax(b->sample_pct, pct));
	else
		ok = add_part(s, project, b, q, parts, e);
	sqlite3_reset(q);
	return ok;
}

bool blend_of(struct store *s, const char *project, const cJSON *ids, struct blend *b,
	      struct err *e)
{
	const char *id[BLEND_MODELS_MAX];
	cJSON *models, *parts;
	size_t n;

	*b = (struct blend){.members = cJSON_CreateObject()};
	models = cJSON_AddArrayToObject(b->members, "models");
	parts = cJSON_AddArrayToObject(b->members, "blend");
	if (!models || !parts)
		return err_nomem(e);
	if (!sort_ids(ids, id, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!cJSON_AddItemToArray(models, cJSON_CreateString(id[i])))
			return err_nomem(e);
		if (!add_model(s, project, id[i], b, parts, e))
			return false;
	}
	return (json_set_str(b->members, "list", b->list) &&
		submit_blend_fingerprint(project, models, b->fingerprint)) ||
	       err_nomem(e);
}

void blend_release(struct blend *b)
{
	cJSON_Delete(b->members);
	*b = (struct blend){0};
}

long long blend_submit(struct store *s, const char *project, const struct blend *b,
		       bool cross_validation, long long autopilot)
{
	char blueprint[33];
	struct submit job = {.project = project,
			     .kind = "fit",
			     .blueprint = blueprint,
			     .featurelist = b->list,
			     .fingerprint = b->fingerprint,
			     .sample_pct = b->sample_pct,
			     .autopilot = autopilot};
	cJSON *spec = submit_blend(b->members, b->sample_pct, cross_validation);
	long long id = 0;

	if (spec && submit_blueprint_id("blend", json_get(b->members, "models"), blueprint)) {
		store_run(s,
			  "INSERT OR IGNORE INTO blueprint (project, id, base, members,"
			  " summary) VALUES (?1, ?2, ?2, ?3, ?4)",
			  "ssjs", project, blueprint, b->members, summary);
		job.spec = spec;
		id = submit_job(s, &job);
	}
	cJSON_Delete(spec);
	return id;
}
