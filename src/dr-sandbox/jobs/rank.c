#include "jobs/rank.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

bool rank_direction(struct store *s, const char *project, const char *metric, bool *ascending)
{
	sqlite3_stmt *q =
		store_query(s, "SELECT metrics FROM project WHERE id = ?", "s", project);
	cJSON *details = store_next(s, q) ? store_json(q, 0) : NULL;
	const cJSON *m;
	bool found = false;

	sqlite3_reset(q);
	cJSON_ArrayForEach (m, details) {
		const char *one = json_str(m, "metricName");

		if (found || !one || strcmp(one, metric) != 0)
			continue;
		found = true;
		*ascending = json_true(m, "ascending");
	}
	cJSON_Delete(details);
	return found;
}

bool rank_metric(struct store *s, const char *project, char name[RANK_METRIC_MAX],
		 bool *ascending)
{
	sqlite3_stmt *q =
		store_query(s, "SELECT metric FROM project WHERE id = ?", "s", project);

	*ascending = true;
	*name = '\0';
	if (!store_next(s, q))
		return false;
	if (store_text(q, 0))
		snprintf(name, RANK_METRIC_MAX, "%s", store_text(q, 0));
	sqlite3_reset(q);
	rank_direction(s, project, name, ascending);
	return true;
}

/* What compare needs to know. */
struct order {
	bool ascending, by_cross_validation;
};

/* Models are read in the order of their numbers; the sort keeps it among equals. */
static int compare(const void *x, const void *y, void *ctx)
{
	const struct rank_model *a = x, *b = y;
	const struct order *o = ctx;
	double i = o->by_cross_validation ? a->cross_validation : a->validation;
	double k = o->by_cross_validation ? b->cross_validation : b->validation;

	if (isnan(i) || isnan(k))
		return isnan(i) - isnan(k);
	return o->ascending ? (i > k) - (i < k) : (i < k) - (i > k);
}

static void read_scores(const cJSON *folds, struct rank_model *m)
{
	double sum = 0;
	int n = cJSON_GetArraySize(folds);
	const cJSON *f;

	cJSON_ArrayForEach (f, folds)
		sum += cJSON_IsNumber(f) ? f->valuedouble : NAN;
	m->validation = folds && cJSON_IsNumber(folds->child) ? folds->child->valuedouble : NAN;
	m->cross_validation = n > 1 ? sum / n : NAN;
}

bool rank_models(struct store *s, const struct rank_query *query, struct rank_model **out,
		 size_t *n)
{
	char metric[RANK_METRIC_MAX];
	struct order o = {.by_cross_validation = query->by_cross_validation};
	sqlite3_stmt *q;

	*out = NULL;
	*n = 0;
	if (!rank_metric(s, query->project, metric, &o.ascending))
		return true;
	q = store_query(s,
			"SELECT m.id, m.blueprint, m.featurelist, m.scores FROM model m"
			" JOIN blueprint b ON b.project = m.project AND b.id = m.blueprint"
			" WHERE m.project = ?1 AND NOT m.frozen"
			" AND (b.base IS NULL OR (?4 AND b.members IS NOT NULL))"
			" AND abs(m.sample_pct - ?2) < 0.005"
			" AND (?3 IS NULL OR m.featurelist = ?3) ORDER BY m.number",
			"sdsi", query->project, query->sample_pct, query->list,
			(long long)query->with_blends);
	while (store_next(s, q)) {
		struct rank_model *more = realloc(*out, (*n + 1) * sizeof(**out)), *m;
		cJSON *scores;

		if (!more) {
			free(*out);
			*out = NULL;
			return false;
		}
		*out = more;
		m = &more[(*n)++];
		snprintf(m->id, sizeof(m->id), "%s", store_text(q, 0));
		snprintf(m->blueprint, sizeof(m->blueprint), "%s", store_text(q, 1));
		snprintf(m->list, sizeof(m->list), "%s", store_text(q, 2));
		scores = store_json(q, 3);
		read_scores(json_get(json_get(scores, metric), "folds"), m);
		cJSON_Delete(scores);
	}
	if (*n)
		qsort_r(*out, *n, sizeof(**out), compare, &o);
	return true;
}
