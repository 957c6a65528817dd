/* value: values that are asked for, against constraints; how clients spell options. */
#include "routes/value.h"

#include <stdlib.h>

#include "json/json.h"
#include "../tap.h"

static cJSON *tree(const char *text)
{
	struct err e = {0};

	return json_parse(text, strlen(text), NULL, &e);
}

/* What becomes of a value; want NULL: it is refused. */
static void check(const char *constraints, const char *value, const char *want)
{
	cJSON *c = tree(constraints), *v = tree(value);
	cJSON *got = value_check(c, v);
	char *text = got ? json_string(got) : NULL, what[256];

	snprintf(what, sizeof(what), "%s for %s", value, constraints);
	is_str(text, want, what);
	free(text);
	cJSON_Delete(got);
	cJSON_Delete(v);
	cJSON_Delete(c);
}

static void takes_list(const char *constraints, bool want)
{
	cJSON *c = tree(constraints);

	ok(value_takes_list(c) == want, "a list is %s by %s", want ? "taken" : "refused",
	   constraints);
	cJSON_Delete(c);
}

static void words(const char *constraints, const char *want)
{
	cJSON *c = tree(constraints);
	char out[128];

	value_describe(c, out, sizeof(out));
	is_str(out, want, want);
	cJSON_Delete(c);
}

int main(void)
{
	static const char depth[] =
		"{\"int\":{\"min\":1,\"max\":16,\"supportsGridSearch\":true}}";
	static const char rate[] =
		"{\"float\":{\"min\":0.0005,\"max\":1,\"supportsGridSearch\":false}}";
	static const char method[] = "{\"select\":{\"values\":[\"auto\",\"hist\"]}}";
	static const char flag[] =
		"{\"select\":{\"values\":[\"False\",\"True\"],\"supportsGridSearch\":false}}";
	static const char stop[] = "{\"select\":{\"values\":[\"False\",\"True\",\"english\"]}}";
	static const char digit[] = "{\"select\":{\"values\":[\"1\",\"3\",\"None\"]}}";
	static const char card[] =
		"{\"select\":{\"values\":[\"None\"]},\"int\":{\"min\":2,\"max\":1e30}}";

	static const char sizes[] =
		"{\"intList\":{\"minLength\":1,\"maxLength\":3,\"minVal\":4,\"maxVal\":64,"
		"\"supportsGridSearch\":false}}";
	static const char rates[] =
		"{\"select\":{\"values\":[\"auto\"],\"supportsGridSearch\":false},"
		"\"floatList\":{\"minLength\":0,\"maxLength\":2,\"minVal\":0,\"maxVal\":1,"
		"\"supportsGridSearch\":true}}";
	static const char words_of[] = "{\"unicode\":{\"supportsGridSearch\":false}}";
	static const char code[] = "{\"ascii\":{}}";
	static const char grid[] = "{\"selectgrid\":{\"values\":[\"a\",\"b\"]}}";

	check(sizes, "[4,64]", "[4,64]");
	check(sizes, "[4.0]", "[4]");
	check(sizes, "[]", NULL);
	check(sizes, "[4,4,4,4]", NULL);
	check(sizes, "[4.5]", NULL);
	check(sizes, "[3]", NULL);
	check(sizes, "[\"4\"]", NULL);
	check(sizes, "[[4]]", NULL);
	check(sizes, "4", NULL);
	check(rates, "[]", "[]");
	check(rates, "[0.5,1]", "[0.5,1]");
	check(rates, "\"auto\"", "\"auto\"");
	check(rates, "[\"auto\"]", NULL);
	check(words_of, "\"\"", "\"\"");
	check(words_of, "\"\u4e2d;\"", "\"\u4e2d;\"");
	check(words_of, "5", NULL);
	check(words_of, "null", NULL);
	check(code, "\"a + b\"", "\"a + b\"");
	check(code, "\"a;b\"", NULL);
	check(code, "\"a\\nb\"", NULL);
	check(code, "\"\u00e9\"", NULL);
	check(grid, "\"b\"", "\"b\"");
	check(grid, "\"c\"", NULL);
	takes_list(sizes, false);
	takes_list(rates, true);
	takes_list(grid, true);
	takes_list(code, false);
	words(sizes, "a list of 1 to 3 whole numbers from 4 to 64");
	words(code, "a text of printable ASCII without semicolon");
	words(words_of, "a text");

	check(depth, "5", "5");
	check(depth, "5.0", "5");
	check(depth, "1.6e1", "16");
	check(depth, "17", NULL);
	check(depth, "0", NULL);
	check(depth, "2.5", NULL);
	check(depth, "true", NULL);
	check(depth, "\"5\"", NULL);
	check(depth, "null", NULL);
	check(depth, "[5]", NULL);
	check(rate, "1", "1");
	check(rate, "0.0005", "0.0005");
	check(rate, "1.0000001", NULL);
	check(method, "\"hist\"", "\"hist\"");
	check(method, "\"HIST\"", NULL);
	check(method, "0", NULL);
	check(flag, "true", "\"True\"");
	check(flag, "false", "\"False\"");
	check(flag, "\"true\"", "\"True\"");
	check(flag, "0", "\"False\"");
	check(flag, "1", "\"True\"");
	check(flag, "2", NULL);
	check(flag, "[]", NULL);
	check(stop, "0", "\"False\"");
	check(stop, "\"english\"", "\"english\"");
	check(digit, "3", "\"3\"");
	check(digit, "3.0", "\"3\"");
	check(digit, "\"3\"", "\"3\"");
	check(digit, "true", NULL);
	check(digit, "null", "\"None\"");
	check(digit, "{}", NULL);
	check(card, "null", "\"None\"");
	check(card, "\"None\"", "\"None\"");
	check(card, "1e25", "1e+25");
	check(card, "1", NULL);

	takes_list(depth, true);
	takes_list(rate, false);
	takes_list(method, true);
	takes_list(flag, false);
	takes_list("{}", false);

	words(depth, "a whole number from 1 to 16");
	words(rate, "a number from 0.0005 to 1");
	words(method, "one of auto, hist");
	words(card, "one of None, or a whole number from 2 to 1e+30");
	return tap_end();
}
