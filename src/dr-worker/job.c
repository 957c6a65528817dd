#include "job.h"

#include <math.h>
#include <string.h>

#include "json/json.h"

bool job_text(const cJSON *job, const char *field, const char **v, struct err *e)
{
	const cJSON *item = json_get(job, field);

	if (item && !cJSON_IsString(item))
		return err_set(e, ERR_INPUT, "field '%s' must be a string", field);
	if (item)
		*v = item->valuestring;
	return true;
}

bool job_required(const cJSON *job, const char *field, const char **v, struct err *e)
{
	*v = NULL;
	if (!job_text(job, field, v, e))
		return false;
	return *v || err_set(e, ERR_INPUT, "field '%s' is missing", field);
}

bool job_number(const cJSON *job, const char *field, double min, double max, double *v,
		struct err *e)
{
	const cJSON *item = json_get(job, field);
	char low[JSON_NUMBER_MAX], high[JSON_NUMBER_MAX];

	if (!item)
		return true;
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= min && item->valuedouble <= max)) {
		json_number(min, low);
		json_number(max, high);
		return err_set(e, ERR_INPUT, "field '%s' must be a number from %s to %s", field,
			       low, high);
	}
	*v = item->valuedouble;
	return true;
}

bool job_whole(const cJSON *job, const char *field, double max, double *v, struct err *e)
{
	if (!job_number(job, field, 0, max, v, e))
		return false;
	return *v == floor(*v) ||
	       err_set(e, ERR_INPUT, "field '%s' must be a whole number", field);
}

bool job_flag(const cJSON *job, const char *field, bool *v, struct err *e)
{
	const cJSON *item = json_get(job, field);

	if (item && !cJSON_IsBool(item))
		return err_set(e, ERR_INPUT, "field '%s' must be true or false", field);
	if (item)
		*v = cJSON_IsTrue(item);
	return true;
}

bool job_knows(const cJSON *job, const char *const *fields, struct err *e)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, job) {
		size_t i = 0;

		while (fields[i] && strcmp(fields[i], item->string) != 0)
			i++;
		if (!fields[i])
			return err_set(e, ERR_INPUT, "field '%s' is not known in this job",
				       item->string);
	}
	return true;
}
