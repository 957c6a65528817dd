#include "data/scheme.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/types.h"
#include "job.h"
#include "json/json.h"

#define TRAINING_PCT_MIN 10

static bool is(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

static bool tvh(const struct scheme *s)
{
	return is(s->validation, "TVH");
}

/* A field that says nothing in this scheme is a mistake of whoever sent it. */
static bool fits(const cJSON *job, const char *field, bool yes, const char *where,
		 struct err *e)
{
	return yes || !json_get(job, field) ||
	       err_set(e, ERR_INPUT, "field '%s' goes with %s only", field, where);
}

static bool check(const struct scheme *s, const cJSON *job, struct err *e)
{
	bool user = is(s->method, "user"), group = is(s->method, "group");

	if (s->method && !user && !group && strcmp(s->method, "stratified") != 0 &&
	    strcmp(s->method, "random") != 0)
		return err_set(e, ERR_INPUT,
			       "field 'cv_method' must be random, stratified, group or user");
	if (!tvh(s) && strcmp(s->validation, "CV") != 0)
		return err_set(e, ERR_INPUT, "field 'validation_type' must be CV or TVH");
	if (!fits(job, "reps", !tvh(s) && !user, "CV by chance", e) ||
	    !fits(job, "validation_pct", tvh(s) && !user, "TVH by chance", e) ||
	    !fits(job, "holdout_pct", !user, "a partition by chance", e) ||
	    !fits(job, "column", user || group, "cv_method group and user", e) ||
	    !fits(job, "holdout_level", user, "cv_method user", e) ||
	    !fits(job, "training_level", user && tvh(s), "cv_method user and TVH", e) ||
	    !fits(job, "validation_level", user && tvh(s), "cv_method user and TVH", e))
		return false;
	if ((user || group) && !s->column)
		return err_set(e, ERR_INPUT, "field 'column' is missing");
	if (user && tvh(s) && (!s->training || !s->validated))
		return err_set(e, ERR_INPUT, "field '%s' is missing",
			       s->training ? "validation_level" : "training_level");
	if (s->reps < 2)
		return err_set(e, ERR_INPUT, "field 'reps' must be at least 2");
	if (tvh(s) && !user && s->holdout_pct + s->validation_pct > 100 - TRAINING_PCT_MIN)
		return err_set(
			e, ERR_INPUT,
			"fields 'holdout_pct' and 'validation_pct' leave less than %d %% "
			"to train on",
			TRAINING_PCT_MIN);
	return true;
}

bool scheme_read(struct scheme *s, const cJSON *job, struct err *e)
{
	*s = (struct scheme){
		.validation = "CV", .reps = 5, .holdout_pct = 20, .validation_pct = 16};
	s->holdout = json_get(job, "holdout_level");
	s->training = json_get(job, "training_level");
	s->validated = json_get(job, "validation_level");
	return job_text(job, "cv_method", &s->method, e) &&
	       job_text(job, "validation_type", &s->validation, e) &&
	       job_text(job, "column", &s->column, e) &&
	       job_whole(job, "reps", PARTITION_REPS_MAX, &s->reps, e) &&
	       job_number(job, "holdout_pct", 0, 80, &s->holdout_pct, e) &&
	       job_number(job, "validation_pct", 1, 80, &s->validation_pct, e) &&
	       check(s, job, e);
}

/* Is value v of the column the one that is named? */
static bool value_is(const struct column *c, size_t v, const cJSON *level)
{
	const char *text = cJSON_GetStringValue(level);
	enum column_type type;
	double number;

	if (cJSON_IsNumber(level))
		return types_number(column_value(c, v), column_value_len(c, v), &number,
				    &type) &&
		       number == level->valuedouble;
	if (!text)
		return false;
	if (c->number && types_number(text, strlen(text), &number, &type))
		return number == c->number[v];
	return !strcmp(text, column_value(c, v));
}

static const struct column *column_for(const struct scheme *s, const struct prepared *p,
				       struct err *e)
{
	const struct column *c = frame_find(&p->frame, s->column);

	if (!c)
		err_set(e, ERR_REFUSED, "the table has no column '%s'", s->column);
	else if ((size_t)(c - p->frame.column) == p->target)
		err_set(e, ERR_REFUSED, "the target cannot part the rows");
	else
		return c;
	return NULL;
}

/* Parts are folds and, behind them, the holdout. */
static bool make_groups(const struct scheme *s, struct prepared *p, struct err *e)
{
	const struct column *c = column_for(s, p, e);
	double share[PARTITION_REPS_MAX + 1], rest = 100 - s->holdout_pct;
	size_t folds = p->partition.reps, parts = folds + (s->holdout_pct > 0), groups;

	if (!c)
		return false;
	for (size_t i = 0; i < folds; i++)
		share[i] = rest / (double)folds;
	if (tvh(s)) {
		share[0] = s->validation_pct;
		share[1] = rest - s->validation_pct;
	}
	share[folds] = s->holdout_pct;
	if (!partition_groups(&p->partition, c->code, c->n_values, share, parts, p->seed,
			      &groups, e))
		return false;
	return groups >= parts ||
	       err_set(e, ERR_REFUSED,
		       "the column '%s' has %zu groups; at least %zu are needed, one for each "
		       "fold%s",
		       s->column, groups, parts, s->holdout_pct > 0 ? " and the holdout" : "");
}

static int by_value(const void *a, const void *b, void *column)
{
	const struct column *c = column;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (c->number && c->number[x] != c->number[y])
		return c->number[x] < c->number[y] ? -1 : 1;
	return strcmp(column_value(c, x), column_value(c, y));
}

/* The values that occur, in rising order; returns how many. */
static size_t values_of(const struct column *c, size_t rows, uint32_t *value, bool *there)
{
	size_t n = 0;

	for (size_t row = 0; row < rows; row++)
		there[c->code[row]] = true;
	for (size_t v = 0; v < c->n_values; v++)
		if (there[v])
			value[n++] = (uint32_t)v;
	qsort_r(value, n, sizeof *value, by_value, (void *)c);
	return n;
}

static bool no_such_value(const struct scheme *s, const cJSON *level, struct err *e)
{
	char *text = json_string(level);

	err_set(e, ERR_REFUSED, "the column '%s' has no value %s", s->column,
		text ? text : "like that");
	free(text);
	return false;
}

/* The level that value v is, 3: none. */
static bool which_level(const struct scheme *s, const struct column *c, size_t v,
			const cJSON *const level[3], size_t *k, struct err *e)
{
	*k = 3;
	for (size_t i = 0; i < 3; i++) {
		if (!level[i] || !value_is(c, v, level[i]))
			continue;
		if (*k < 3)
			return err_set(e, ERR_REFUSED,
				       "the value '%s' of the column '%s' cannot stand for two "
				       "parts",
				       column_value(c, v), s->column);
		*k = i;
	}
	return true;
}

/* The part of each value of the column, in `part`; folds are numbered as they come. */
static bool parts_of_values(const struct scheme *s, const struct column *c,
			    const uint32_t *value, size_t n, uint8_t *part, unsigned *folds,
			    struct err *e)
{
	const cJSON *const level[3] = {s->validated, s->training, s->holdout};
	bool found[3] = {false};

	*folds = 0;
	for (size_t i = 0; i < n; i++) {
		size_t k;

		if (!which_level(s, c, value[i], level, &k, e))
			return false;
		if (k < 3)
			found[k] = true;
		if (k == 3 && tvh(s))
			return err_set(e, ERR_REFUSED,
				       "the column '%s' has the value '%s', which is none of "
				       "training, validation and holdout",
				       s->column, column_value(c, value[i]));
		if (k == 3 && *folds == PARTITION_REPS_MAX)
			return err_set(e, ERR_REFUSED,
				       "the column '%s' makes more than %d folds", s->column,
				       PARTITION_REPS_MAX);
		part[value[i]] = k == 2   ? PARTITION_HOLDOUT
				 : tvh(s) ? (uint8_t)k
					  : (uint8_t)(*folds)++;
	}
	for (size_t k = 0; k < 3; k++)
		if (level[k] && !found[k])
			return no_such_value(s, level[k], e);
	if (tvh(s))
		*folds = 2;
	return *folds >= 2 || err_set(e, ERR_REFUSED,
				      "the column '%s' makes one fold only; at least two "
				      "are needed",
				      s->column);
}

static bool make_user(const struct scheme *s, struct prepared *p, struct err *e)
{
	const struct column *c = column_for(s, p, e);
	size_t rows = p->frame.rows;
	uint32_t *value = NULL;
	uint8_t *part = NULL;
	bool *there = NULL, ok = false;

	if (!c)
		return false;
	if (c->n_missing)
		return err_set(e, ERR_REFUSED,
			       "the column '%s' lacks a value in %zu rows: it must say of each "
			       "where it belongs",
			       s->column, c->n_missing);
	value = malloc(c->n_values * sizeof *value);
	part = malloc(c->n_values);
	there = calloc(c->n_values, sizeof *there);
	if (!value || !part || !there)
		err_nomem(e);
	else
		ok = parts_of_values(s, c, value, values_of(c, rows, value, there), part,
				     &p->partition.reps, e);
	for (size_t row = 0; ok && row < rows; row++)
		p->partition.fold[row] = part[c->code[row]];
	/* It says where a row belongs, not what it is like. */
	if (ok)
		p->frame.column[c - p->frame.column].low_information = true;
	free(there);
	free(part);
	free(value);
	return ok;
}

/* The rows of each fold, and whether there is more than one class among them. */
struct parts {
	size_t n[PARTITION_REPS_MAX], held;
	bool differ[PARTITION_REPS_MAX];
};

static void count_parts(const struct prepared *p, struct parts *c)
{
	const struct partition *part = &p->partition;
	double first[PARTITION_REPS_MAX] = {0};

	*c = (struct parts){.held = 0};
	for (size_t row = 0; row < part->rows; row++) {
		uint8_t k = part->fold[row];

		if (k == PARTITION_HOLDOUT) {
			c->held++;
			continue;
		}
		if (!c->n[k]++)
			first[k] = p->y[row];
		c->differ[k] = c->differ[k] || p->y[row] != first[k];
	}
}

/* Rows that the model is trained on that has the fewest: that of the largest fold. */
static size_t fewest(const struct scheme *s, const struct prepared *p, const struct parts *c)
{
	size_t most = c->n[0];

	for (unsigned k = 1; !tvh(s) && k < p->partition.reps; k++)
		most = c->n[k] > most ? c->n[k] : most;
	return p->partition.rows - c->held - most;
}

/* What is scored and what is trained on needs rows, and more than one class. */
static bool check_parts(const struct scheme *s, const struct prepared *p, bool stratified,
			struct err *e)
{
	const struct partition *part = &p->partition;
	struct parts c;

	count_parts(p, &c);
	for (unsigned k = 0; k < part->reps; k++) {
		const char *name = !tvh(s) ? "fold" : k ? "training part" : "validation part";

		if (!c.n[k])
			return err_set(e, ERR_REFUSED,
				       "%zu rows are too few: a %s has none of them",
				       part->rows, name);
		if (!p->regression && !c.differ[k])
			return err_set(e, ERR_REFUSED,
				       "a %s of %zu rows has one class only: choose %s", name,
				       c.n[k],
				       stratified ? "larger parts or fewer folds"
						  : "a stratified partition, other groups or "
						    "fewer folds");
	}
	if (fewest(s, p, &c) < SCHEME_TRAINING_ROWS_MIN)
		return err_set(e, ERR_REFUSED,
			       "%zu of %zu rows are left to train on, at least %d are needed: "
			       "choose a smaller holdout or smaller folds",
			       fewest(s, p, &c), part->rows, SCHEME_TRAINING_ROWS_MIN);
	return c.held || !(s->holdout_pct > 0) || is(s->method, "user") ||
	       err_set(e, ERR_REFUSED,
		       "a holdout of %g %% of %zu rows has none of them: choose a larger one, "
		       "or 0",
		       s->holdout_pct, part->rows);
}

bool scheme_make(const struct scheme *s, struct prepared *p, struct err *e)
{
	bool user = is(s->method, "user"), group = is(s->method, "group");
	bool stratified = s->method ? is(s->method, "stratified") : !p->regression;
	size_t rows = p->frame.rows;
	uint8_t *level = NULL;
	bool ok;

	if (stratified && p->regression)
		return err_set(e, ERR_REFUSED,
			       "a partition can be stratified by classes only; "
			       "the target is a number");
	if (stratified && !(level = malloc(rows)))
		return err_nomem(e);
	for (size_t row = 0; stratified && row < rows; row++)
		level[row] = (uint8_t)p->y[row];
	ok = partition_start(&p->partition, rows, level, tvh(s) ? 2 : (unsigned)s->reps,
			     p->seed, e);
	free(level);
	if (!ok)
		return false;
	p->partition.tvh = tvh(s);
	if (user)
		ok = make_user(s, p, e);
	else if (group)
		ok = make_groups(s, p, e);
	else
		partition_share(&p->partition, s->holdout_pct, s->validation_pct);
	return ok && check_parts(s, p, stratified, e);
}

/* Percentages are shares of small whole numbers: 64, not 64.00000000000001. */
static double tidy(double pct)
{
	return round(pct * 1e6) / 1e6;
}

static bool add_percentages(const struct scheme *s, const struct prepared *p, cJSON *o)
{
	const struct partition *part = &p->partition;
	bool chance = !is(s->method, "user") && !is(s->method, "group");
	double rows = (double)part->rows,
	       held = (double)partition_size(part, PARTITION_HOLDOUT),
	       scored = (double)partition_size(part, 0);
	double holdout = chance ? s->holdout_pct : tidy(100 * held / rows);
	double validation = chance && tvh(s) ? s->validation_pct : tidy(100 * scored / rows);
	double most = !chance  ? 100 * (rows - held - scored) / rows
		      : tvh(s) ? 100 - holdout - validation
			       : (100 - holdout) * (s->reps - 1) / s->reps;

	return json_set_num(o, "holdoutPct", holdout) &&
	       (!tvh(s) || json_set_num(o, "validationPct", validation)) &&
	       json_set_num(o, "maxTrainPct", tidy(most));
}

static bool add_level(cJSON *o, const char *field, const cJSON *level)
{
	return json_set(o, field, level ? cJSON_Duplicate(level, true) : cJSON_CreateNull());
}

static bool add_column(const struct scheme *s, cJSON *o)
{
	cJSON *list;

	if (is(s->method, "user"))
		return json_set_str(o, "userPartitionCol", s->column) &&
		       (tvh(s) ? add_level(o, "trainingLevel", s->training) &&
					 add_level(o, "validationLevel", s->validated) &&
					 add_level(o, "holdoutLevel", s->holdout)
			       : add_level(o, "cvHoldoutLevel", s->holdout));
	if (!is(s->method, "group"))
		return true;
	list = cJSON_CreateArray();
	return json_set(o, "partitionKeyCols", list) &&
	       json_append(list, cJSON_CreateString(s->column));
}

cJSON *scheme_json(const struct scheme *s, const struct prepared *p)
{
	cJSON *o = cJSON_CreateObject();
	const char *method = s->method ? s->method : p->regression ? "random" : "stratified";

	if (json_set_str(o, "cvMethod", method) &&
	    json_set_str(o, "validationType", s->validation) &&
	    (tvh(s) || json_set_num(o, "reps", p->partition.reps)) &&
	    add_percentages(s, p, o) && add_column(s, o))
		return o;
	cJSON_Delete(o);
	return NULL;
}
