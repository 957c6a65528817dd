/* From names and values to what a tuning request holds. */
#include "dr/tuning.h"

#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "space/param.h"

/* Each name must mean something. */
static bool check_names(const cJSON *records, const char *model, const cJSON *params,
			struct err *e)
{
	const cJSON *v, *rec;

	cJSON_ArrayForEach (v, params) {
		char *nearest;

		for (rec = records->child; rec && !param_named(rec, v->string);)
			rec = rec->next;
		if (rec)
			continue;
		if (!(nearest = param_nearest(records, v->string)))
			return err_nomem(e);
		err_set(e, ERR_INPUT, "model %s has no parameter '%.200s'%s%s", model,
			v->string, *nearest ? "; nearest: " : "", nearest);
		free(nearest);
		return false;
	}
	return true;
}

/* The value that params give this parameter, or NULL; the last of several. */
static const cJSON *value_for(const cJSON *rec, const cJSON *params)
{
	const cJSON *v, *general = NULL, *own = NULL;

	cJSON_ArrayForEach (v, params) {
		if (!param_named(rec, v->string))
			continue;
		if (strcmp(v->string, json_str(rec, "parameter")) == 0)
			general = v;
		else
			own = v;
	}
	return own ? own : general;
}

/* A copy of a checked value in the server's spelling. */
static cJSON *spell(const cJSON *rec, const cJSON *v)
{
	bool typed = param_has_type(rec, "intList") || param_has_type(rec, "floatList");
	const cJSON *option, *item;
	cJSON *list;

	if (!cJSON_IsArray(v)) {
		option = param_option(rec, v);
		return cJSON_Duplicate(option ? option : v, true);
	}
	if (!typed && !v->child->next)
		return spell(rec, v->child);
	list = cJSON_CreateArray();
	cJSON_ArrayForEach (item, v) {
		cJSON *copy = list ? spell(rec, item) : NULL;

		if (!copy || !cJSON_AddItemToArray(list, copy)) {
			cJSON_Delete(list);
			return NULL;
		}
	}
	return list;
}

static bool add_value(cJSON *values, const cJSON *rec, const cJSON *v, struct err *e)
{
	cJSON *entry;

	if (!param_check(rec, v, e))
		return false;
	entry = cJSON_CreateObject();
	if (json_set_str(entry, "parameterId", json_str(rec, "id")) &&
	    json_set(entry, "value", spell(rec, v)) && cJSON_AddItemToArray(values, entry))
		return true;
	cJSON_Delete(entry);
	return err_nomem(e);
}

cJSON *dr_tuning_values(const cJSON *records, const char *model, const cJSON *params,
			struct err *e)
{
	cJSON *values = cJSON_CreateArray();
	const cJSON *rec, *v;
	bool ok = (values || err_nomem(e)) && check_names(records, model, params, e);

	cJSON_ArrayForEach (rec, records) {
		if (ok && (v = value_for(rec, params)))
			ok = add_value(values, rec, v, e);
	}
	if (ok)
		return values;
	cJSON_Delete(values);
	return NULL;
}
