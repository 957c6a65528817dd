/* dr/tuning: the record of a parameter. */
#include "dr/tuning.h"

#include <stdlib.h>

#include "json/json.h"
#include "tap.h"

static void is_record(const char *wire, const char *want, const char *what)
{
	struct err e = {0};
	cJSON *w = json_parse(wire, strlen(wire), NULL, &e);
	cJSON *rec = dr_parameter_record(w, "63dd", &e);
	char *text = rec ? json_string(rec) : NULL;

	if (!is_str(text, want, what))
		printf("# %s\n", e.text);
	free(text);
	cJSON_Delete(rec);
	cJSON_Delete(w);
}

#define HEAD(name) "{\"parameterName\":\"" name "\",\"parameterId\":\"i\",\"taskName\":\"T\","
#define REC(name) "{\"parameter\":\"" name "\",\"task\":\"T\",\"id\":\"i\",\"model\":\"63dd\","

static void records(void)
{
	is_record(HEAD("learning_rate") "\"defaultValue\":0.05,\"currentValue\":0.05,"
					"\"constraints\":"
					"{\"float\":{\"min\":0.0,\"max\":1.0,"
					"\"supportsGridSearch\":true}}}",
		  REC("learning_rate") "\"types\":[\"float\"],\"min\":0,\"max\":1,\"log\":true,"
				       "\"grid\":true,\"default\":0.05,\"current\":0.05}",
		  "a number");
	is_record(HEAD("tree_method") "\"defaultValue\":\"auto\",\"currentValue\":\"auto\","
				      "\"constraints\":{\"select\":{\"values\":[\"auto\","
				      "\"hist\"]}}}",
		  REC("tree_method") "\"types\":[\"select\"],\"grid\":true,"
				     "\"values\":[\"auto\",\"hist\"],\"default\":\"auto\","
				     "\"current\":\"auto\"}",
		  "a select, searchable unless the server says no");
	is_record(
		HEAD("k") "\"defaultValue\":\"auto\",\"currentValue\":null,\"constraints\":"
			  "{\"int\":{\"min\":2,\"max\":1000,\"supportsGridSearch\":false},"
			  "\"select\":{\"values\":[\"auto\"],\"supportsGridSearch\":false}}}",
		REC("k") "\"types\":[\"select\",\"int\"],\"min\":2,\"max\":1000,\"log\":false,"
			 "\"grid\":false,\"values\":[\"auto\"],\"default\":\"auto\","
			 "\"current\":null}",
		"a word or a number, in one record and a fixed order");
	is_record(HEAD("max_df") "\"defaultValue\":0.8,\"currentValue\":0.8,\"constraints\":"
				 "{\"float\":{\"min\":0,\"max\":1},\"int\":{\"min\":2,\"max\":"
				 "1e30}}}",
		  REC("max_df") "\"types\":[\"int\",\"float\"],\"min\":0,\"max\":1e+30,"
				"\"log\":false,\"grid\":false,\"default\":0.8,\"current\":0.8}",
		  "two ranges give the outermost");
	is_record(HEAD("l") "\"defaultValue\":[1],\"currentValue\":[1],\"constraints\":{"
			    "\"intList\":"
			    "{\"minLength\":1,\"maxLength\":3,\"minVal\":0,\"maxVal\":9,"
			    "\"supportsGridSearch\":true}}}",
		  REC("l") "\"types\":[\"intList\"],\"min\":0,\"max\":9,\"min_length\":1,"
			   "\"max_length\":3,\"log\":false,\"grid\":true,\"default\":[1],"
			   "\"current\":[1]}",
		  "a list");
}

static void current(void)
{
	is_record(
		HEAD("d") "\"defaultValue\":3,\"currentValue\":\"[3, 5, 7]\",\"constraints\":"
			  "{\"int\":{\"min\":1,\"max\":16,\"supportsGridSearch\":true}}}",
		REC("d") "\"types\":[\"int\"],\"min\":1,\"max\":16,\"log\":false,\"grid\":true,"
			 "\"default\":3,\"current\":[3,5,7]}",
		"a list that was searched may come as its text");
	is_record(
		HEAD("d") "\"defaultValue\":3,\"currentValue\":[3,5],\"constraints\":"
			  "{\"int\":{\"min\":1,\"max\":16,\"supportsGridSearch\":true}}}",
		REC("d") "\"types\":[\"int\"],\"min\":1,\"max\":16,\"log\":false,\"grid\":true,"
			 "\"default\":3,\"current\":[3,5]}",
		"or as a list");
	is_record(HEAD("u") "\"defaultValue\":\"\",\"currentValue\":\"[1]\",\"constraints\":"
			    "{\"unicode\":{}}}",
		  REC("u") "\"types\":[\"unicode\"],\"grid\":false,\"default\":\"\","
			   "\"current\":\"[1]\"}",
		  "a text that begins with a bracket stays a text");
	is_record(
		HEAD("s") "\"defaultValue\":\"a\",\"currentValue\":\"[\\\"a\\\", \\\"b\\\"]\","
			  "\"constraints\":{\"select\":{\"values\":[\"a\",\"b\"]}}}",
		REC("s") "\"types\":[\"select\"],\"grid\":true,\"values\":[\"a\",\"b\"],"
			 "\"default\":\"a\",\"current\":[\"a\",\"b\"]}",
		"a list of options is a list");
}

static void scales(void)
{
	static const struct {
		const char *name;
		double min, max;
		bool log;
	} cases[] = {
		{"learning_rate", 0.0005, 1, true},
		{"learning_rate", 0, 1, true},
		{"text_learning_rate", 0, 1, true},
		{"reg_alpha", 0, 1e6, true},
		{"enet_lambda", 1e-10, 1, true},
		{"enet_alpha", 0, 1, false},
		{"C", 1e-6, 1e6, true},
		{"num_C", 1, 9, true},
		{"ABC", 1, 9, false},
		{"subsample", 0.0001, 1, false},
		{"colsample_bytree", 0.03, 1, false},
		{"n_estimators", 1, 20000, true},
		{"max_depth", 1, 16, false},
		{"min_child_weight", 0.01, 1e5, true},
		{"random_state", 0, 1e9, false},
		{"missing_value", -1e5, 1e5, false},
		{"reg_alpha", -1, 1, false},
		{"tol", 1, 1, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ok(dr_parameter_log(cases[i].name, cases[i].min, cases[i].max) == cases[i].log,
		   "%s from %g to %g: %s", cases[i].name, cases[i].min, cases[i].max,
		   cases[i].log ? "log" : "linear");
}

static void bad(void)
{
	struct err e = {0};
	const char *wire = "{\"parameterName\":\"a\",\"parameterId\":\"i\",\"taskName\":\"T\"}";
	cJSON *w = json_parse(wire, strlen(wire), NULL, &e);

	ok(!dr_parameter_record(w, "63dd", &e) && e.kind == ERR_INPUT && strstr(e.text, "'a'"),
	   "a parameter without constraints is named");
	cJSON_Delete(w);
}

int main(void)
{
	records();
	current();
	scales();
	bad();
	return tap_end();
}
