/*
 * object: a space as a JSON object.
 *
 *	{"max_depth": [4, 6, 8],
 *	 "learning_rate": {"min": 0.01, "max": 0.3, "log": true, "levels": 5},
 *	 "k": {"values": ["auto"], "min": 2, "max": 100, "type": "int"},
 *	 "max_leaves": {"min": 8, "max": 256, "when": {"grow_policy": ["lossguide"]}}}
 */
#include "space/internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

static bool is_scalar(const cJSON *v)
{
	return !cJSON_IsArray(v) && !cJSON_IsObject(v);
}

/* Values must be scalars or lists of scalars, which the server searches itself. */
static bool copy_values(const cJSON *list, cJSON **out, struct err *e)
{
	const cJSON *v, *item;

	if (!cJSON_IsArray(list) || !list->child)
		return err_set(e, ERR_INPUT, "needs a list of at least one value");
	cJSON_ArrayForEach (v, list) {
		if (cJSON_IsObject(v))
			return err_set(e, ERR_INPUT, "an object is no value");
		if (!cJSON_IsArray(v))
			continue;
		cJSON_ArrayForEach (item, v) {
			if (!is_scalar(item))
				return err_set(e, ERR_INPUT, "a list in a list in a list");
		}
	}
	if (!(*out = cJSON_Duplicate(list, true)))
		return err_nomem(e);
	return true;
}

static bool get_number(const cJSON *v, double *out, struct err *e)
{
	if (!cJSON_IsNumber(v))
		return err_set(e, ERR_INPUT, "'%s' needs a number", v->string);
	*out = v->valuedouble;
	return true;
}

static bool get_type(const cJSON *v, struct spec *p, struct err *e)
{
	const char *s = cJSON_IsString(v) ? v->valuestring : "";

	if (!strcmp(s, "int") || !strcmp(s, "integer"))
		p->whole = true;
	else if (!strcmp(s, "float") || !strcmp(s, "real"))
		p->whole = false;
	else
		return err_set(e, ERR_INPUT, "'type' needs to be int or float");
	return true;
}

static bool get_when(const cJSON *v, struct spec *p, struct err *e)
{
	const cJSON *member = cJSON_IsObject(v) ? v->child : NULL;

	if (!member || member->next)
		return err_set(e, ERR_INPUT, "'when' needs {\"PARAMETER\": [VALUE, ...]}");
	if (!(p->parent = strdup(member->string)))
		return err_nomem(e);
	return copy_values(member, &p->when, e) || err_prefix(e, "'when'");
}

static bool get_field(const cJSON *v, struct spec *p, struct err *e)
{
	const char *f = v->string;

	if (!strcmp(f, "min"))
		return get_number(v, &p->lo, e);
	if (!strcmp(f, "max"))
		return get_number(v, &p->hi, e);
	if (!strcmp(f, "step")) {
		if (!get_number(v, &p->step, e))
			return false;
		return p->step > 0 || err_set(e, ERR_INPUT, "'step' needs to be above 0");
	}
	if (!strcmp(f, "levels")) {
		if (!get_number(v, &p->levels, e))
			return false;
		return (p->levels >= 1 && p->levels <= SPACE_LEVELS_MAX &&
			p->levels == floor(p->levels)) ||
		       err_set(e, ERR_INPUT, "'levels' needs a whole number from 1 to 1000000");
	}
	if (!strcmp(f, "log")) {
		if (!cJSON_IsBool(v))
			return err_set(e, ERR_INPUT, "'log' needs true or false");
		p->log = cJSON_IsTrue(v);
		return true;
	}
	if (!strcmp(f, "values"))
		return p->values ? err_set(e, ERR_INPUT, "'values' twice")
				 : copy_values(v, &p->values, e) || err_prefix(e, "'values'");
	if (!strcmp(f, "when"))
		return p->parent ? err_set(e, ERR_INPUT, "'when' twice") : get_when(v, p, e);
	return !strcmp(f, "type") || err_set(e, ERR_INPUT, "unknown field '%s'", f);
}

static bool read_fields(struct spec *p, const cJSON *obj, struct err *e)
{
	const cJSON *lo = cJSON_GetObjectItemCaseSensitive(obj, "min");
	const cJSON *hi = cJSON_GetObjectItemCaseSensitive(obj, "max");
	const cJSON *type = cJSON_GetObjectItemCaseSensitive(obj, "type");
	const cJSON *field;

	cJSON_ArrayForEach (field, obj) {
		if (!get_field(field, p, e))
			return false;
	}
	if (!lo != !hi)
		return err_set(e, ERR_INPUT, "needs both min and max");
	p->ranged = lo;
	if (!p->ranged && !p->values)
		return err_set(e, ERR_INPUT, "needs a list, or an object with min and max");
	if (!p->ranged && (p->log || p->step > 0 || p->levels > 0 || type))
		return err_set(e, ERR_INPUT, "log, step, levels and type need min and max");
	p->whole = p->lo == floor(p->lo) && p->hi == floor(p->hi);
	return !type || get_type(type, p, e);
}

bool spec_member(struct spec *p, const cJSON *member, struct err *e)
{
	bool ok;

	*p = (struct spec){0};
	if (!(p->name = strdup(member->string)))
		return err_nomem(e);
	if (cJSON_IsObject(member))
		ok = read_fields(p, member, e);
	else
		ok = copy_values(member, &p->values, e);
	return ok || err_prefix(e, "%s", p->name);
}
