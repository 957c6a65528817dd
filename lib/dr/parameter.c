/* The parameter record: what a wire parameter says, in one flat line. */
#include "dr/tuning.h"

#include <math.h>
#include <string.h>

#include "json/json.h"

/* Constraint kinds in the order that the service's own client gives them. */
static const struct kind {
	const char *wire, *record, *min, *max;
} kinds[] = {
	{"select", "select", NULL, NULL},
	{"selectgrid", "select", NULL, NULL},
	{"ascii", "ascii", NULL, NULL},
	{"unicode", "unicode", NULL, NULL},
	{"int", "int", "min", "max"},
	{"float", "float", "min", "max"},
	{"intList", "intList", "minVal", "maxVal"},
	{"floatList", "floatList", "minVal", "maxVal"},
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

/* ---- scale ---- */

bool dr_parameter_log(const char *name, double min, double max)
{
	static const char *const by_magnitude[] = {
		"learning_rate", "reg_alpha", "reg_lambda",       "lambda", "C",
		"gamma",         "tol",       "scale_pos_weight",
	};
	size_t n = strlen(name);

	if (!(min >= 0) || !(max > min))
		return false;
	for (size_t i = 0; i < sizeof(by_magnitude) / sizeof(*by_magnitude); i++) {
		size_t k = strlen(by_magnitude[i]);

		if (n >= k && strcmp(name + n - k, by_magnitude[i]) == 0 &&
		    (n == k || name[n - k - 1] == '_'))
			return true;
	}
	return min > 0 && max > 1 && max / min >= 1000;
}

/* ---- constraints ---- */

static bool is_select(const struct kind *k)
{
	return strcmp(k->record, "select") == 0;
}

bool dr_parameter_grid(const cJSON *wire)
{
	const cJSON *constraints = json_get(wire, "constraints");

	for (size_t i = 0; i < KINDS; i++) {
		const cJSON *c = json_get(constraints, kinds[i].wire);

		if (c && (json_true(c, "supportsGridSearch") ||
			  (is_select(&kinds[i]) && !json_get(c, "supportsGridSearch"))))
			return true;
	}
	return false;
}

struct summary {
	bool numeric;
	double min, max, min_length, max_length;
};

static bool add_type(cJSON *types, const char *name)
{
	cJSON *t = cJSON_CreateString(name);

	return t && cJSON_AddItemToArray(types, t);
}

static bool add_values(cJSON *values, const cJSON *c)
{
	const cJSON *v;

	cJSON_ArrayForEach (v, json_get(c, "values")) {
		cJSON *copy = cJSON_Duplicate(v, true);

		if (!copy || !cJSON_AddItemToArray(values, copy))
			return false;
	}
	return true;
}

static bool summarise(const cJSON *constraints, struct summary *s, cJSON *types, cJSON *values)
{
	*s = (struct summary){
		.min = INFINITY, .max = -INFINITY, .min_length = NAN, .max_length = NAN};
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *k = &kinds[i];
		const cJSON *c = json_get(constraints, k->wire);

		if (!c)
			continue;
		if (!add_type(types, k->record) || !add_values(values, c))
			return false;
		if (!k->min)
			continue;
		s->numeric = true;
		s->min = fmin(s->min, json_num(c, k->min, INFINITY));
		s->max = fmax(s->max, json_num(c, k->max, -INFINITY));
		s->min_length = fmin(s->min_length, json_num(c, "minLength", NAN));
		s->max_length = fmax(s->max_length, json_num(c, "maxLength", NAN));
	}
	return true;
}

/* ---- values ---- */

static bool holds(const cJSON *list, const cJSON *v)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, list)
		if (cJSON_Compare(item, v, true))
			return true;
	return false;
}

/*
 * A list that was searched over may come as its text, "[3, 5, 7]".  It is one where
 * it reads as one and the parameter is a number or has these options: text
 * parameters may begin with a bracket too.
 */
static cJSON *current(const cJSON *wire, const struct summary *s, const cJSON *values)
{
	const cJSON *v = json_get(wire, "currentValue"), *item;
	struct err why = {0};
	cJSON *list;

	if (!v)
		return cJSON_CreateNull();
	if (!cJSON_IsString(v) || v->valuestring[0] != '[' || holds(values, v))
		return cJSON_Duplicate(v, true);
	list = json_parse(v->valuestring, strlen(v->valuestring), NULL, &why);
	if (!list && why.kind == ERR_SYSTEM)
		return NULL;
	if (!list)
		return cJSON_Duplicate(v, true);
	cJSON_ArrayForEach (item, list) {
		if ((s->numeric && cJSON_IsNumber(item)) || holds(values, item))
			continue;
		cJSON_Delete(list);
		return cJSON_Duplicate(v, true);
	}
	return list;
}

static bool set_range(cJSON *rec, const char *name, const struct summary *s)
{
	return (!isfinite(s->min) || json_set_num(rec, "min", s->min)) &&
	       (!isfinite(s->max) || json_set_num(rec, "max", s->max)) &&
	       (isnan(s->min_length) || json_set_num(rec, "min_length", s->min_length)) &&
	       (isnan(s->max_length) || json_set_num(rec, "max_length", s->max_length)) &&
	       (!s->numeric ||
		json_set(rec, "log", cJSON_CreateBool(dr_parameter_log(name, s->min, s->max))));
}

static bool fill(cJSON *rec, const cJSON *wire, const char *model, cJSON *values)
{
	const char *name = json_str(wire, "parameterName");
	const cJSON *def = json_get(wire, "defaultValue");
	cJSON *types;
	struct summary s;

	return json_set_str(rec, "parameter", name) &&
	       json_set_str(rec, "task", json_str(wire, "taskName")) &&
	       json_set_str(rec, "id", json_str(wire, "parameterId")) &&
	       json_set_str(rec, "model", model) &&
	       (types = cJSON_AddArrayToObject(rec, "types")) &&
	       summarise(json_get(wire, "constraints"), &s, types, values) &&
	       set_range(rec, name, &s) &&
	       json_set(rec, "grid", cJSON_CreateBool(dr_parameter_grid(wire))) &&
	       (!values->child || json_set(rec, "values", cJSON_Duplicate(values, true))) &&
	       json_set(rec, "default",
			def ? cJSON_Duplicate(def, true) : cJSON_CreateNull()) &&
	       json_set(rec, "current", current(wire, &s, values));
}

cJSON *dr_parameter_record(const cJSON *wire, const char *model, struct err *e)
{
	const char *name = json_str(wire, "parameterName");
	cJSON *rec, *values;

	if (!name || !json_str(wire, "parameterId") || !json_str(wire, "taskName") ||
	    !cJSON_IsObject(json_get(wire, "constraints"))) {
		err_set(e, ERR_INPUT,
			"model %s: parameter '%s' lacks a name, an id, a task or constraints",
			model, name ? name : "?");
		return NULL;
	}
	rec = cJSON_CreateObject();
	values = cJSON_CreateArray();
	if (!rec || !values || !fill(rec, wire, model, values)) {
		err_nomem(e);
		cJSON_Delete(rec);
		rec = NULL;
	}
	cJSON_Delete(values);
	return rec;
}
