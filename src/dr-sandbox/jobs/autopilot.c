#include "jobs/autopilot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/blend.h"
#include "jobs/rank.h"
#include "jobs/submit.h"
#include "json/json.h"

/* Runs are kept by these numbers (schema.c). */
enum stage { QUARTER, HALF, ALL, CROSS_VALIDATE, BLEND, RECOMMEND, FINISH };
static const double share[] = {[QUARTER] = 0.25, [HALF] = 0.5, [ALL] = 1};

/* Tables with fewer rows do not start as small. */
#define QUARTER_ROWS_MIN 4000
#define HALF_ROWS_MIN 2000

struct run {
	long long id, mode, stage, rows;
	char project[STORE_ID_LEN + 1], list[STORE_ID_LEN + 1];
	double max_pct, open_pct; /* without the holdout and one fold; without the holdout */
	struct autopilot_wishes wishes;
	bool has_cv;
};

bool autopilot_mode(const char *name, long long *mode)
{
	static const struct {
		const char *name;
		long long mode;
	} all[] = {{"auto", AUTOPILOT_AUTO},
		   {"manual", AUTOPILOT_MANUAL},
		   {"quick", AUTOPILOT_QUICK},
		   {"comprehensive", AUTOPILOT_COMPREHENSIVE}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(name, all[i].name) == 0) {
			*mode = all[i].mode;
			return true;
		}
	return false;
}

struct autopilot_wishes autopilot_wishes(const cJSON *body, long long mode)
{
	const cJSON *blend = json_get(body, "blendBestModels");

	return (struct autopilot_wishes){
		.prepare = !cJSON_IsFalse(json_get(body, "prepareModelForDeployment")),
		.blend = blend ? cJSON_IsTrue(blend)
			       : mode == AUTOPILOT_AUTO || mode == AUTOPILOT_COMPREHENSIVE,
		.consider = json_true(body, "considerBlendersInRecommendation"),
	};
}

static double size_of(const struct run *r, long long stage)
{
	return round(share[stage] * r->max_pct * 1e6) / 1e6;
}

static long long first_stage(const struct run *r)
{
	if (r->mode != AUTOPILOT_AUTO || r->rows < HALF_ROWS_MIN)
		return ALL;
	return r->rows < QUARTER_ROWS_MIN ? HALF : QUARTER;
}

static bool is_there(struct store *s, const struct run *r, const char *blueprint, double pct)
{
	sqlite3_stmt *q = store_query(s,
				      "SELECT 1 FROM model WHERE project = ? AND blueprint = ?"
				      " AND featurelist = ? AND NOT frozen"
				      " AND abs(sample_pct - ?) < 0.005",
				      "sssd", r->project, blueprint, r->list, pct);
	bool yes = store_next(s, q);

	sqlite3_reset(q);
	return yes;
}

/* Whether somebody else has asked for the same; the run then waits for that job. */
static bool adopt(struct store *s, const struct run *r, const char *fingerprint)
{
	return store_run(s,
			 "UPDATE job SET autopilot = ? WHERE project = ? AND fingerprint = ?"
			 " AND status IN ('queue', 'inprogress')",
			 "iss", r->id, r->project, fingerprint) > 0;
}

/* What memory runs out for is left out of the run. */
static void train(struct store *s, const struct run *r, const char *blueprint, double pct)
{
	char fingerprint[QUEUE_FINGERPRINT_LEN + 1];
	cJSON *features = NULL, *spec = NULL;
	struct submit job = {.project = r->project,
			     .kind = "fit",
			     .blueprint = blueprint,
			     .featurelist = r->list,
			     .fingerprint = fingerprint,
			     .sample_pct = pct,
			     .autopilot = r->id};

	if (is_there(s, r, blueprint, pct) ||
	    !submit_train_fingerprint(blueprint, r->list, pct, fingerprint) ||
	    adopt(s, r, fingerprint))
		return;
	if (submit_features(s, r->project, r->list, &features))
		spec = submit_fit(blueprint, NULL, NULL, features, pct,
				  r->mode == AUTOPILOT_COMPREHENSIVE && r->has_cv);
	job.spec = spec;
	if (spec)
		submit_job(s, &job);
	cJSON_Delete(spec);
	cJSON_Delete(features);
}

static void train_all(struct store *s, const struct run *r)
{
	/* DataRobot leaves the blueprint with features from clusters to those who ask
	 * for it, and so do we: clients that train it by themselves expect a new model.
	 * One of each family for quick: that with the most steps. */
	static const char sql[] =
		"SELECT id FROM blueprint b WHERE project = ?1 AND base IS NULL"
		" AND NOT instr(summary ->> 'modelType', 'Unsupervised Learning Features')"
		" AND (?2 <> 3 OR number = (SELECT c.number FROM blueprint c"
		"  WHERE c.project = ?1 AND c.base IS NULL"
		"  AND NOT instr(c.summary ->> 'modelType', 'Unsupervised Learning Features')"
		"  AND c.summary ->> 'modelFamily' = b.summary ->> 'modelFamily'"
		"  ORDER BY json_array_length(c.summary, '$.processes') DESC, c.number"
		"  LIMIT 1)) ORDER BY number";
	sqlite3_stmt *q = store_query(s, sql, "si", r->project, r->mode);

	while (store_next(s, q))
		train(s, r, store_text(q, 0), size_of(r, r->stage));
}

static void train_better(struct store *s, const struct run *r)
{
	struct rank_query query = {
		.project = r->project, .list = r->list, .sample_pct = size_of(r, r->stage - 1)};
	struct rank_model *m;
	size_t n, keep;

	if (!rank_models(s, &query, &m, &n))
		return;
	keep = (n + 1) / 2 < AUTOPILOT_KEEP ? AUTOPILOT_KEEP : (n + 1) / 2;
	for (size_t i = 0; i < n && i < keep; i++)
		train(s, r, m[i].blueprint, size_of(r, r->stage));
	free(m);
}

static void cross_validate(struct store *s, const struct run *r, const char *model)
{
	sqlite3_stmt *q = store_query(s,
				      "SELECT blueprint, featurelist, sample_pct, spec, used"
				      " FROM model WHERE id = ?",
				      "s", model);
	char fingerprint[STORE_ID_LEN + sizeof("crossval ")];
	struct submit job = {.project = r->project,
			     .kind = "crossval",
			     .model = model,
			     .fingerprint = fingerprint,
			     .autopilot = r->id};
	cJSON *spec, *used;

	snprintf(fingerprint, sizeof(fingerprint), "crossval %s", model);
	if (!store_next(s, q) || adopt(s, r, fingerprint))
		return;
	spec = store_json(q, 3);
	used = store_json(q, 4);
	job.blueprint = store_text(q, 0);
	job.featurelist = store_text(q, 1);
	job.sample_pct = store_real(q, 2);
	job.spec = spec;
	if (submit_cross_validated(spec, used))
		submit_job(s, &job);
	cJSON_Delete(spec);
	cJSON_Delete(used);
}

static void cross_validate_best(struct store *s, const struct run *r)
{
	struct rank_query query = {
		.project = r->project, .list = r->list, .sample_pct = r->max_pct};
	struct rank_model *m;
	size_t n;

	if (!r->has_cv || !rank_models(s, &query, &m, &n))
		return;
	for (size_t i = 0; i < n; i++)
		if ((i < AUTOPILOT_BEST || r->mode == AUTOPILOT_COMPREHENSIVE) &&
		    isnan(m[i].cross_validation))
			cross_validate(s, r, m[i].id);
	free(m);
}

static void blend(struct store *s, const struct run *r, const cJSON *ids)
{
	struct blend b;
	struct err e = {0};
	sqlite3_stmt *q;
	bool there;

	if (blend_of(s, r->project, ids, &b, &e)) {
		q = store_query(s,
				"SELECT 1 FROM job j JOIN model m ON m.id = j.model"
				" WHERE j.project = ? AND j.fingerprint = ?",
				"ss", r->project, b.fingerprint);
		there = store_next(s, q);
		sqlite3_reset(q);
		if (!there && !adopt(s, r, b.fingerprint))
			blend_submit(s, r->project, &b, r->has_cv, r->id);
	}
	blend_release(&b);
}

static void blend_best(struct store *s, const struct run *r)
{
	struct rank_query query = {.project = r->project,
				   .list = r->list,
				   .sample_pct = r->max_pct,
				   .by_cross_validation = r->has_cv};
	struct rank_model *m;
	cJSON *ids;
	size_t n;

	if (!r->wishes.blend || !rank_models(s, &query, &m, &n))
		return;
	ids = cJSON_CreateArray();
	for (size_t i = 0; i < n && i < AUTOPILOT_BLEND; i++)
		if (isfinite(r->has_cv ? m[i].cross_validation : m[i].validation))
			cJSON_AddItemToArray(ids, cJSON_CreateString(m[i].id));
	/* Where fewer have scores, there is nothing to blend. */
	if (cJSON_GetArraySize(ids) >= BLEND_MODELS_MIN)
		blend(s, r, ids);
	cJSON_Delete(ids);
	free(m);
}

static void recommend(struct store *s, const struct run *r, const char *type, const char *model)
{
	store_run(s,
		  "INSERT OR REPLACE INTO recommendation (project, type, model)"
		  " VALUES (?, ?, ?)",
		  "sss", r->project, type, model);
}

/* Of all lists: the project has one recommended model. */
static bool find_best(struct store *s, const struct run *r, bool with_blends,
		      char id[STORE_ID_LEN + 1])
{
	struct rank_query query = {.project = r->project,
				   .sample_pct = r->max_pct,
				   .by_cross_validation = r->has_cv,
				   .with_blends = with_blends};
	struct rank_model *m;
	size_t n;
	bool found;

	if (!rank_models(s, &query, &m, &n))
		return false;
	found = n > 0;
	if (found)
		snprintf(id, STORE_ID_LEN + 1, "%s", m[0].id);
	free(m);
	return found;
}

/* The model for deployment, once it has been trained from the one that was chosen. */
static bool find_prepared(struct store *s, const struct run *r, char id[STORE_ID_LEN + 1])
{
	sqlite3_stmt *q =
		store_query(s,
			    "SELECT m.id FROM autopilot a JOIN model m ON m.parent = a.chosen"
			    " WHERE a.id = ? AND m.sample_pct = ? ORDER BY m.number LIMIT 1",
			    "id", r->id, r->open_pct);
	bool found = store_next(s, q);

	if (found)
		snprintf(id, STORE_ID_LEN + 1, "%s", store_text(q, 0));
	sqlite3_reset(q);
	return found;
}

static void recommend_best(struct store *s, const struct run *r)
{
	char fingerprint[QUEUE_FINGERPRINT_LEN + 1];
	char best[STORE_ID_LEN + 1], prepared[STORE_ID_LEN + 1];

	if (find_best(s, r, true, best))
		recommend(s, r, "Most Accurate", best);
	if (!r->wishes.prepare || !find_best(s, r, r->wishes.consider, best))
		return;
	store_run(s, "UPDATE autopilot SET chosen = ? WHERE id = ?", "si", best, r->id);
	if (!find_prepared(s, r, prepared) &&
	    submit_frozen_fingerprint(best, r->open_pct, fingerprint) &&
	    !adopt(s, r, fingerprint))
		submit_frozen(s, r->project, best, r->open_pct, fingerprint, r->id);
}

static void finish(struct store *s, const struct run *r)
{
	char prepared[STORE_ID_LEN + 1];

	if (r->wishes.prepare && find_prepared(s, r, prepared))
		recommend(s, r, "Recommended for Deployment", prepared);
	store_run(s, "UPDATE autopilot SET done = 1 WHERE id = ?", "i", r->id);
}

static void do_stage(struct store *s, const struct run *r)
{
	switch (r->stage) {
	case QUARTER:
	case HALF:
	case ALL:
		if (r->stage == first_stage(r))
			train_all(s, r);
		else if (r->stage > first_stage(r))
			train_better(s, r);
		break;
	case CROSS_VALIDATE:
		cross_validate_best(s, r);
		break;
	case BLEND:
		blend_best(s, r);
		break;
	case RECOMMEND:
		recommend_best(s, r);
		break;
	default:
		finish(s, r);
	}
}

/* A run of the project that waits for nothing. */
static bool find_run(struct store *s, const char *project, struct run *r)
{
	sqlite3_stmt *q = store_query(
		s,
		"SELECT a.id, a.mode, a.stage, a.prepare, a.featurelist, p.rows, p.partition,"
		" a.blend, a.consider"
		" FROM autopilot a JOIN project p ON p.id = a.project"
		" WHERE a.project = ? AND NOT a.done AND NOT EXISTS (SELECT 1 FROM job j WHERE"
		" j.autopilot = a.id AND j.status IN ('queue', 'inprogress')) LIMIT 1",
		"s", project);
	cJSON *partition;

	if (!store_next(s, q))
		return false;
	*r = (struct run){.id = store_int(q, 0),
			  .mode = store_int(q, 1),
			  .stage = store_int(q, 2),
			  .wishes = {store_int(q, 3), store_int(q, 7), store_int(q, 8)},
			  .rows = store_int(q, 5)};
	snprintf(r->project, sizeof(r->project), "%s", project);
	snprintf(r->list, sizeof(r->list), "%s", store_text(q, 4));
	partition = store_json(q, 6);
	sqlite3_reset(q);
	r->has_cv = queue_has_folds(partition);
	r->max_pct = queue_train_pct(partition);
	r->open_pct = 100 - json_num(partition, "holdoutPct", 0);
	cJSON_Delete(partition);
	return true;
}

void autopilot_begin(struct store *s, const char *project, const char *list, long long mode,
		     const struct autopilot_wishes *wishes)
{
	if (mode == AUTOPILOT_MANUAL)
		return;
	store_run(s,
		  "INSERT INTO autopilot (project, featurelist, mode, prepare, blend,"
		  " consider) VALUES (?, ?, ?, ?, ?, ?)",
		  "ssiiii", project, list, mode, (long long)wishes->prepare,
		  (long long)wishes->blend, (long long)wishes->consider);
	autopilot_next(s, project);
}

void autopilot_next(struct store *s, const char *project)
{
	struct run r;

	while (find_run(s, project, &r)) {
		do_stage(s, &r);
		store_run(s, "UPDATE autopilot SET stage = stage + 1 WHERE id = ?", "i", r.id);
	}
}
