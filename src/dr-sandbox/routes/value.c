#include "routes/value.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json/json.h"

static bool is(const cJSON *constraint, const char *kind)
{
	return strcmp(constraint->string, kind) == 0;
}

static bool is_select(const cJSON *c)
{
	return is(c, "select") || is(c, "selectgrid");
}

bool value_is_list(const cJSON *constraints)
{
	const cJSON *c;

	cJSON_ArrayForEach (c, constraints) {
		if (is(c, "intList") || is(c, "floatList"))
			return true;
	}
	return false;
}

bool value_takes_list(const cJSON *constraints)
{
	const cJSON *c;

	cJSON_ArrayForEach (c, constraints) {
		const cJSON *grid = json_get(c, "supportsGridSearch");

		/* For options the flag is often left out. */
		if (cJSON_IsTrue(grid) || (!grid && is_select(c)))
			return true;
	}
	return false;
}

/* What a text or a JSON value means: a number, true, false, nothing, or itself. */
struct meaning {
	enum { TEXT, NUMBER, TRUTH, NOTHING } kind;
	double number;
	const char *text;
};

static struct meaning meaning_of_text(const char *s)
{
	char *end;
	double d;

	if (strcasecmp(s, "true") == 0 || strcasecmp(s, "false") == 0)
		return (struct meaning){TRUTH, strcasecmp(s, "true") == 0, s};
	if (strcasecmp(s, "none") == 0 || strcasecmp(s, "null") == 0)
		return (struct meaning){NOTHING, 0, s};
	d = strtod(s, &end);
	if (*s && !*end && isfinite(d) && strspn(s, "+-0123456789.eE") == strlen(s))
		return (struct meaning){NUMBER, d, s};
	return (struct meaning){TEXT, 0, s};
}

static struct meaning meaning_of(const cJSON *v)
{
	if (cJSON_IsString(v))
		return meaning_of_text(v->valuestring);
	if (cJSON_IsNumber(v))
		return (struct meaning){NUMBER, v->valuedouble, NULL};
	if (cJSON_IsBool(v))
		return (struct meaning){TRUTH, cJSON_IsTrue(v), NULL};
	return (struct meaning){NOTHING, 0, NULL};
}

static bool same(struct meaning a, struct meaning b)
{
	if (a.kind != b.kind)
		return false;
	if (a.kind == TEXT)
		return strcmp(a.text, b.text) == 0;
	return a.kind == NOTHING || a.number == b.number;
}

static cJSON *option(const cJSON *values, const cJSON *value)
{
	struct meaning m = meaning_of(value);
	bool numeric = false;
	const cJSON *o;

	cJSON_ArrayForEach (o, values) {
		if (same(meaning_of(o), m))
			return cJSON_Duplicate(o, true);
		numeric = numeric || meaning_of(o).kind == NUMBER;
	}
	/* A stored 0 may stand for "False" where no option is a number. */
	if (numeric || m.kind != NUMBER || (m.number != 0 && m.number != 1))
		return NULL;
	m.kind = TRUTH;
	cJSON_ArrayForEach (o, values) {
		if (same(meaning_of(o), m))
			return cJSON_Duplicate(o, true);
	}
	return NULL;
}

/* A number of a constraint whose bounds have these names. */
static bool is_within(const cJSON *v, const cJSON *c, const char *min, const char *max,
		      bool whole)
{
	return cJSON_IsNumber(v) && v->valuedouble >= json_num(c, min, -INFINITY) &&
	       v->valuedouble <= json_num(c, max, INFINITY) &&
	       (!whole || v->valuedouble == floor(v->valuedouble));
}

static bool is_list_of(const cJSON *list, const cJSON *c, bool whole)
{
	double n = cJSON_GetArraySize(list);
	const cJSON *v;

	if (n < json_num(c, "minLength", 0) || n > json_num(c, "maxLength", INFINITY))
		return false;
	cJSON_ArrayForEach (v, list) {
		if (!is_within(v, c, "minVal", "maxVal", whole))
			return false;
	}
	return true;
}

static bool is_text(const cJSON *v, bool ascii)
{
	const char *s = cJSON_GetStringValue(v);

	for (; ascii && s && *s; s++)
		if (*s < ' ' || *s > '~' || *s == ';')
			return false;
	return s;
}

/* The value as one kind of constraint takes it, or NULL. */
static cJSON *check_one(const cJSON *c, const cJSON *value)
{
	bool whole = is(c, "int") || is(c, "intList");
	bool ok;

	if (cJSON_IsArray(value))
		ok = (is(c, "intList") || is(c, "floatList")) && is_list_of(value, c, whole);
	else if (is_select(c))
		return option(json_get(c, "values"), value);
	else if (is(c, "int") || is(c, "float"))
		ok = is_within(value, c, "min", "max", whole);
	else
		ok = (is(c, "ascii") || is(c, "unicode")) && is_text(value, is(c, "ascii"));
	return ok ? cJSON_Duplicate(value, true) : NULL;
}

cJSON *value_check(const cJSON *constraints, const cJSON *value)
{
	const cJSON *c;

	if (cJSON_IsObject(value))
		return NULL;
	cJSON_ArrayForEach (c, constraints) {
		cJSON *v = check_one(c, value);

		if (v)
			return v;
	}
	return NULL;
}

static void add(char *out, size_t size, const char *text)
{
	size_t n = strlen(out);

	snprintf(out + n, size - n, "%s", text);
}

static void add_options(char *out, size_t size, const cJSON *values)
{
	const cJSON *o;

	add(out, size, "one of ");
	cJSON_ArrayForEach (o, values) {
		char number[JSON_NUMBER_MAX] = "";

		if (cJSON_IsNumber(o))
			json_number(o->valuedouble, number);
		add(out, size, cJSON_IsString(o) ? o->valuestring : number);
		add(out, size, o->next ? ", " : "");
	}
}

/* "3 to 5": the bounds of a constraint. */
static void add_range(char *out, size_t size, const cJSON *c, const char *low, const char *high)
{
	char min[JSON_NUMBER_MAX], max[JSON_NUMBER_MAX];

	json_number(json_num(c, low, -INFINITY), min);
	json_number(json_num(c, high, INFINITY), max);
	add(out, size, min);
	add(out, size, " to ");
	add(out, size, max);
}

void value_describe(const cJSON *constraints, char *out, size_t size)
{
	const cJSON *c;

	*out = '\0';
	cJSON_ArrayForEach (c, constraints) {
		if (*out)
			add(out, size, ", or ");
		if (is_select(c)) {
			add_options(out, size, json_get(c, "values"));
		} else if (is(c, "int") || is(c, "float")) {
			add(out, size,
			    is(c, "int") ? "a whole number from " : "a number from ");
			add_range(out, size, c, "min", "max");
		} else if (is(c, "intList") || is(c, "floatList")) {
			add(out, size, "a list of ");
			add_range(out, size, c, "minLength", "maxLength");
			add(out, size,
			    is(c, "intList") ? " whole numbers from " : " numbers from ");
			add_range(out, size, c, "minVal", "maxVal");
		} else {
			add(out, size,
			    is(c, "ascii") ? "a text of printable ASCII without semicolon"
					   : "a text");
		}
	}
}
