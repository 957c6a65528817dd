/* aim_partition: how the rows are to be parted; section 7 of the interface's fields. */
#include <math.h>
#include <string.h>

#include "routes/aim.h"

#define FOLDS_MAX 50
#define TRAINING_PCT_MIN 10

bool aim_is_text(struct web_request *r, const char *field)
{
	const cJSON *v = json_get(r->body, field);

	return !v || (cJSON_IsString(v) && v->valuestring[0]) ||
	       web_invalid(r, field, "must be a text");
}

bool aim_one_of(struct web_request *r, const char *field, const char *const *allowed,
		const char *words)
{
	const char *v;

	if (!aim_is_text(r, field))
		return false;
	v = json_str(r->body, field);
	for (; v && *allowed; allowed++)
		if (strcmp(v, *allowed) == 0)
			return true;
	return !v || web_invalid(r, field, "'%s' is not supported by dr-sandbox; %s", v, words);
}

bool aim_in_range(struct web_request *r, const char *field, double min, double max, bool whole)
{
	const cJSON *v = json_get(r->body, field);

	if (!v)
		return true;
	if (cJSON_IsNumber(v) && v->valuedouble >= min && v->valuedouble <= max &&
	    (!whole || v->valuedouble == floor(v->valuedouble)))
		return true;
	return web_invalid(r, field, "must be a %snumber from %g to %.0f",
			   whole ? "whole " : "", min, max);
}

static bool is(const cJSON *body, const char *field, const char *text)
{
	const char *v = json_str(body, field);

	return v && strcmp(v, text) == 0;
}

/* A field that this kind of partition does not have would be accepted and then ignored. */
static bool fits(struct web_request *r, const char *field, bool yes, const char *where)
{
	return yes || !json_get(r->body, field) ||
	       web_invalid(r, field, "goes with %s only", where);
}

static bool check_fields(struct web_request *r)
{
	const cJSON *b = r->body;
	bool tvh = is(b, "validationType", "TVH"), user = is(b, "cvMethod", "user");

	return fits(r, "reps", !tvh && !user, "cross validation that is not by a column") &&
	       fits(r, "validationPct", tvh && !user, "TVH that is not by a column") &&
	       fits(r, "holdoutPct", !user, "a partition that is not by a column") &&
	       fits(r, "partitionKeyCols", is(b, "cvMethod", "group"), "cvMethod group") &&
	       fits(r, "userPartitionCol", user, "cvMethod user") &&
	       fits(r, "cvHoldoutLevel", user && !tvh, "cvMethod user and CV") &&
	       fits(r, "trainingLevel", user && tvh, "cvMethod user and TVH") &&
	       fits(r, "validationLevel", user && tvh, "cvMethod user and TVH") &&
	       fits(r, "holdoutLevel", user && tvh, "cvMethod user and TVH");
}

/* The column of a group or user partition, or NULL. */
static const char *column_of(const cJSON *body)
{
	if (is(body, "cvMethod", "user"))
		return json_str(body, "userPartitionCol");
	return cJSON_GetStringValue(cJSON_GetArrayItem(json_get(body, "partitionKeyCols"), 0));
}

/* A column that is there and is not the target; its distinct values go to *values. */
static bool check_column(struct web_request *r, struct service *sv, const char *field,
			 double *values)
{
	const char *name = column_of(r->body);
	sqlite3_stmt *q;

	if (!name)
		return web_invalid(r, field, "is required: %s",
				   strcmp(field, "userPartitionCol") == 0
					   ? "the name of a column"
					   : "a list with the name of one column");
	if (is(r->body, "target", name))
		return web_invalid(r, field, "the target cannot part the rows");
	q = store_query(sv->store,
			"SELECT (body ->> 'uniqueCount') + (body ->> 'naCount' > 0)"
			" FROM feature WHERE project = ? AND name = ?",
			"ss", r->arg[0], name);
	if (!store_next(sv->store, q))
		return web_invalid(r, field, "there is no column '%s'", name);
	*values = store_real(q, 0);
	sqlite3_reset(q);
	return true;
}

static bool check_group(struct web_request *r, struct service *sv)
{
	bool tvh = is(r->body, "validationType", "TVH");
	double parts = tvh ? 2 : json_num(r->body, "reps", 5), groups;
	const cJSON *list = json_get(r->body, "partitionKeyCols");

	if (list && (!cJSON_IsArray(list) || cJSON_GetArraySize(list) != 1))
		return web_invalid(r, "partitionKeyCols",
				   "must be a list with the name of one column");
	if (!check_column(r, sv, "partitionKeyCols", &groups))
		return false;
	parts += json_num(r->body, "holdoutPct", 20) > 0;
	return !(groups < parts) ||
	       web_invalid(r, "partitionKeyCols",
			   "the column '%s' has %.0f groups; at least %.0f are needed, one for "
			   "each fold and the holdout",
			   column_of(r->body), groups, parts);
}

static bool is_level(struct web_request *r, const char *field, bool needed)
{
	const cJSON *v = json_get(r->body, field);

	if (!v)
		return !needed || web_invalid(r, field, "is required: a value of the column");
	return cJSON_IsString(v) || cJSON_IsNumber(v) ||
	       web_invalid(r, field, "must be a value of the column");
}

static bool check_user(struct web_request *r, struct service *sv)
{
	bool tvh = is(r->body, "validationType", "TVH");
	double values;

	if (!aim_is_text(r, "userPartitionCol") ||
	    !check_column(r, sv, "userPartitionCol", &values) ||
	    !is_level(r, "cvHoldoutLevel", false) || !is_level(r, "holdoutLevel", false) ||
	    !is_level(r, "trainingLevel", tvh) || !is_level(r, "validationLevel", tvh))
		return false;
	return !(values > FOLDS_MAX + 1) ||
	       web_invalid(r, "userPartitionCol",
			   "the column '%s' has %.0f values; at most %d folds are possible",
			   column_of(r->body), values, FOLDS_MAX);
}

bool aim_check_partition(struct web_request *r, struct service *sv)
{
	static const char *const methods[] = {"stratified", "random", "group", "user", NULL};
	static const char *const validations[] = {"CV", "TVH", NULL};
	const cJSON *b = r->body;

	if (!aim_one_of(r, "cvMethod", methods, "random, stratified, group and user are") ||
	    !aim_one_of(r, "validationType", validations, "CV and TVH are") ||
	    !aim_in_range(r, "reps", 2, FOLDS_MAX, true) ||
	    !aim_in_range(r, "holdoutPct", 0, 80, false) ||
	    !aim_in_range(r, "validationPct", 1, 80, false) ||
	    !aim_in_range(r, "seed", 0, 9007199254740991.0, true) || !check_fields(r))
		return false;
	if (is(b, "validationType", "TVH") && !is(b, "cvMethod", "user") &&
	    json_num(b, "holdoutPct", 20) + json_num(b, "validationPct", 16) >
		    100 - TRAINING_PCT_MIN)
		return web_invalid(r, "validationPct",
				   "with the holdout it leaves less than %d %% to train on",
				   TRAINING_PCT_MIN);
	if (is(b, "cvMethod", "group"))
		return check_group(r, sv);
	return !is(b, "cvMethod", "user") || check_user(r, sv);
}

bool aim_put_partition(cJSON *spec, const cJSON *body)
{
	static const char *const names[][2] = {
		{"cvMethod", "cv_method"},
		{"validationType", "validation_type"},
		{"reps", "reps"},
		{"holdoutPct", "holdout_pct"},
		{"validationPct", "validation_pct"},
		{"cvHoldoutLevel", "holdout_level"},
		{"holdoutLevel", "holdout_level"},
		{"trainingLevel", "training_level"},
		{"validationLevel", "validation_level"},
	};
	const char *column = column_of(body);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const cJSON *given = json_get(body, names[i][0]);

		if (given && !json_set(spec, names[i][1], cJSON_Duplicate(given, true)))
			return false;
	}
	return !column || json_set_str(spec, "column", column);
}
