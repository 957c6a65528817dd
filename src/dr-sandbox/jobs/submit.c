#include "jobs/submit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sha2.h>

#include "json/json.h"

long long submit_job(struct store *s, const struct submit *j)
{
	char model[STORE_ID_LEN + 1];

	store_new_id(model);
	store_run(s,
		  "INSERT INTO job (project, kind, status, spec, model, blueprint, featurelist,"
		  " sample_pct, parent, description, fingerprint, autopilot, held_from)"
		  " VALUES (?, ?, 'queue', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		  "ssjsssdsssid", j->project, j->kind, j->spec, j->model ? j->model : model,
		  j->blueprint, j->featurelist, j->sample_pct, j->parent, j->description,
		  j->fingerprint, j->autopilot, j->autopilot ? NAN : store_clock());
	return store_last_id(s);
}

void submit_status_job(struct store *s, const char *project, const char *kind,
		       const char *status, const cJSON *spec, char id[STORE_ID_LEN + 1])
{
	char now[STORE_TIME_LEN + 1];

	store_new_id(id);
	store_now(now);
	store_run(s, "INSERT INTO job (project, kind, status, spec) VALUES (?, ?, ?, ?)",
		  "sssj", project, kind, status, spec);
	store_run(s,
		  "INSERT INTO status (id, project, job, status, message, created)"
		  " VALUES (?, ?, ?, 'INITIALIZED', '', ?)",
		  "ssis", id, project, store_last_id(s), now);
}

cJSON *submit_fit(const char *blueprint, const cJSON *values, const cJSON *search,
		  const cJSON *features, double sample_pct, bool cross_validation)
{
	cJSON *v = cJSON_CreateObject();

	if (json_set_str(v, "job", "fit") && json_set_str(v, "blueprint", blueprint) &&
	    (!values || json_set(v, "values", cJSON_Duplicate(values, true))) &&
	    (!search || json_set(v, "search", cJSON_Duplicate(search, true))) &&
	    (!features || json_set(v, "features", cJSON_Duplicate(features, true))) &&
	    json_set_num(v, "sample_pct", sample_pct) &&
	    json_set(v, "cross_validation", cJSON_CreateBool(cross_validation)) &&
	    json_set(v, "holdout", cJSON_CreateTrue()))
		return v;
	cJSON_Delete(v);
	return NULL;
}

bool submit_validated(cJSON *spec)
{
	return json_set(spec, "cross_validation", cJSON_CreateFalse()) &&
	       json_set_str(spec, "scoring", "validation");
}

bool submit_cross_validated(cJSON *spec, const cJSON *used)
{
	if (used && json_get(spec, "values") &&
	    !json_set(spec, "values", cJSON_Duplicate(used, true)))
		return false;
	cJSON_DeleteItemFromObjectCaseSensitive(spec, "search");
	cJSON_DeleteItemFromObjectCaseSensitive(spec, "scoring");
	return json_set(spec, "cross_validation", cJSON_CreateTrue());
}

cJSON *submit_blend(const cJSON *members, double sample_pct, bool cross_validation)
{
	cJSON *v = cJSON_CreateObject();

	if (json_set_str(v, "job", "fit") &&
	    json_set(v, "blend", cJSON_Duplicate(json_get(members, "blend"), true)) &&
	    json_set_num(v, "sample_pct", sample_pct) &&
	    json_set(v, "cross_validation", cJSON_CreateBool(cross_validation)) &&
	    json_set(v, "holdout", cJSON_CreateTrue()))
		return v;
	cJSON_Delete(v);
	return NULL;
}

bool submit_features(struct store *s, const char *project, const char *featurelist,
		     cJSON **features)
{
	sqlite3_stmt *q = store_query(s,
				      "SELECT features, NOT by_user AND name = 'Informative "
				      "Features' FROM featurelist"
				      " WHERE project = ? AND id = ?",
				      "ss", project, featurelist);
	bool there = store_next(s, q);

	*features = there && !store_int(q, 1) ? store_json(q, 0) : NULL;
	if (there)
		sqlite3_reset(q);
	return there;
}

/* SHA-256 of the canonical JSON of [kind, id, value], in hex. */
static bool digest(const char *kind, const char *id, cJSON *value, size_t len, char *out)
{
	cJSON *all = cJSON_CreateArray();
	char hex[SHA256_DIGEST_STRING_LENGTH], *text = NULL;
	bool ok = cJSON_AddItemToArray(all, cJSON_CreateString(kind)) &&
		  cJSON_AddItemToArray(all, cJSON_CreateString(id));

	if (cJSON_AddItemToArray(all, value))
		text = ok ? json_canonical(all) : NULL;
	else
		cJSON_Delete(value);
	cJSON_Delete(all);
	if (!text)
		return false;
	SHA256Data((const uint8_t *)text, strlen(text), hex);
	snprintf(out, len + 1, "%s", hex);
	free(text);
	return true;
}

bool submit_train_fingerprint(const char *blueprint, const char *featurelist, double sample_pct,
			      char out[QUEUE_FINGERPRINT_LEN + 1])
{
	cJSON *v = cJSON_CreateArray();

	cJSON_AddItemToArray(v, cJSON_CreateString(featurelist));
	cJSON_AddItemToArray(v, cJSON_CreateNumber(sample_pct));
	return digest("train", blueprint, v, QUEUE_FINGERPRINT_LEN, out);
}

bool submit_frozen_fingerprint(const char *model, double sample_pct,
			       char out[QUEUE_FINGERPRINT_LEN + 1])
{
	return digest("frozen", model, cJSON_CreateNumber(sample_pct), QUEUE_FINGERPRINT_LEN,
		      out);
}

bool submit_tune_fingerprint(const char *model, const cJSON *values,
			     char out[QUEUE_FINGERPRINT_LEN + 1])
{
	return digest("tune", model, cJSON_Duplicate(values, true), QUEUE_FINGERPRINT_LEN, out);
}

bool submit_blend_fingerprint(const char *project, const cJSON *models,
			      char out[QUEUE_FINGERPRINT_LEN + 1])
{
	return digest("blend", project, cJSON_Duplicate(models, true), QUEUE_FINGERPRINT_LEN,
		      out);
}

bool submit_blueprint_id(const char *base, const cJSON *asked, char out[33])
{
	return digest("blueprint", base, cJSON_Duplicate(asked, true), 32, out);
}

long long submit_frozen(struct store *s, const char *project, const char *model,
			double sample_pct, const char *fingerprint, long long autopilot)
{
	sqlite3_stmt *q = store_query(
		s,
		"SELECT m.blueprint, m.featurelist, m.used, ifnull(b.base, b.id), m.parent,"
		" b.members"
		" FROM model m JOIN blueprint b ON b.project = m.project AND"
		" b.id = m.blueprint WHERE m.project = ? AND m.id = ?",
		"ss", project, model);
	struct submit job = {.project = project,
			     .kind = "fit",
			     .fingerprint = fingerprint,
			     .sample_pct = sample_pct,
			     .autopilot = autopilot};
	cJSON *used, *members, *features = NULL, *spec = NULL;
	long long id = 0;

	if (!store_next(s, q))
		return 0;
	used = store_json(q, 2);
	members = store_json(q, 5);
	job.blueprint = store_text(q, 0);
	job.featurelist = store_text(q, 1);
	/* A frozen model's values are its parent's. */
	job.parent = store_text(q, 4) ? store_text(q, 4) : model;
	if (members)
		spec = submit_blend(members, sample_pct, true);
	else if (submit_features(s, project, job.featurelist, &features))
		spec = submit_fit(store_text(q, 3), used, NULL, features, sample_pct, true);
	job.spec = spec;
	if (spec)
		id = submit_job(s, &job);
	cJSON_Delete(used);
	cJSON_Delete(members);
	cJSON_Delete(features);
	cJSON_Delete(spec);
	return id;
}
