#include "routes/value.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json/json.h"

bool value_takes_list(const cJSON *constraints)
{
	const cJSON *c;

	cJSON_ArrayForEach (c, constraints) {
		const cJSON *grid = json_get(c, "supportsGridSearch");

		/* For options the flag is often left out. */
		if (cJSON_IsTrue(grid) || (!grid && strcmp(c->string, "select") == 0))
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

static bool in_bounds(const cJSON *c, double v)
{
	return v >= json_num(c, "min", -INFINITY) && v <= json_num(c, "max", INFINITY);
}

cJSON *value_check(const cJSON *constraints, const cJSON *value)
{
	const cJSON *c;

	if (cJSON_IsArray(value) || cJSON_IsObject(value))
		return NULL;
	cJSON_ArrayForEach (c, constraints) {
		bool whole = strcmp(c->string, "int") == 0;
		cJSON *v = NULL;

		if (strcmp(c->string, "select") == 0)
			v = option(json_get(c, "values"), value);
		else if ((whole || strcmp(c->string, "float") == 0) && cJSON_IsNumber(value) &&
			 in_bounds(c, value->valuedouble) &&
			 (!whole || value->valuedouble == floor(value->valuedouble)))
			v = cJSON_CreateNumber(value->valuedouble);
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

void value_describe(const cJSON *constraints, char *out, size_t size)
{
	const cJSON *c;

	*out = '\0';
	cJSON_ArrayForEach (c, constraints) {
		char min[JSON_NUMBER_MAX], max[JSON_NUMBER_MAX];

		if (*out)
			add(out, size, ", or ");
		if (strcmp(c->string, "select") == 0) {
			add_options(out, size, json_get(c, "values"));
			continue;
		}
		json_number(json_num(c, "min", -INFINITY), min);
		json_number(json_num(c, "max", INFINITY), max);
		add(out, size,
		    strcmp(c->string, "int") == 0 ? "a whole number from " : "a number from ");
		add(out, size, min);
		add(out, size, " to ");
		add(out, size, max);
	}
}
