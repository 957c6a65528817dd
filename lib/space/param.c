#include "space/param.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json/json.h"

bool param_is(const cJSON *rec)
{
	return json_str(rec, "parameter");
}

bool param_named(const cJSON *rec, const char *name)
{
	const char *parameter = json_str(rec, "parameter");
	const char *task = json_str(rec, "task");
	size_t len;

	if (!parameter)
		return false;
	if (!strcmp(parameter, name))
		return true;
	len = task ? strlen(task) : 0;
	return task && !strncmp(name, task, len) && name[len] == '/' &&
	       !strcmp(name + len + 1, parameter);
}

bool param_has_type(const cJSON *rec, const char *type)
{
	const cJSON *t;

	cJSON_ArrayForEach (t, json_get(rec, "types")) {
		if (cJSON_IsString(t) && !strcmp(t->valuestring, type))
			return true;
	}
	return false;
}

bool param_range(const cJSON *rec, double *lo, double *hi, bool *whole)
{
	bool real = param_has_type(rec, "float"), integer = param_has_type(rec, "int");
	const cJSON *min = json_get(rec, "min"), *max = json_get(rec, "max");

	if (!cJSON_IsNumber(min) || !cJSON_IsNumber(max))
		return false;
	if (!real && !integer && json_get(rec, "types"))
		return false;
	*lo = min->valuedouble;
	*hi = max->valuedouble;
	*whole = integer && !real;
	return true;
}

bool param_same(const cJSON *a, const cJSON *b)
{
	if (cJSON_IsNumber(a) && cJSON_IsNumber(b))
		return a->valuedouble == b->valuedouble;
	return cJSON_Compare(a, b, true);
}

/* The text of a scalar as the server writes options; NULL for lists and objects. */
static const char *option_text(const cJSON *v, char buf[JSON_NUMBER_MAX])
{
	if (cJSON_IsString(v))
		return v->valuestring;
	if (cJSON_IsBool(v))
		return cJSON_IsTrue(v) ? "True" : "False";
	if (cJSON_IsNull(v))
		return "None";
	if (!cJSON_IsNumber(v))
		return NULL;
	json_number(v->valuedouble, buf);
	return buf;
}

bool param_alike(const cJSON *a, const cJSON *b)
{
	char buf_a[JSON_NUMBER_MAX], buf_b[JSON_NUMBER_MAX];
	const char *s = option_text(a, buf_a), *t = option_text(b, buf_b);
	bool word = cJSON_IsBool(a) || cJSON_IsBool(b) || cJSON_IsNull(a) || cJSON_IsNull(b);

	if (!s || !t)
		return param_same(a, b);
	return word ? !strcasecmp(s, t) : !strcmp(s, t);
}

/* 0 or 1 for what means false or true, else -1. */
static int truth(const cJSON *v)
{
	char buf[JSON_NUMBER_MAX];
	const char *s = cJSON_IsNull(v) ? NULL : option_text(v, buf);

	if (s && (!strcmp(s, "0") || !strcasecmp(s, "false")))
		return 0;
	return s && (!strcmp(s, "1") || !strcasecmp(s, "true")) ? 1 : -1;
}

const cJSON *param_option(const cJSON *rec, const cJSON *value)
{
	const cJSON *option, *options = json_get(rec, "values");
	int t = truth(value);

	cJSON_ArrayForEach (option, options) {
		if (param_alike(option, value))
			return option;
	}
	cJSON_ArrayForEach (option, options) {
		if (t >= 0 && truth(option) == t)
			return option;
	}
	return NULL;
}

/* `name=value WHY (task)` */
static bool breach(const cJSON *rec, const cJSON *v, const char *why, struct err *e)
{
	const char *task = json_str(rec, "task");
	char *text = json_string(v);
	size_t len = text ? strlen(text) : 0;

	if (!text)
		return err_nomem(e);
	if (cJSON_IsString(v)) {
		text[0] = '\'';
		text[len - 1] = '\'';
	}
	err_set(e, ERR_INPUT, "%s=%s %s%s%s%s", json_str(rec, "parameter"), text, why,
		task ? " (" : "", task ? task : "", task ? ")" : "");
	free(text);
	return false;
}

static bool not_listed(const cJSON *rec, const cJSON *v, struct err *e)
{
	const cJSON *option;
	struct json_text list = {0};
	bool ok;

	json_text_add(&list, "is not one of ", 14);
	cJSON_ArrayForEach (option, json_get(rec, "values")) {
		char buf[JSON_NUMBER_MAX];
		const char *s = option_text(option, buf);

		if (option->prev->next)
			json_text_add(&list, ", ", 2);
		json_text_add(&list, s ? s : "?", s ? strlen(s) : 1);
	}
	ok = list.failed ? err_nomem(e) : breach(rec, v, list.s, e);
	json_text_release(&list);
	return ok;
}

static bool check_number(const cJSON *rec, const cJSON *v, struct err *e)
{
	double lo = json_num(rec, "min", -INFINITY), hi = json_num(rec, "max", INFINITY);
	char bound[JSON_NUMBER_MAX], why[64 + JSON_NUMBER_MAX];

	if (v->valuedouble < lo || v->valuedouble > hi) {
		bool below = v->valuedouble < lo;

		json_number(below ? lo : hi, bound);
		snprintf(why, sizeof(why), "is %s %s",
			 below ? "below its minimum" : "above its maximum", bound);
		return breach(rec, v, why, e);
	}
	if (v->valuedouble != floor(v->valuedouble) && param_has_type(rec, "int") &&
	    !param_has_type(rec, "float"))
		return breach(rec, v, "is not a whole number", e);
	return true;
}

static bool check_list(const cJSON *rec, const cJSON *list, struct err *e)
{
	const cJSON *v;
	bool typed = param_has_type(rec, "intList") || param_has_type(rec, "floatList");
	bool grid = json_get(rec, "grid") ? json_true(rec, "grid") : !!json_get(rec, "values");

	if (!list->child)
		return breach(rec, list, "is an empty list", e);
	if (list->child->next && !typed && !grid)
		return breach(rec, list, "is a list, but it takes one value", e);
	cJSON_ArrayForEach (v, list) {
		if (cJSON_IsArray(v) || cJSON_IsObject(v))
			return breach(rec, list, "is a list of lists", e);
		if (!typed && !param_check(rec, v, e))
			return false;
		if (typed && !cJSON_IsNumber(v))
			return breach(rec, list, "is not a list of numbers", e);
	}
	return true;
}

bool param_check(const cJSON *rec, const cJSON *value, struct err *e)
{
	const cJSON *options = json_get(rec, "values");
	bool numeric = param_has_type(rec, "int") || param_has_type(rec, "float") ||
		       (!json_get(rec, "types") && json_get(rec, "min"));

	if (cJSON_IsArray(value))
		return check_list(rec, value, e);
	if (param_option(rec, value))
		return true;
	if (cJSON_IsString(value) &&
	    (param_has_type(rec, "ascii") || param_has_type(rec, "unicode")))
		return true;
	if (numeric && cJSON_IsNumber(value))
		return check_number(rec, value, e);
	if (options && options->child)
		return not_listed(rec, value, e);
	if (numeric)
		return breach(rec, value, "is not a number", e);
	return !json_get(rec, "types") || breach(rec, value, "is of another type", e);
}
