/* json: numbers, text, canonical form, refusals. */
#include "json/json.h"
#include "json/path.h"

#include <errno.h>
#include <float.h>
#include <stdint.h>
#include <stdlib.h>

#include "tap.h"

static void numbers(void)
{
	static const struct {
		double v;
		const char *text;
	} cases[] = {
		{0.1, "0.1"},
		{0.0, "0"},
		{-0.0, "0"},
		{1.0, "1"},
		{-3.0, "-3"},
		{1e6, "1000000"},
		{1e15, "1000000000000000"},
		{9007199254740991.0, "9007199254740991"},
		{1e21, "1e+21"},
		{1e30, "1e+30"},
		{0.30000000000000004, "0.30000000000000004"},
		{2.0 / 3, "0.6666666666666666"},
		{5e-324, "5e-324"},
		{1e-5, "1e-05"},
		{DBL_MAX, "1.7976931348623157e+308"},
		{INFINITY, "null"},
		{NAN, "null"},
	};
	char out[JSON_NUMBER_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_number(cases[i].v, out);
		is_str(out, cases[i].text, cases[i].text);
	}
}

/* Any bit pattern that is a finite double reads back to itself. */
static void round_trip(void)
{
	uint64_t s = 1;
	size_t bad = 0;

	for (int i = 0; i < 200000; i++) {
		char out[JSON_NUMBER_MAX];
		double v;

		s = s * 6364136223846793005u + 1442695040888963407u;
		memcpy(&v, &s, sizeof(v));
		if (!isfinite(v))
			continue;
		json_number(v, out);
		bad += strtod(out, NULL) != v;
	}
	ok(bad == 0, "200,000 random doubles read back to themselves");
}

/* A decimal of up to 15 digits prints as C's %.15g has it, which drops zeros at the end. */
static void decimals(void)
{
	uint64_t s = 1;
	size_t bad = 0;

	for (int i = 0; i < 200000; i++) {
		char want[JSON_NUMBER_MAX], got[JSON_NUMBER_MAX];
		double v;

		s = s * 6364136223846793005u + 1442695040888963407u;
		snprintf(want, sizeof(want), "%.*e", (int)(s >> 60) % 15,
			 ((double)(s >> 11) - 4e15) * pow(10, (double)(s % 23) - 21));
		v = strtod(want, NULL);
		snprintf(want, sizeof(want), "%.15g", v);
		if (v == trunc(v)) /* whole numbers are never in exponent form below 2^53 */
			continue;
		json_number(v, got);
		bad += strcmp(got, want) != 0;
	}
	ok(bad == 0, "random short decimals print with their own digits");
}

static void values(void)
{
	static const char in[] = " {\"b\": [1, 2.50, true, null, \"x\\u00e9\\\"\\n\\u0001\"],"
				 " \"a\": {\"z\":{}, \"y\": -1e2}} ";
	struct err e = {0};
	cJSON *v = json_parse(in, strlen(in), NULL, &e);
	char *plain = json_string(v), *canonical = json_canonical(v);

	is_str(plain,
	       "{\"b\":[1,2.5,true,null,\"xé\\\"\\n\\u0001\"],\"a\":{\"z\":{},\"y\":-100}}",
	       "a value is printed in its own order");
	is_str(canonical,
	       "{\"a\":{\"y\":-100,\"z\":{}},\"b\":[1,2.5,true,null,\"xé\\\"\\n\\u0001\"]}",
	       "canonical form sorts keys at every level");
	free(plain);
	free(canonical);
	cJSON_Delete(v);
	v = json_parse("{\"a\":1,\"a\":2}", 13, NULL, &e);
	canonical = json_canonical(v);
	is_str(canonical, "{\"a\":2}", "of equal keys the last one counts in canonical form");
	free(canonical);
	cJSON_Delete(v);
}

static void refusals(void)
{
	static const struct {
		const char *in, *text;
	} cases[] = {
		{"", "not JSON at byte 1"},
		{"{\"a\":1", "not JSON at byte 6"},
		{"{} x", "more text behind the value at byte 4"},
		{"{\"a\":tru}", "not JSON at byte 6"},
		{"\"\xff\"", "not UTF-8 at byte 2"},
		{"\"\xc0\x80\"", "not UTF-8 at byte 2"},
		{"\"\xed\xa0\x80\"", "not UTF-8 at byte 2"},
		{"\"a\\u0000\"", "a NUL character at byte 3"},
		{"{\"a\":\"x\ty\"}", "a control character in a string at byte 8"},
		{"{\"a\":\x01"
		 "1}",
		 "a control character at byte 6"},
		{"[1e999]", "a number that no double holds at byte 1"},
	};
	char deep[2000];
	struct err e = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		e = (struct err){0};
		ok(!json_parse(cases[i].in, strlen(cases[i].in), NULL, &e), "refused: %s",
		   cases[i].text);
		is_str(e.text, cases[i].text, "... with this text");
	}
	memset(deep, '[', sizeof(deep));
	ok(!json_parse(deep, sizeof(deep), NULL, &e), "2,000 brackets are refused");
	is_str(e.text, "nested too deeply at byte 513", "... at the 513th");
	ok(!json_parse("\"a\0b\"", 5, NULL, &e), "a NUL byte is refused");
	is_str(e.text, "a NUL byte at byte 3", "... naming it");
}

static void fields(void)
{
	struct err e = {0};
	static const char in[] = "{\"s\":\"x\",\"n\":2,\"t\":true,\"z\":null}";
	cJSON *v = json_parse(in, strlen(in), NULL, &e);

	is_str(json_str(v, "s"), "x", "a string field");
	ok(!json_str(v, "n") && !json_str(v, "none"), "no string where there is none");
	ok(json_num(v, "n", 7) == 2 && json_num(v, "s", 7) == 7, "a number or the stand-in");
	ok(json_true(v, "t") && !json_true(v, "n"), "true is true only");
	ok(!json_get(v, "z"), "null counts as missing");
	ok(json_set_num(v, "s", 5) && json_num(v, "s", 0) == 5, "a field is replaced");
	ok(strcmp(v->child->string, "s") == 0, "... in its place");
	cJSON_Delete(v);
}

static void paths(void)
{
	static const char *const bad[] = {"",         "a",     ".",    "..a",  ".a.",
					  ".a[",      ".a[x]", ".a[]", ".a[0", ".[\"a]",
					  ".\"\\q\"", ".a b",  ".a-b", "[0]"};
	static const struct {
		const char *path;
		double want;
	} good[] = {
		{".a", 1},
		{".m.AUC.validation", 0.7},
		{".m[\"FVE B\"].holdout", 0.5},
		{".\"x]\\\"y\"", 3},
		{".folds[1]", 20},
		{".[\"a\"]", 1},
		{".folds[9]", NAN},
		{".a.b", NAN},
		{".none", NAN},
		{".m.b.c.d", NAN},
		{".folds[99999999999999]", NAN},
	};
	struct err e = {0};
	const char *text =
		"{\"a\":1,\"m\":{\"AUC\":{\"validation\":0.7},\"FVE B\":{\"holdout\":0.5},"
		"\"b\":null},\"x]\\\"y\":3,\"folds\":[10,20]}";
	cJSON *rec = json_parse(text, strlen(text), NULL, &e);

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct json_path *p = json_path_new(good[i].path, strlen(good[i].path), &e);
		const cJSON *v = json_path_get(p, rec);

		ok(p && (isnan(good[i].want) ? !v : v && v->valuedouble == good[i].want),
		   "path %s", good[i].path);
		json_path_free(p);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		e = (struct err){0};
		ok(!json_path_new(bad[i], strlen(bad[i]), &e) && e.kind == ERR_USAGE,
		   "no path: '%s': %s", bad[i], e.text);
	}
	cJSON_Delete(rec);
}

static int left; /* allocations that succeed */

static void *scarce(size_t n)
{
	if (left-- > 0)
		return malloc(n);
	errno = ENOMEM;
	return NULL;
}

/* Each allocation fails once: text is then never called wrong, nor an object left half. */
static void memory(void)
{
	static const char text[] = "{\"a\":[1,\"two\"],\"b\":{}}";
	cJSON_Hooks hooks = {scarce, free};
	bool told = true, whole = true, done = false;

	cJSON_InitHooks(&hooks);
	for (int k = 0; !done && k < 100; k++) {
		struct err e = {0};
		cJSON *v;

		left = k;
		v = json_parse(text, sizeof(text) - 1, NULL, &e);
		told = told && (v || e.kind == ERR_SYSTEM);
		left = 100;
		cJSON_Delete(v);
		v = json_parse(text, sizeof(text) - 1, NULL, &e);
		left = k;
		done = json_set_str(v, "a", "new");
		whole = whole && json_get(v, "a") && json_get(v, "b") &&
			cJSON_IsArray(json_get(v, "a")) == !done;
		cJSON_Delete(v);
	}
	cJSON_InitHooks(NULL);
	ok(told, "text that there is no memory for is not called wrong");
	ok(whole && done, "a field that there is no memory for stays what it was");
}

static void brief(void)
{
	static const char *const fields[] = {"id", "status", NULL};
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"[{\"id\":1,\"x\":{\"id\":2},\"status\":\"a\"},{},{\"y\":[1]}]",
		 "[{\"id\":1,\"status\":\"a\"},{},{}]"},
		{" [ 1 , \"id\" , [{\"x\":1}] ] ", "[1,\"id\",[{\"x\":1}]]"},
		{"[]", "[]"},
		{"{\"x\":1}", "{\"x\":1}"},
		{"[{\"id\":1},]", NULL},
		{"[{\"id\":1} {}]", NULL},
		{"[{\"id\":1}", NULL},
		{"[{\"x\":1e999}]", NULL},
		{"[] []", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = {0};
		cJSON *v = json_parse_brief(cases[i].text, strlen(cases[i].text), fields, &e);
		char *text = v ? json_string(v) : NULL;

		is_str(text, cases[i].want, "a list in brief");
		ok(!v == (e.kind == ERR_INPUT), "and an error where there is none");
		free(text);
		cJSON_Delete(v);
	}
}

int main(void)
{
	numbers();
	round_trip();
	decimals();
	values();
	refusals();
	fields();
	paths();
	memory();
	brief();
	return tap_end();
}
