#include "tasks/param.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

static const char *option(const struct param *p, const char *word)
{
	for (size_t i = 0; p->options && p->options[i]; i++)
		if (!strcmp(p->options[i], word))
			return p->options[i];
	return NULL;
}

/* The option that a JSON value stands for, or NULL. */
static const char *as_option(const struct param *p, const cJSON *v)
{
	char number[JSON_NUMBER_MAX];

	if (cJSON_IsString(v))
		return option(p, v->valuestring);
	if (cJSON_IsBool(v))
		return option(p, cJSON_IsTrue(v) ? "True" : "False");
	if (cJSON_IsNull(v))
		return option(p, "None");
	if (!cJSON_IsNumber(v))
		return NULL;
	json_number(v->valuedouble, number);
	if (option(p, number))
		return option(p, number);
	if (p->integer.allowed || p->real.allowed)
		return NULL;
	if (v->valuedouble == 0)
		return option(p, "False");
	return v->valuedouble == 1 ? option(p, "True") : NULL;
}

static bool as_number(const cJSON *v, double *number)
{
	char *end;

	if (cJSON_IsNumber(v)) {
		*number = v->valuedouble;
		return isfinite(*number);
	}
	if (!cJSON_IsString(v) || !*v->valuestring ||
	    strspn(v->valuestring, "+-.0123456789eE") != strlen(v->valuestring))
		return false;
	*number = strtod(v->valuestring, &end);
	return !*end && isfinite(*number);
}

static bool within(const struct param_range *r, double v)
{
	return r->allowed && v >= r->min && v <= r->max;
}

/* What is wrong with a number that no range takes. */
static bool refuse_number(const struct param *p, double v, struct err *e)
{
	const struct param_range *r = p->real.allowed ? &p->real : &p->integer;
	char number[JSON_NUMBER_MAX], bound[JSON_NUMBER_MAX];
	double min = r->min, max = r->max;

	if (p->integer.allowed && p->real.allowed) {
		min = fmin(p->integer.min, p->real.min);
		max = fmax(p->integer.max, p->real.max);
	}
	json_number(v, number);
	json_number(v < min ? min : max, bound);
	if (v >= min && v <= max)
		return err_set(e, ERR_INPUT, "%s=%s is not a whole number", p->name, number);
	return err_set(e, ERR_INPUT, "%s=%s is %s %s", p->name, number,
		       v < min ? "below its minimum" : "above its maximum", bound);
}

bool param_read(const struct param *p, const cJSON *v, struct param_value *out, struct err *e)
{
	char *text;
	double number;

	*out = (struct param_value){as_option(p, v), 0};
	if (out->word)
		return true;
	if ((p->integer.allowed || p->real.allowed) && as_number(v, &number)) {
		out->number = number;
		if ((within(&p->integer, number) && number == floor(number)) ||
		    within(&p->real, number))
			return true;
		return refuse_number(p, number, e);
	}
	if (!(text = json_string(v)))
		return err_nomem(e);
	err_set(e, ERR_INPUT, "%s=%s is not one of its values", p->name, text);
	free(text);
	return false;
}

cJSON *param_json(const struct param_value *v)
{
	return v->word ? cJSON_CreateString(v->word) : cJSON_CreateNumber(v->number);
}

static bool add_range(cJSON *to, const char *kind, const struct param_range *r, bool grid)
{
	cJSON *range;

	if (!r->allowed)
		return true;
	return (range = cJSON_AddObjectToObject(to, kind)) &&
	       cJSON_AddNumberToObject(range, "min", r->min) &&
	       cJSON_AddNumberToObject(range, "max", r->max) &&
	       cJSON_AddBoolToObject(range, "supportsGridSearch", grid);
}

static bool add_options(cJSON *to, const struct param *p)
{
	cJSON *select, *values;

	if (!p->options)
		return true;
	if (!(select = cJSON_AddObjectToObject(to, "select")) ||
	    !(values = cJSON_AddArrayToObject(select, "values")) ||
	    !cJSON_AddBoolToObject(select, "supportsGridSearch", p->grid))
		return false;
	for (size_t i = 0; p->options[i]; i++)
		if (!json_append(values, cJSON_CreateString(p->options[i])))
			return false;
	return true;
}

cJSON *param_constraints(const struct param *p)
{
	cJSON *c = cJSON_CreateObject();

	if (c && add_options(c, p) && add_range(c, "int", &p->integer, p->grid) &&
	    add_range(c, "float", &p->real, p->grid))
		return c;
	cJSON_Delete(c);
	return NULL;
}

const char *param_kind(const struct param *p)
{
	return p->options ? "select" : p->integer.allowed ? "int" : "float";
}

char *param_id(const char *name, int node)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char *plain, *id, *out;
	int len = asprintf(&plain, "{\"arg\":\"%s\",\"vid\":\"%d\"}", name, node);

	if (len < 0)
		return NULL;
	if ((out = id = malloc(4 * (size_t)(len + 2) / 3 + 1))) {
		for (int i = 0; i < len; i += 3) {
			int n = len - i < 3 ? len - i : 3;
			unsigned bits = (unsigned char)plain[i] << 16u;

			bits |= n > 1 ? (unsigned char)plain[i + 1] << 8u : 0;
			bits |= n > 2 ? (unsigned char)plain[i + 2] : 0;
			for (int k = 0; k <= n; k++)
				*out++ = digit[bits >> (18 - 6 * k) & 63];
		}
		*out = '\0';
	}
	free(plain);
	return id;
}

static const struct param_value *find(const struct params *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->table[i].name, name))
			return &s->value[i];
	assert(!"a parameter that its task does not have");
	abort();
}

double params_number(const struct params *s, const char *name)
{
	return find(s, name)->number;
}

const char *params_word(const struct params *s, const char *name)
{
	return find(s, name)->word;
}

bool params_is(const struct params *s, const char *name, const char *word)
{
	const char *have = find(s, name)->word;

	return have && !strcmp(have, word);
}

bool params_true(const struct params *s, const char *name)
{
	return params_is(s, name, "True");
}
