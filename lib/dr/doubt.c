#include "dr/doubt.h"

#include <string.h>

#include "dr/dr.h"
#include "json/json.h"

/* Whether a field holds an id, and another one. */
static bool is_other(const cJSON *obj, const char *field, const char *id)
{
	const cJSON *v = json_get(obj, field);
	char number[JSON_NUMBER_MAX];

	if (!id || !dr_has_id(obj, field))
		return false;
	if (cJSON_IsString(v))
		return strcmp(v->valuestring, id) != 0;
	json_number(v->valuedouble, number);
	return strcmp(number, id) != 0;
}

const char *doubt_object(const struct http_response *r, const char *about)
{
	if (r->status == 303) /* how work ends; objects are where they are */
		return "the answer is about something else";
	if (r->status != 200)
		return NULL;
	if (!cJSON_IsObject(r->json))
		return "the answer is no object";
	return is_other(r->json, "id", about) ? "the answer is about something else" : NULL;
}

const char *doubt_list(const struct http_response *r, const char *about)
{
	const cJSON *items = dr_page_items(r->json), *item;

	if (r->status != 200)
		return NULL;
	if (!items)
		return "the answer is no list";
	cJSON_ArrayForEach (item, items) {
		if (!cJSON_IsObject(item))
			return "the list holds what is no object";
		if (is_other(item, "projectId", about))
			return "the list is that of another project";
	}
	return NULL;
}

const char *doubt_submission(const struct http_response *r, const char *about)
{
	const char *why = r->elsewhere ? "the answer names a job on another host"
			  : dr_has_last_part(r->location) ? NULL
							  : "the answer names no job";

	(void)about;
	if (r->status == 422 && !cJSON_IsObject(r->json))
		return "the answer refuses and gives no reason";
	return r->status / 100 == 2 ? why : NULL;
}

static bool tells_status(const struct http_response *r)
{
	const char *status = r->json ? json_str(r->json, "status") : NULL;

	return status && *status;
}

const char *doubt_job(const struct http_response *r, const char *about)
{
	if (r->status == 200 && !tells_status(r))
		return "the answer tells no status of the job";
	if (r->status != 200 && r->status != 303)
		return NULL;
	if (r->json && is_other(r->json, "id", about))
		return "the answer is about another job";
	return r->elsewhere ? "the answer names a result on another host" : NULL;
}

const char *doubt_status(const struct http_response *r, const char *about)
{
	(void)about;
	return r->status == 200 && !tells_status(r) ? "the answer tells no status of the work"
						    : NULL;
}
