/* leaderboard: all models of a project, in the order that is asked for. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "jobs/rank.h"
#include "routes/model.h"

#define PREPARED "prepared for deployment"

/* How the list is to be ordered. */
struct order {
	const char *metric;
	const char *partition; /* whose score counts */
	bool ascending;        /* a smaller score is the better one */
	const char *by;        /* of the query */
};

static double score_of(const cJSON *model, const struct order *o)
{
	return json_num(json_get(json_get(model, "metrics"), o->metric), o->partition, NAN);
}

/* Worse comes first, with `down` better; what has no score comes last. */
static int by_score(double a, double b, bool ascending, bool down)
{
	bool better = ascending ? a < b : a > b;

	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	if (a == b)
		return 0;
	return better == down ? -1 : 1;
}

static int compare(const void *x, const void *y, void *ctx)
{
	const cJSON *a = *(cJSON *const *)x, *b = *(cJSON *const *)y;
	const struct order *o = ctx;
	double i = json_num(a, "modelNumber", 0), k = json_num(b, "modelNumber", 0);

	for (const char *s = o->by; *s;) {
		bool down = *s == '-';
		size_t len = strcspn(s + down, ",");
		double p = json_num(a, "samplePct", 0), q = json_num(b, "samplePct", 0);
		int c = down ? (p < q) - (p > q) : (p > q) - (p < q);

		if (len == strlen("metric"))
			c = by_score(score_of(a, o), score_of(b, o), o->ascending, down);
		if (c)
			return c;
		s += down + len;
		s += *s == ',';
	}
	return (i > k) - (i < k);
}

static bool check_order(struct web_request *r, const char *by)
{
	for (const char *s = by; *s;) {
		size_t len;

		s += *s == '-';
		len = strcspn(s, ",");
		if (!(len == 6 && strncmp(s, "metric", len) == 0) &&
		    !(len == 9 && strncmp(s, "samplePct", len) == 0))
			return web_invalid(r, "orderBy",
					   "must be of metric, -metric, samplePct, -samplePct");
		s += len + (s[len] == ',');
	}
	return true;
}

static bool order_list(cJSON *list, struct order *o)
{
	size_t n = (size_t)cJSON_GetArraySize(list), i = 0;
	cJSON **all = calloc(n ? n : 1, sizeof(cJSON *)), *m;

	if (!all)
		return false;
	while ((m = cJSON_DetachItemFromArray(list, 0)))
		all[i++] = m;
	qsort_r(all, n, sizeof(cJSON *), compare, o);
	for (i = 0; i < n; i++)
		cJSON_AddItemToArray(list, all[i]);
	free(all);
	return true;
}

static bool flag_query(struct web_request *r, const char *name, long long *v)
{
	const char *text = web_query(r, name);

	*v = -1;
	if (!text || !*text)
		return true;
	*v = strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0;
	return *v || strcasecmp(text, "false") == 0 || strcmp(text, "0") == 0 ||
	       web_invalid(r, name, "must be true or false");
}

static bool real_query(struct web_request *r, const char *name, double *v)
{
	const char *text = web_query(r, name);
	char *end;

	*v = NAN;
	if (!text || !*text)
		return true;
	*v = strtod(text, &end);
	return (!*end && isfinite(*v)) || web_invalid(r, name, "must be a number");
}

void route_model_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	char metric[RANK_METRIC_MAX];
	struct order o = {
		.metric = metric, .partition = "validation", .by = web_query(r, "orderBy")};
	long long starred, frozen;
	double pct;
	sqlite3_stmt *q;
	const char *only = web_query(r, "withMetric");
	cJSON *list, *m;

	if (!o.by || !*o.by)
		o.by = "-metric";
	if (!common_project(r, sv, r->arg[0]) ||
	    !rank_metric(sv->store, r->arg[0], metric, &o.ascending) || !check_order(r, o.by) ||
	    !flag_query(r, "isStarred", &starred) || !flag_query(r, "isFrozen", &frozen) ||
	    !real_query(r, "samplePct", &pct) || !model_check_metric(r, sv, only))
		return;
	q = store_query(
		sv->store,
		MODEL_COLUMNS
		" WHERE m.project = ?1 AND (?2 < 0 OR m.starred = ?2)"
		" AND (?3 < 0 OR m.frozen = ?3)"
		" AND (?4 IS NULL OR abs(m.sample_pct - ?4) < 0.005)"
		" AND (?5 IS NULL OR instr(lower(b.summary ->> 'modelType'), lower(?5)))",
		"siids", r->arg[0], starred, frozen, pct, web_query(r, "name"));
	list = common_list(r, sv, q, model_row);
	if (list && !order_list(list, &o)) {
		cJSON_Delete(list);
		list = NULL;
	}
	cJSON_ArrayForEach (m, list) {
		model_keep_metric(m, only);
	}
	web_json(r, 200, list);
}

/* Whether a value is one of those with commas between them; no list takes all. */
static bool is_one_of(const char *list, const char *value)
{
	size_t len = value ? strlen(value) : 0;

	if (!list || !*list)
		return true;
	for (const char *s = list; *s; s += *s == ',') {
		size_t n = strcspn(s, ",");

		if (value && n == len && strncasecmp(s, value, n) == 0)
			return true;
		s += n;
	}
	return false;
}

/* Whether a list names the value in so many words. */
static bool names(const char *list, const char *value)
{
	return list && *list && is_one_of(list, value);
}

/* Whether all of those with commas between them are of another such list. */
static bool all_of(const char *list, const char *allowed)
{
	for (const char *s = list ? list : ""; *s; s += *s == ',') {
		char name[64];
		size_t n = strcspn(s, ",");

		snprintf(name, sizeof(name), "%.*s", (int)n, s);
		if (!names(allowed, name))
			return false;
		s += n;
	}
	return true;
}

/* In the name, or in one of the steps. */
static bool has_term(const cJSON *m, const char *term)
{
	const char *type = json_str(m, "modelType");
	const cJSON *p;

	if (!term || !*term || (type && strcasestr(type, term)))
		return true;
	cJSON_ArrayForEach (p, json_get(m, "processes")) {
		if (cJSON_IsString(p) && strcasestr(p->valuestring, term))
			return true;
	}
	return false;
}

/* prepared: the id of the model for deployment. */
static bool is_wanted(struct web_request *r, const cJSON *m, const char *prepared)
{
	const char *labels = web_query(r, "labels"), *is = web_query(r, "characteristics");
	char rows[32];

	snprintf(rows, sizeof(rows), "%.0f", json_num(m, "trainingRowCount", -1));
	return has_term(m, web_query(r, "searchTerm")) &&
	       is_one_of(web_query(r, "featurelists"), json_str(m, "featurelistId")) &&
	       is_one_of(web_query(r, "families"), json_str(m, "modelFamily")) &&
	       is_one_of(web_query(r, "blueprints"), json_str(m, "blueprintId")) &&
	       is_one_of(web_query(r, "trainingFilters"), rows) &&
	       (!names(labels, "starred") || json_true(m, "isStarred")) &&
	       (!names(labels, PREPARED) || names(prepared, json_str(m, "id"))) &&
	       (!names(is, "frozen") || json_true(m, "isFrozen")) &&
	       all_of(is, "frozen"); /* no model has one of the others */
}

/* Filters that are not understood are refused: the list would be another one. */
static bool check_filters(struct web_request *r)
{
	static const char characteristics[] =
		"frozen,trained on gpu,with exportable coefficients,with mono constraints,"
		"with rating table,with scoring code,new series optimized";
	const char *rows = web_query(r, "trainingFilters");
	const char *clusters = web_query(r, "numberOfClusters");

	if (!all_of(web_query(r, "labels"), "starred," PREPARED))
		return web_invalid(r, "labels", "must be of starred," PREPARED);
	if (!all_of(web_query(r, "characteristics"), characteristics))
		return web_invalid(r, "characteristics", "must be of %s", characteristics);
	if (rows && rows[strspn(rows, "0123456789,")])
		return web_invalid(r, "trainingFilters",
				   "must be numbers of rows: nothing here is trained on a "
				   "stretch of time");
	return !clusters || !*clusters ||
	       web_invalid(r, "numberOfClusters", "there are no models of clusters");
}

/* Which score the list is ordered by; o->metric has room for RANK_METRIC_MAX. */
static bool read_order(struct web_request *r, struct service *sv, char *metric, struct order *o)
{
	const char *by = web_query(r, "sortByMetric");

	if (!rank_metric(sv->store, r->arg[0], metric, &o->ascending))
		return false;
	if (by && *by) {
		by += *by == '-';
		snprintf(metric, RANK_METRIC_MAX, "%s", by);
		if (!rank_direction(sv->store, r->arg[0], metric, &o->ascending))
			return web_invalid(r, "sortByMetric", "there is no metric '%s'", by);
	}
	o->partition = web_query(r, "sortByPartition");
	if (!o->partition || !*o->partition)
		o->partition = "validation";
	return is_one_of("validation,crossValidation,holdout", o->partition) ||
	       web_invalid(r, "sortByPartition",
			   "must be validation, crossValidation or holdout");
}

static void find_prepared(struct web_request *r, struct service *sv, char id[STORE_ID_LEN + 1])
{
	sqlite3_stmt *q = store_query(sv->store,
				      "SELECT model FROM recommendation WHERE project = ?"
				      " AND type = 'Recommended for Deployment'",
				      "s", r->arg[0]);

	*id = '\0';
	if (!store_next(sv->store, q))
		return;
	snprintf(id, STORE_ID_LEN + 1, "%s", store_text(q, 0));
	sqlite3_reset(q);
}

/* How newer clients ask for the leaderboard: the same objects, page by page. */
void route_model_records(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	const char *only = web_query(r, "withMetric");
	char metric[RANK_METRIC_MAX], path[128], prepared[STORE_ID_LEN + 1];
	struct order o = {.metric = metric, .by = "-metric"};
	cJSON *list, *m, *next;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]) || !check_filters(r) ||
	    !read_order(r, sv, metric, &o) || !model_check_metric(r, sv, only))
		return;
	find_prepared(r, sv, prepared);
	q = store_query(sv->store, MODEL_COLUMNS " WHERE m.project = ?", "s", r->arg[0]);
	list = common_list(r, sv, q, model_row);
	for (m = list ? list->child : NULL; m; m = next) {
		next = m->next;
		if (!is_wanted(r, m, prepared))
			cJSON_Delete(cJSON_DetachItemViaPointer(list, m));
	}
	if (list && !order_list(list, &o)) {
		cJSON_Delete(list);
		list = NULL;
	}
	cJSON_ArrayForEach (m, list) {
		model_keep_metric(m, only);
	}
	snprintf(path, sizeof(path), "projects/%s/modelRecords/", r->arg[0]);
	common_page(r, list, "data", path);
}
