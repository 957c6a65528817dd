/* From a trial's params to the values of a tuning request. */
#include <stdlib.h>

#include "dr/tuning.h"
#include "json/json.h"
#include "tap.h"

static const char model_parameters[] =
	"[{\"parameter\":\"min_df\",\"task\":\"Text a/b\",\"id\":\"t1\",\"types\":[\"int\"],"
	"\"min\":0,\"max\":9,\"grid\":false},"
	"{\"parameter\":\"min_df\",\"task\":\"Text c\",\"id\":\"t2\",\"types\":[\"int\"],"
	"\"min\":0,\"max\":9,\"grid\":false},"
	"{\"parameter\":\"binary\",\"task\":\"Text c\",\"id\":\"b\",\"types\":[\"select\"],"
	"\"values\":[\"False\",\"True\"]},"
	"{\"parameter\":\"rate\",\"task\":\"Trees\",\"id\":\"r\",\"types\":[\"float\"],"
	"\"min\":0.01,\"max\":1,\"grid\":true},"
	"{\"parameter\":\"sizes\",\"task\":\"Net\",\"id\":\"s\",\"types\":[\"intList\"],"
	"\"min\":1,\"max\":9}]";

static cJSON *records;

static cJSON *parse(const char *s)
{
	struct err e = {0};

	return json_parse(s, strlen(s), NULL, &e);
}

/* params to the request, or to the message. */
static void gives(const char *params, const char *want, const char *what)
{
	struct err e = {0};
	cJSON *p = parse(params);
	cJSON *values = dr_tuning_values(records, "M", p, &e);
	char *got = values ? json_string(values) : strdup(e.text);

	is_str(got, want, what);
	free(got);
	cJSON_Delete(values);
	cJSON_Delete(p);
}

int main(void)
{
	records = parse(model_parameters);
	gives("{}", "[]", "no params ask for nothing");
	gives("{\"rate\":0.5}", "[{\"parameterId\":\"r\",\"value\":0.5}]",
	      "a name is looked up");
	gives("{\"min_df\":3}",
	      "[{\"parameterId\":\"t1\",\"value\":3},{\"parameterId\":\"t2\",\"value\":3}]",
	      "a name means every task that has it");
	gives("{\"Text a/b/min_df\":4,\"min_df\":3}",
	      "[{\"parameterId\":\"t1\",\"value\":4},{\"parameterId\":\"t2\",\"value\":3}]",
	      "a task's own value wins, and a task's name may hold a slash");
	gives("{\"binary\":false}", "[{\"parameterId\":\"b\",\"value\":\"False\"}]",
	      "an option goes out as the server spells it");
	gives("{\"min_df\":[2.0],\"rate\":[0.1,1e-1]}",
	      "[{\"parameterId\":\"t1\",\"value\":2},{\"parameterId\":\"t2\",\"value\":2},"
	      "{\"parameterId\":\"r\",\"value\":[0.1,0.1]}]",
	      "a list of one is its element, a longer one goes where it is allowed");
	gives("{\"sizes\":[3]}", "[{\"parameterId\":\"s\",\"value\":[3]}]",
	      "a parameter that is a list stays one");
	gives("{\"rte\":1}", "model M has no parameter 'rte'; nearest: rate",
	      "an unknown name is told, with the nearest");
	gives("{\"zzzzzz\":1}", "model M has no parameter 'zzzzzz'", "... if there is one");
	gives("{\"Text c/rate\":1}", "model M has no parameter 'Text c/rate'; nearest: rate",
	      "a task that lacks the parameter does not have it");
	gives("{\"min_df\":[1,2]}", "min_df=[1,2] is a list, but it takes one value (Text a/b)",
	      "a list for a parameter that takes one value is told");
	gives("{\"rate\":1.5}", "rate=1.5 is above its maximum 1 (Trees)",
	      "a value above the maximum is told");
	gives("{\"min_df\":1.5}", "min_df=1.5 is not a whole number (Text a/b)",
	      "a broken whole number is told");
	cJSON_Delete(records);
	return tap_end();
}
