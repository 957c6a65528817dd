/* grid and where: levels, order, count against a full walk, expressions. */
#include "space/grid.h"

#include <stdlib.h>

#include "json/json.h"
#include "rng/rng.h"
#include "space/where.h"
#include "tap.h"

#define ARGS_MAX 8

static struct space *make(const char *args, struct err *e)
{
	char *copy = strdup(args), *p = copy, *word;
	const char *list[ARGS_MAX];
	struct space *s;
	size_t n = 0;

	while (n < ARGS_MAX && (word = strsep(&p, ";")))
		list[n++] = word;
	s = space_new(list, n, NULL, e);
	free(copy);
	return s;
}

/* All settings, one after the other. */
static char *walk(const char *args, double levels, double *counted, struct err *e)
{
	struct space *s = make(args, e);
	struct grid *g = s ? grid_new(s, levels, e) : NULL;
	struct json_text t = {0};
	const cJSON *params;

	*counted = g ? grid_count(g) : NAN;
	while (g && (params = grid_next(g, e))) {
		json_print(&t, params);
		json_text_add(&t, " ", 1);
	}
	grid_free(g);
	space_free(s);
	return t.s;
}

static void orders(void)
{
	static const struct {
		const char *args, *want;
	} cases[] = {
		{"a=1,2;b=x,y",
		 "{\"a\":1,\"b\":\"x\"} {\"a\":1,\"b\":\"y\"} {\"a\":2,\"b\":\"x\"} "
		 "{\"a\":2,\"b\":\"y\"} "},
		{"a=0.0..1.0:levels=3", "{\"a\":0} {\"a\":0.5} {\"a\":1} "},
		{"a=0.0..1.0", "{\"a\":0} {\"a\":0.25} {\"a\":0.5} {\"a\":0.75} {\"a\":1} "},
		{"a=0.01..1.0:log:levels=3", "{\"a\":0.01} {\"a\":0.1} {\"a\":1} "},
		{"a=0.01..1.0:log:levels=1", "{\"a\":0.1} "},
		{"a=1..9:levels=3", "{\"a\":1} {\"a\":5} {\"a\":9} "},
		{"a=1..100:log:levels=4", "{\"a\":1} {\"a\":5} {\"a\":22} {\"a\":100} "},
		{"a=1..3:log:levels=7", "{\"a\":1} {\"a\":2} {\"a\":3} "},
		{"a=1..5:log:levels=4", "{\"a\":1} {\"a\":2} {\"a\":3} {\"a\":5} "},
		{"a=100..400:step=100", "{\"a\":100} {\"a\":200} {\"a\":300} {\"a\":400} "},
		{"a=0.1..0.5:step=0.1", "{\"a\":0.1} {\"a\":0.2} {\"a\":0.3} {\"a\":0.4} "
					"{\"a\":0.5} "},
		{"a=0..1e30:levels=3", "{\"a\":0} {\"a\":5e+29} {\"a\":1e+30} "},
		{"a=auto,2..3;b=1,2?a=auto,3",
		 "{\"a\":\"auto\",\"b\":1} {\"a\":\"auto\",\"b\":2} {\"a\":2} "
		 "{\"a\":3,\"b\":1} {\"a\":3,\"b\":2} "},
		{"b=1,2?a=x;a=x,y", "{\"a\":\"x\",\"b\":1} {\"a\":\"x\",\"b\":2} "
				    "{\"a\":\"y\"} "},
		{"b=1,2?a=2;a=1..9:levels=2", "{\"a\":1} {\"a\":9} "},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = {0};
		double counted;
		char *got = walk(cases[i].args, GRID_LEVELS, &counted, &e);

		is_str(got, cases[i].want, cases[i].args);
		free(got);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Number of settings, and of distinct ones, of a walk. */
static void tally(char *text, size_t *all, size_t *distinct)
{
	size_t len = text ? strlen(text) : 0;
	char *word, **list = calloc(len + 1, sizeof(*list));

	*all = *distinct = 0;
	while (text && (word = strsep(&text, " "))) {
		if (!*word)
			continue;
		list[(*all)++] = word;
	}
	if (*all)
		qsort(list, *all, sizeof(*list), by_text);
	for (size_t i = 0; i < *all; i++)
		*distinct += i == 0 || strcmp(list[i], list[i - 1]);
	free(list);
}

/* A random space: some parameters, some of them conditional on earlier ones. */
static void random_space(struct rng *r, char *out, size_t cap)
{
	static const char *const kinds[] = {"1..4",     "x,y,z",     "auto,1..3",
					    "2,4,8",    "0.5..1.0",  "1..50:log:levels=4",
					    "u,7,3..4", "true,false"};
	static const char *const when[] = {"1,2,4", "x,z", "auto,2", "4,8",
					   "",      "",    "u,4",    "true"};
	size_t n = 1 + rng_below(r, 6), len = 0, kind[8];

	for (size_t i = 0; i < n; i++) {
		size_t parent = i ? rng_below(r, i) : 0;

		kind[i] = rng_below(r, 8);
		len += (size_t)snprintf(out + len, cap - len, "%sp%zu=%s", i ? ";" : "", i,
					kinds[kind[i]]);
		if (i && rng_below(r, 2) && *when[kind[parent]])
			len += (size_t)snprintf(out + len, cap - len, "?p%zu=%s", parent,
						when[kind[parent]]);
	}
}

static void counts(void)
{
	struct rng r;
	size_t good = 0;

	rng_init(&r, 3, 0);
	for (int i = 0; i < 300; i++) {
		char args[256], *text;
		struct err e = {0};
		double counted;
		size_t all, distinct;

		random_space(&r, args, sizeof(args));
		text = walk(args, 2, &counted, &e);
		tally(text, &all, &distinct);
		if ((double)all == counted && all == distinct && !e.kind)
			good++;
		else
			printf("# %s: %g counted, %zu walked, %zu distinct %s\n", args, counted,
			       all, distinct, e.text);
		free(text);
	}
	ok(good == 300, "300 random spaces: the count is that of a walk, none comes twice");
}

static void large(void)
{
	static const char huge[] = "{\"a\":{\"min\":0,\"max\":1e30,\"type\":\"int\"}}";
	struct err e = {0};
	cJSON *source;
	struct space *s = make("a=1..1000000;b=1..1000000;c=x,y?a=7", &e);
	struct grid *g = grid_new(s, 5, &e);

	ok(grid_count(g) == 1e12 + 1e6, "a grid of 10^12 settings is counted at once");
	ok(grid_next(g, &e), "and started at once");
	grid_free(g);
	space_free(s);
	source = json_parse(huge, strlen(huge), NULL, &e);
	s = space_new(NULL, 0, source, &e);
	ok(!grid_new(s, 5, &e) && e.kind == ERR_INPUT,
	   "more whole numbers than can be counted want levels");
	is_str(e.text, "a: too many whole numbers for a grid: say which, or add :levels=N",
	       "... and the message says so");
	space_free(s);
	cJSON_Delete(source);
}

/* Each parameter exists for both values of the one before it. */
static void chain(void)
{
	enum { LENGTH = 50 };
	char text[LENGTH][40];
	const char *args[LENGTH];
	struct err e = {0};
	struct space *s;

	for (size_t i = 0; i < LENGTH; i++) {
		args[i] = text[i];
		if (i)
			snprintf(text[i], sizeof(text[i]), "p%zu=1,2?p%zu=1,2", i, i - 1);
		else
			snprintf(text[i], sizeof(text[i]), "p0=1,2");
	}
	s = space_new(args, LENGTH, NULL, &e);
	ok(s && space_size(s) == ldexp(1, LENGTH), "a chain of conditions is counted at once");
	space_free(s);
}

static void expressions(void)
{
	static const struct {
		const char *expression, *params;
		bool keeps;
		const char *error;
		enum err_kind kind;
	} cases[] = {
		{".a < .b", "{\"a\":1,\"b\":2}", true, "", 0},
		{".a < .b", "{\"a\":2,\"b\":2}", false, "", 0},
		{".c", "{\"a\":2}", false, "", 0},
		{"empty", "{\"a\":2}", false, "", 0},
		{".a|IN(\"x\",true)", "{\"a\":true}", true, "", 0},
		{".a == [1,2]", "{\"a\":[1,2]}", true, "", 0},
		{"(true,false)", "{}", true, "", 0},
		{".a", "{\"a\":2}", false,
		 "--where: the expression gives 2, not true or false, at {\"a\":2}", ERR_INPUT},
		{".a + 1 > 0", "{\"a\":\"x\"}", false,
		 "--where: string (\"x\") and number (1) cannot be added at {\"a\":\"x\"}",
		 ERR_INPUT},
		{".a <", "{}", false, "--where '.a <': syntax error, unexpected $end",
		 ERR_USAGE},
		{"f(1)", "{}", false, "--where 'f(1)': f/1 is not defined", ERR_USAGE},
		{"import \"x\" as x; true", "{}", false,
		 "--where 'import \"x\" as x; true': module not found: x", ERR_USAGE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = {0};
		struct where *w = where_new(cases[i].expression, &e);
		cJSON *params = json_parse(cases[i].params, strlen(cases[i].params), NULL, &e);
		bool keeps = w && where_keeps(w, params, &e);

		ok(keeps == cases[i].keeps && e.kind == cases[i].kind, "%s at %s",
		   cases[i].expression, cases[i].params);
		is_str(e.text, cases[i].error, "... and what it says");
		cJSON_Delete(params);
		where_free(w);
	}
}

int main(void)
{
	orders();
	counts();
	large();
	chain();
	expressions();
	return tap_end();
}
