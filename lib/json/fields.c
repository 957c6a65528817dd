#include "json/json.h"

#include <string.h>

cJSON *json_get(const cJSON *obj, const char *field)
{
	cJSON *v = cJSON_GetObjectItemCaseSensitive(obj, field);

	return cJSON_IsNull(v) ? NULL : v;
}

const char *json_str(const cJSON *obj, const char *field)
{
	return cJSON_GetStringValue(json_get(obj, field));
}

double json_num(const cJSON *obj, const char *field, double otherwise)
{
	const cJSON *v = json_get(obj, field);

	return cJSON_IsNumber(v) ? v->valuedouble : otherwise;
}

bool json_true(const cJSON *obj, const char *field)
{
	return cJSON_IsTrue(json_get(obj, field));
}

/* cJSON's own ReplaceItemInObject does not look whether it got the memory for the name. */
static bool replace(cJSON *obj, cJSON *old, cJSON *value)
{
	size_t size = strlen(old->string) + 1;
	char *name = cJSON_malloc(size);

	if (!name)
		return false;
	memcpy(name, old->string, size);
	cJSON_free(value->string);
	value->string = name;
	return cJSON_ReplaceItemViaPointer(obj, old, value);
}

bool json_set(cJSON *obj, const char *field, cJSON *value)
{
	cJSON *old = cJSON_GetObjectItemCaseSensitive(obj, field);
	bool ok = value &&
		  (old ? replace(obj, old, value) : cJSON_AddItemToObject(obj, field, value));

	if (!ok)
		cJSON_Delete(value);
	return ok;
}

bool json_set_str(cJSON *obj, const char *field, const char *s)
{
	return json_set(obj, field, cJSON_CreateString(s));
}

bool json_set_num(cJSON *obj, const char *field, double v)
{
	return json_set(obj, field, cJSON_CreateNumber(v));
}

bool json_append(cJSON *array, cJSON *item)
{
	if (array && cJSON_AddItemToArray(array, item))
		return true;
	cJSON_Delete(item);
	return false;
}
