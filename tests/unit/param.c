/* Parameter records: what a value means and which name was meant. */
#include <stdlib.h>

#include "json/json.h"
#include "space/param.h"
#include "tap.h"

static cJSON *parse(const char *s)
{
	struct err e = {0};

	return json_parse(s, strlen(s), NULL, &e);
}

static bool checks(const cJSON *rec, const char *value, struct err *e)
{
	cJSON *v = parse(value);
	bool good;

	*e = (struct err){0};
	good = param_check(rec, v, e);
	cJSON_Delete(v);
	return good;
}

static void options(void)
{
	cJSON *rec =
		parse("{\"parameter\":\"stop_words\",\"task\":\"T\",\"types\":[\"select\"],"
		      "\"values\":[\"False\",\"True\",\"english\"]}");
	cJSON *v;
	struct err e;

	ok(checks(rec, "false", &e) && checks(rec, "0", &e) && checks(rec, "\"True\"", &e),
	   "an option is recognised as a boolean, as a number and as a text");
	v = parse("0");
	is_str(json_str(rec, "task") ? cJSON_GetStringValue(param_option(rec, v)) : NULL,
	       "False", "0 means False where there is no option 0");
	cJSON_Delete(v);
	ok(!checks(rec, "2", &e), "2 is no option");
	is_str(e.text, "stop_words=2 is not one of False, True, english (T)",
	       "... and is told");
	ok(checks(rec, "[\"english\",false]", &e),
	   "options may be searched over where the server does not say otherwise");
	cJSON_AddFalseToObject(rec, "grid");
	ok(!checks(rec, "[\"english\",false]", &e), "... and not where it does");
	cJSON_Delete(rec);

	rec = parse(
		"{\"parameter\":\"n\",\"types\":[\"select\"],\"values\":[\"0\",\"False\"]}");
	v = parse("0");
	is_str(cJSON_GetStringValue(param_option(rec, v)), "0", "an equal option goes first");
	cJSON_Delete(v);
	cJSON_Delete(rec);
}

static void nearest(void)
{
	cJSON *recs = parse("[{\"parameter\":\"max_depth\"},{\"parameter\":\"max_bin\"},"
			    "{\"parameter\":\"max_depth\"},{\"parameter\":\"subsample\"}]");
	char *s = param_nearest(recs, "mxa_dept");

	is_str(s, "max_depth", "the nearest name is found, once");
	free(s);
	s = param_nearest(recs, "A task/subsampel");
	is_str(s, "subsample", "the task is left aside");
	free(s);
	s = param_nearest(recs, "x");
	is_str(s, "", "what is like no name has none");
	free(s);
	cJSON_Delete(recs);
}

int main(void)
{
	options();
	nearest();
	return tap_end();
}
