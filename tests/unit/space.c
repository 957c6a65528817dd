/* space: the grammar, by table; the map to coordinates, over all kinds and at random. */
#include "space/space.h"

#include <stdlib.h>

#include "json/json.h"
#include "rng/rng.h"
#include "tap.h"

#define ARGS_MAX 8

static cJSON *parse(const char *s)
{
	struct err e = {0};

	return json_parse(s, strlen(s), NULL, &e);
}

static void add(struct json_text *t, const char *s)
{
	json_text_add(t, s, strlen(s));
}

static void add_number(struct json_text *t, double v)
{
	char buf[JSON_NUMBER_MAX];

	json_number(v, buf);
	add(t, isinf(v) ? "inf" : buf);
}

/* One line of text for a dimension. */
static void describe(const struct space_dim *d, struct json_text *t)
{
	static const char *const kind[] = {"real", "integer", "ordinal", "category"};

	add(t, d->name);
	add(t, " ");
	add(t, kind[d->kind]);
	for (size_t k = 0; d->values && k < (size_t)d->size; k++) {
		add(t, k ? "," : " ");
		if (d->values[k])
			json_print(t, d->values[k]);
		else
			add(t, "#");
	}
	if (!d->values) {
		add(t, " ");
		add_number(t, d->lo);
		add(t, "..");
		add_number(t, d->hi);
	}
	if (d->step > 0 && d->step != 1) {
		add(t, " step ");
		add_number(t, d->step);
	}
	if (d->log)
		add(t, " log");
	if (d->levels > 0) {
		add(t, " levels ");
		add_number(t, d->levels);
	}
	if (d->initial) {
		add(t, " default ");
		json_print(t, d->initial);
	}
	for (size_t w = 0; w < d->n_when; w++) {
		add(t, w ? "|" : " if ");
		add_number(t, (double)d->when[w].dim);
		add(t, "=");
		add_number(t, d->when[w].k);
	}
}

static struct space *make(const char *args, const char *source, struct err *e)
{
	char *copy = strdup(args), *p = copy, *word;
	const char *list[ARGS_MAX];
	cJSON *doc = source ? parse(source) : NULL;
	struct space *s;
	size_t n = 0;

	while ((word = strsep(&p, ";")) && n < ARGS_MAX) {
		if (*word)
			list[n++] = word;
	}
	s = space_new(list, n, doc, e);
	cJSON_Delete(doc);
	free(copy);
	return s;
}

struct a_case {
	const char *args;   /* separated by semicolons */
	const char *source; /* JSON, or NULL */
	const char *want;   /* dimensions, separated by semicolons, or the error */
	enum err_kind kind;
};

static void run_cases(const struct a_case *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct err e = {0};
		struct space *s = make(c[i].args, c[i].source, &e);
		struct json_text t = {0};
		char what[300];

		for (size_t j = 0; s && j < space_dims(s); j++) {
			add(&t, j ? "; " : "");
			describe(space_dim(s, j), &t);
		}
		snprintf(what, sizeof(what), "%s %s", c[i].args,
			 c[i].source ? c[i].source : "");
		is_str(s ? t.s : e.text, c[i].want, what);
		if (!s)
			ok(e.kind == c[i].kind, "... with its kind of error");
		json_text_release(&t);
		space_free(s);
	}
}

#define RUN(cases) run_cases(cases, sizeof(cases) / sizeof(*(cases)))

static void arguments(void)
{
	static const struct a_case cases[] = {
		{"a=4,6,8", NULL, "a ordinal 4,6,8", 0},
		{"a=8,4,8,4.0,-1e1", NULL, "a ordinal -10,4,8", 0},
		{"a=5", NULL, "a ordinal 5", 0},
		{"a=x,y,x", NULL, "a category \"x\",\"y\"", 0},
		{"a=true,false", NULL, "a category true,false", 0},
		{"a=True,null", NULL, "a category \"True\",\"null\"", 0},
		{"a=1,auto, 2 ,true", NULL, "a category 1,\"auto\",2,true", 0},
		{"a=\"1\",\"x,y:z?\",\"\",\"\\\"\"", NULL,
		 "a category \"1\",\"x,y:z?\",\"\",\"\\\"\"", 0},
		{"a=../x,b..c", NULL, "a category \"../x\",\"b..c\"", 0},
		{"a=0x10,inf,nan,1e999", NULL, "a category \"0x10\",\"inf\",\"nan\",\"1e999\"",
		 0},
		{"Task name/max_depth=1,2", NULL, "Task name/max_depth ordinal 1,2", 0},
		{"\"a=b\"=1", NULL, "a=b ordinal 1", 0},
		{"a=3..10", NULL, "a integer 3..10", 0},
		{"a=-3..3", NULL, "a integer -3..3", 0},
		{"a=3..3", NULL, "a integer 3..3", 0},
		{"a=0.5..1.0", NULL, "a real 0.5..1", 0},
		{"a=0..1.0", NULL, "a real 0..1", 0},
		{"a=1e-4..1e-1:log", NULL, "a real 0.0001..0.1 log", 0},
		{"a=0.01..0.3:log:levels=5", NULL, "a real 0.01..0.3 log levels 5", 0},
		{"a=8..256:log", NULL, "a integer 8..256 log", 0},
		{"a=100..2000:step=100", NULL, "a integer 100..2000 step 100", 0},
		{"a=1..10:step=4", NULL, "a integer 1..9 step 4", 0},
		{"a=0.1..0.9:step=0.2", NULL, "a integer 0.1..0.9 step 0.2", 0},
		{"a=0..1e30", NULL, "a real 0..1e+30", 0},
		{"a=auto,2..100:log", NULL,
		 "a category \"auto\",#; a integer 2..100 log if 0=1", 0},
		{"a=auto,5,2..9,200", NULL, "a category \"auto\",200,#; a integer 2..9 if 0=2",
		 0},
		{"a=2..9,5", NULL, "a integer 2..9", 0},
		{"a=8..64:log?b=x,z;b=x,y,z", NULL,
		 "b category \"x\",\"y\",\"z\"; a integer 8..64 log if 0=0|0=2", 0},
		{"a=1,2?b=auto,7;b=auto,3..9", NULL,
		 "b category \"auto\",#; b integer 3..9 if 0=1; a ordinal 1,2 if 0=0|1=4", 0},
		{"c=1,2?b=3;b=3,4?a=x;a=x,y", NULL,
		 "a category \"x\",\"y\"; b ordinal 3,4 if 0=0; c ordinal 1,2 if 1=0", 0},
		{"a=1,2?Task x/b=true;Task x/b=true,false", NULL,
		 "Task x/b category true,false; a ordinal 1,2 if 0=0", 0},

		{"", NULL, "the space is empty: no parameter to try", ERR_INPUT},
		{"a=1;a=2", NULL, "a: is given twice", ERR_INPUT},
		{"a=5..2", NULL, "a: its minimum 5 is above its maximum 2", ERR_INPUT},
		{"a=0..1.0:log", NULL, "a: a log scale needs a minimum above 0, not 0",
		 ERR_INPUT},
		{"a=1?b=2", NULL, "a: depends on 'b', which is no parameter of the space",
		 ERR_INPUT},
		{"a=1?a=1", NULL, "a: its condition leads back to itself", ERR_INPUT},
		{"a=1?b=2;b=2?a=1", NULL, "a: its condition leads back to itself", ERR_INPUT},
		{"a=1?b=z;b=x,y", NULL,
		 "a: its condition names a value that 'b' never has: \"z\"", ERR_INPUT},
		{"a=1?b=0.5;b=0.1..0.9", NULL,
		 "a: a condition needs separate values, but 'b' is a range of real numbers",
		 ERR_INPUT},
		{"a", NULL, "a: no values, and no parameter record says them", ERR_INPUT},
		{"=1", NULL, "'=1': a name is missing", ERR_USAGE},
		{"a=", NULL, "'a=': a value is missing (an empty text is written \"\")",
		 ERR_USAGE},
		{"a=1,,2", NULL, "'a=1,,2': a value is missing (an empty text is written \"\")",
		 ERR_USAGE},
		{"a=1..x", NULL, "'a=1..x': a range needs a number on both sides of '..'",
		 ERR_USAGE},
		{"a=1..2,3..4", NULL, "'a=1..2,3..4': more than one range", ERR_USAGE},
		{"a=1..2:lg", NULL,
		 "'a=1..2:lg': behind ':' only log, step=NUMBER and levels=NUMBER are known "
		 "(quote a text that has a colon)",
		 ERR_USAGE},
		{"a=1..9:step=0", NULL, "'a=1..9:step=0': step needs a number above 0",
		 ERR_USAGE},
		{"a=1..9:levels=x", NULL,
		 "'a=1..9:levels=x': levels needs a whole number from 1 to 1000000", ERR_USAGE},
		{"a=1,2:log", NULL, "'a=1,2:log': log, step and levels need a range LO..HI",
		 ERR_USAGE},
		{"a=1?b", NULL, "'a=1?b': a condition needs PARAMETER=VALUE behind '?'",
		 ERR_USAGE},
		{"a=\"x", NULL, "'a=\"x': the quotes are not closed", ERR_USAGE},
		{"a=\"x\"y", NULL, "'a=\"x\"y': text behind the closing quotes", ERR_USAGE},
		{"a=\xff", NULL, "'a=?': is not UTF-8", ERR_USAGE},
	};

	RUN(cases);
}

static void objects(void)
{
	static const struct a_case cases[] = {
		{"", "{\"b\":[4,6,8],\"a\":[null,true,\"x\",2]}",
		 "b ordinal 4,6,8; a category null,true,\"x\",2", 0},
		{"", "{\"a\":[[1,2],[3]]}", "a category [1,2],[3]", 0},
		{"c=1", "{\"a\":[1]}", "a ordinal 1; c ordinal 1", 0},
		{"", "{\"a\":{\"min\":0.01,\"max\":0.3,\"log\":true,\"levels\":4}}",
		 "a real 0.01..0.3 log levels 4", 0},
		{"", "{\"a\":{\"min\":1,\"max\":9,\"step\":2}}", "a integer 1..9 step 2", 0},
		{"", "{\"a\":{\"min\":0,\"max\":1,\"type\":\"float\"}}", "a real 0..1", 0},
		{"", "{\"a\":{\"min\":0,\"max\":1}}", "a integer 0..1", 0},
		{"", "{\"a\":{\"values\":[1,2],\"when\":{\"b\":[true]}},\"b\":[true,false]}",
		 "b category true,false; a ordinal 1,2 if 0=0", 0},
		{"", "{\"k\":{\"values\":[\"auto\"],\"min\":2,\"max\":9}}",
		 "k category \"auto\",#; k integer 2..9 if 0=1", 0},

		{"", "{}", "the space is empty: no parameter to try", ERR_INPUT},
		{"", "{\"a\":[]}", "a: needs a list of at least one value", ERR_INPUT},
		{"", "{\"a\":3}", "a: needs a list of at least one value", ERR_INPUT},
		{"", "{\"\":[3]}", "a parameter without a name", ERR_INPUT},
		{"", "{\"a\":[{}]}", "a: an object is no value", ERR_INPUT},
		{"", "{\"a\":[1],\"a\":[2]}", "a: is given twice", ERR_INPUT},
		{"", "{\"a\":{\"min\":3}}", "a: needs both min and max", ERR_INPUT},
		{"", "{\"a\":{\"min\":3,\"max\":2}}", "a: its minimum 3 is above its maximum 2",
		 ERR_INPUT},
		{"", "{\"a\":{\"min\":3,\"max\":4,\"lg\":true}}", "a: unknown field 'lg'",
		 ERR_INPUT},
		{"", "{\"a\":{\"values\":[1],\"log\":true}}",
		 "a: log, step, levels and type need min and max", ERR_INPUT},
		{"", "{\"a\":{\"min\":0.2,\"max\":0.8,\"type\":\"int\"}}",
		 "a: no whole number from 0.2 to 0.8", ERR_INPUT},
		{"", "{\"a\":{\"min\":-1e308,\"max\":1e308,\"type\":\"float\"}}",
		 "a: its range -1e+308 to 1e+308 is too wide", ERR_INPUT},
	};

	RUN(cases);
}

#define DEPTH                                                                                  \
	"{\"parameter\":\"max_depth\",\"task\":\"Boosted Trees\",\"model\":\"m1\","            \
	"\"types\":[\"int\"],\"min\":1,\"max\":64,\"grid\":true,\"default\":3}"
#define DEPTH2                                                                                 \
	"{\"parameter\":\"max_depth\",\"task\":\"Forest\",\"model\":\"m1\",\"types\":["        \
	"\"int\"],"                                                                            \
	"\"min\":5,\"max\":99,\"default\":7}"
#define RATE                                                                                   \
	"{\"parameter\":\"rate\",\"task\":\"Boosted Trees\",\"model\":\"m1\","                 \
	"\"types\":[\"float\"],\"min\":0,\"max\":1,\"log\":true,\"default\":0.05}"
#define METHOD                                                                                 \
	"{\"parameter\":\"method\",\"task\":\"Encoding\",\"model\":\"m1\","                    \
	"\"types\":[\"select\"],\"values\":[\"auto\",\"True\",\"3\"],\"default\":\"auto\"}"
#define CARD                                                                                   \
	"{\"parameter\":\"card_max\",\"task\":\"Encoding\",\"model\":\"m1\","                  \
	"\"types\":[\"select\",\"int\"],\"values\":[\"None\"],\"min\":1,\"max\":999,"          \
	"\"default\":\"None\"}"
#define FIXED "{\"parameter\":\"fixed\",\"types\":[\"select\"],\"values\":[\"x\"]}"
#define TEXT "{\"parameter\":\"text\",\"task\":\"T\",\"types\":[\"unicode\"],\"default\":\"\"}"

static void records(void)
{
	static const struct a_case cases[] = {
		{"", "[" DEPTH "," RATE "," METHOD "," CARD "," FIXED "," TEXT "]",
		 "max_depth integer 1..64 default 3; rate real 0.0005..1 log default 0.05; "
		 "method category \"auto\",\"True\",\"3\" default \"auto\"; "
		 "card_max category \"None\",# default \"None\"; "
		 "card_max integer 1..999 default \"None\" if 3=1",
		 0},
		{"", "[" DEPTH "," DEPTH2 "]",
		 "Boosted Trees/max_depth integer 1..64 default 3; "
		 "Forest/max_depth integer 5..99 default 7",
		 0},
		{"", "[" DEPTH "," DEPTH "]", "max_depth integer 1..64 default 3", 0},
		{"max_depth", "[" DEPTH "," DEPTH2 "]", "max_depth integer 5..64 default 3", 0},
		{"Forest/max_depth", "[" DEPTH "," DEPTH2 "]",
		 "Forest/max_depth integer 5..99 default 7", 0},
		{"max_depth=4,6", "[" DEPTH "," RATE "]", "max_depth ordinal 4,6 default 3", 0},
		{"max_depth:log:levels=4", "[" DEPTH "]",
		 "max_depth integer 1..64 log levels 4 default 3", 0},
		{"max_depth?method=auto;method", "[" DEPTH "," METHOD "]",
		 "method category \"auto\",\"True\",\"3\" default \"auto\"; "
		 "max_depth integer 1..64 default 3 if 0=0",
		 0},
		{"max_depth?method=true;method=true,3", "[" DEPTH "," METHOD "]",
		 "method category true,3 default \"auto\"; "
		 "max_depth integer 1..64 default 3 if 0=0",
		 0},
		{"rate=0..1", "[" RATE "]", "rate integer 0..1 default 0.05", 0},
		{"card_max=None,10..50", "[" CARD "]",
		 "card_max category \"None\",# default \"None\"; "
		 "card_max integer 10..50 default \"None\" if 0=1",
		 0},
		{"text=a,b", "[" TEXT "]", "text category \"a\",\"b\" default \"\"", 0},

		{"", "[" FIXED "]", "the space is empty: no parameter to try", ERR_INPUT},
		{"max_depth=4,4000", "[" DEPTH "]",
		 "max_depth=4000 is above its maximum 64 (Boosted Trees)", ERR_INPUT},
		{"max_depth=4,5", "[" DEPTH "," DEPTH2 "]",
		 "max_depth=4 is below its minimum 5 (Forest)", ERR_INPUT},
		{"max_depth=0..9", "[" DEPTH "]",
		 "max_depth=0 is below its minimum 1 (Boosted Trees)", ERR_INPUT},
		{"max_depth=2.5", "[" DEPTH "]",
		 "max_depth=2.5 is not a whole number (Boosted Trees)", ERR_INPUT},
		{"max_depth=2.0..9.0", "[" DEPTH "]",
		 "max_depth: takes whole numbers (Boosted Trees): write its range without "
		 "points",
		 ERR_INPUT},
		{"max_depth=deep", "[" DEPTH "]",
		 "max_depth='deep' is not a number (Boosted Trees)", ERR_INPUT},
		{"method=fast", "[" METHOD "]",
		 "method='fast' is not one of auto, True, 3 (Encoding)", ERR_INPUT},
		{"card_max=0", "[" CARD "]", "card_max=0 is below its minimum 1 (Encoding)",
		 ERR_INPUT},
		{"nothing=1", "[" DEPTH "]", "nothing: no parameter of the model has this name",
		 ERR_INPUT},
		{"maxdepth=1", "[" DEPTH "," RATE "]",
		 "maxdepth: no parameter of the model has this name; nearest: max_depth",
		 ERR_INPUT},
		{"text", "[" TEXT "]",
		 "text: its record has no range and no values: say what to try", ERR_INPUT},
		{"", "[" DEPTH ",{\"parameter\":\"x\",\"model\":\"m2\"}]",
		 "parameter records of two models, m1 and m2", ERR_INPUT},
	};
	struct err e = {0};
	struct space *s = make("max_depth", "[" DEPTH "," FIXED "]", &e);

	RUN(cases);
	is_str(space_model(s), "m1", "the model comes from the records");
	space_free(s);
	s = make("", "[" DEPTH "," FIXED "," TEXT "]", &e);
	is_str(space_left_out(s), "fixed, text", "what leaves no choice is left out by name");
	space_free(s);
}

static const struct {
	const char *args;
	double size;
} every_kind[] = {
	{"a=4,6,8;b=x,y,true", 9},
	{"a=3..10;b=-5..5:step=2.5", 40},
	{"a=0.01..0.3:log;b=0.5..1.0;c=-7.0..1e6", INFINITY},
	{"a=1..1000:log;b=8..256:step=8:log;c=5;d=7..7", 32000},
	{"a=auto,2..100:log;b=1,2", 200},
	{"a=x,y,z;b=1..10?a=x;c=1..5?a=x,y;d=1,2,3?c=2", 10 * (4 + 3) + (4 + 3) + 1},
	{"a=auto,none,1..9;b=1..4?a=auto,5;c=p,q?a=5", 4 + 1 + (8 + 4 * 2)},
	{"a=0..1e30;b=1e-12..1e-11;c=1e9..1000000001.5", INFINITY},
	{"a=1.0..1.0001:log;b=0.1..1e5:log;c=0.1..0.9:step=0.1", INFINITY},
	{"a=1..1000000000;b=0..1;c=x,y?a=7,9", 1999999996 + 8},
};

static bool same(const double *x, const double *y, size_t d)
{
	return memcmp(x, y, d * sizeof(*x)) == 0;
}

static bool inside(const struct space_dim *d, double v)
{
	return v >= d->lo && v <= d->hi;
}

/* One random point: placed, decoded, encoded, decoded. */
static bool round_trip(const struct space *s, struct rng *r, double *u, double *x, double *y)
{
	size_t d = space_dims(s);
	struct err e = {0};
	cJSON *params, *again;
	bool good = true;

	for (size_t i = 0; i < d; i++)
		u[i] = rng_below(r, 8) ? rng_uniform(r) : (double)rng_below(r, 2);
	space_place(s, u, x);
	params = space_decode(s, x, &e);
	good = good && space_encode(s, params, y) == SPACE_INSIDE && same(x, y, d);
	again = space_decode(s, y, &e);
	good = good && cJSON_Compare(params, again, true);
	space_snap(s, y);
	good = good && same(x, y, d);
	for (size_t i = 0; i < d; i++) {
		const struct space_dim *dim = space_dim(s, i);

		if (isnan(x[i]))
			continue;
		if (dim->kind == SPACE_REAL || dim->kind == SPACE_INTEGER)
			good = good && inside(dim, space_dim_number(dim, x[i]));
		if (dim->kind != SPACE_REAL)
			good = good &&
			       space_dim_coordinate(dim, space_dim_index(dim, x[i])) == x[i];
	}
	if (!good) {
		char *text = json_string(params);

		printf("# %s\n", text);
		free(text);
	}
	cJSON_Delete(params);
	cJSON_Delete(again);
	return good;
}

static void round_trips(void)
{
	double u[16], x[16], y[16];

	for (size_t i = 0; i < sizeof(every_kind) / sizeof(*every_kind); i++) {
		struct err e = {0};
		struct space *s = make(every_kind[i].args, NULL, &e);
		struct rng r;
		size_t good = 0;

		rng_init(&r, 7, i);
		if (!ok(s, "%s", every_kind[i].args)) {
			printf("# %s\n", e.text);
			continue;
		}
		ok(space_size(s) == every_kind[i].size, "... has %g settings (%g)",
		   every_kind[i].size, space_size(s));
		for (int j = 0; j < 2000; j++)
			good += round_trip(s, &r, u, x, y);
		ok(good == 2000, "... and goes to coordinates and back unchanged (%zu)", good);
		space_free(s);
	}
}

/* Every value k of a discrete dimension has a coordinate that leads back to it. */
static void indices(void)
{
	static const char *const args[] = {
		"a=1..4000:log", "a=1..4000", "a=0.5..1.5:step=0.001",
		"a=x,y,z",       "a=3,1,2",   "a=10..4000:step=10:log"};

	for (size_t i = 0; i < sizeof(args) / sizeof(*args); i++) {
		struct err e = {0};
		struct space *s = make(args[i], NULL, &e);
		const struct space_dim *d = space_dim(s, 0);
		bool good = true;

		for (double k = 0; k < d->size; k++)
			good = good && space_dim_index(d, space_dim_coordinate(d, k)) == k;
		ok(good, "%s: all %g values own their coordinate", args[i], d->size);
		space_free(s);
	}
}

static void encodings(void)
{
	static const struct {
		const char *args, *params;
		double x[3];
		unsigned fit;
	} cases[] = {
		{"a=0.0..2.0", "{\"a\":0.5}", {0.25}, 0},
		{"a=0.01..1.0:log", "{\"a\":0.1}", {0.5}, 0},
		{"a=1..4", "{\"a\":3}", {2.5 / 4}, 0},
		{"a=2,4,9", "{\"a\":9}", {2.5 / 3}, 0},
		{"a=x,y,true", "{\"a\":\"True\"}", {2}, 0},
		{"a=x,y;b=1,2?a=x", "{\"a\":\"y\"}", {1, NAN}, 0},
		{"a=auto,1..2", "{\"a\":2}", {1, 0.75}, 0},
		{"a=auto,1..2", "{\"a\":\"auto\"}", {0, NAN}, 0},
		{"a=0.0..2.0", "{\"a\":5,\"z\":1}", {1}, SPACE_OUTSIDE},
		{"a=1..4", "{\"a\":17}", {1}, SPACE_OUTSIDE},
		{"a=1..4", "{\"a\":\"x\"}", {0.5}, SPACE_OUTSIDE},
		{"a=2,4,9", "{\"a\":5}", {0.5}, SPACE_OUTSIDE},
		{"a=x,y", "{\"a\":\"z\"}", {-1}, SPACE_OUTSIDE},
		{"a=0.0..2.0;b=1,2,3", "{}", {0.5, 0.5}, SPACE_MISSING},
		{"a=x,y;b=1,2?a=x", "{\"a\":\"y\",\"b\":1}", {1, NAN}, SPACE_OUTSIDE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = {0};
		struct space *s = make(cases[i].args, NULL, &e);
		cJSON *params = parse(cases[i].params);
		double x[8];
		unsigned fit = space_encode(s, params, x);
		bool good = fit == cases[i].fit;

		for (size_t j = 0; j < space_dims(s); j++)
			good = good &&
			       (isnan(cases[i].x[j]) ? isnan(x[j])
						     : fabs(x[j] - cases[i].x[j]) < 1e-12);
		ok(good, "%s at %s", cases[i].args, cases[i].params);
		if (!good)
			printf("# fit %u, x %g %g\n", fit, x[0], x[1]);
		cJSON_Delete(params);
		space_free(s);
	}
}

static void decodings(void)
{
	static const struct {
		const char *args;
		double x[2];
		const char *params;
	} cases[] = {
		{"a=0.0..1.0", {1.0 / 3}, "{\"a\":0.333333}"},
		{"a=0.0005..1.0:log", {0.1}, "{\"a\":0.00106923}"},
		{"a=0.0..1e6", {0.123456789}, "{\"a\":123457}"},
		{"a=0.0..1e9", {0.123456789}, "{\"a\":123457000}"},
		{"a=0.1..0.9:step=0.2", {0.5}, "{\"a\":0.5}"},
		{"a=0.1..0.9:step=0.2", {0.7}, "{\"a\":0.7}"},
		{"a=0.12345678..1.0", {0}, "{\"a\":0.12345678}"},
		{"a=1..4;b=x,y", {7, -3}, "{\"a\":4,\"b\":\"x\"}"},
		{"a=x,y;b=1,2?a=x", {1, 0.2}, "{\"a\":\"y\"}"},
		{"a=x,y;b=1,2?a=x", {0, NAN}, "{\"a\":\"x\",\"b\":2}"},
		{"b=1,2?a=x;a=x,y", {0, 0.1}, "{\"a\":\"x\",\"b\":1}"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = {0};
		struct space *s = make(cases[i].args, NULL, &e);
		cJSON *params = space_decode(s, cases[i].x, &e);
		char *text = json_string(params);

		is_str(text, cases[i].params, cases[i].args);
		free(text);
		cJSON_Delete(params);
		space_free(s);
	}
}

static void initial(void)
{
	struct err e = {0};
	struct space *s = make("", "[" DEPTH "," RATE "," METHOD "," CARD "]", &e);
	double x[8];
	cJSON *params;
	char *text;

	space_initial(s, x);
	params = space_decode(s, x, &e);
	text = json_string(params);
	is_str(text,
	       "{\"max_depth\":3,\"rate\":0.05,\"method\":\"auto\",\"card_max\":\"None\"}",
	       "the defaults are a setting");
	free(text);
	cJSON_Delete(params);
	space_free(s);
}

int main(void)
{
	arguments();
	objects();
	records();
	round_trips();
	indices();
	encodings();
	decodings();
	initial();
	return tap_end();
}
