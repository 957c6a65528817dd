/* tuned: what models differ by, and what it is called. */
#include "tuned.h"

#include <stdlib.h>

#include "../tap.h"
#include "json/json.h"

static struct several *list(struct several *s, size_t n, const char *const *parameters)
{
	struct err e = {0};

	*s = (struct several){0};
	for (size_t i = 0; i < n; i++) {
		several_add(s, json_parse("{\"id\":\"m\"}", 10, NULL, &e), "p", &e);
		if (parameters[i])
			s->model[i].parameters =
				json_parse(parameters[i], strlen(parameters[i]), NULL, &e);
	}
	return s;
}

static void row(size_t n, const char *const *parameters, size_t of, const char *want,
		const char *what)
{
	struct several s;
	struct err e = {0};
	char *got;

	ok(tuned_set(list(&s, n, parameters), &e), "%s: no error", what);
	got = json_string(json_get(s.model[of].rec, "params"));
	is_str(got, want, what);
	free(got);
	several_release(&s);
}
#define ROW(of, want, what, ...)                                                               \
	row(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *),                       \
	    (const char *const[]){__VA_ARGS__}, of, want, what)

#define P(task, name, value)                                                                   \
	"{\"task\":\"" task "\",\"parameter\":\"" name "\",\"default\":" value "}"

int main(void)
{
	ROW(0, "{}", "one model differs from none", "[" P("T", "a", "1") "]");
	ROW(1, "{\"b\":3}", "what is the same is left out",
	    "[" P("T", "a", "1") "," P("T", "b", "2") "]",
	    "[" P("T", "a", "1") "," P("T", "b", "3") "]");
	ROW(0, "{\"b\":2}", "the first has it too",
	    "[" P("T", "a", "1") "," P("T", "b", "2") "]",
	    "[" P("T", "a", "1") "," P("T", "b", "3") "]");
	ROW(0, "{\"T/a\":1}", "a name of two tasks names the task",
	    "[" P("T", "a", "1") "," P("U", "a", "1") "]",
	    "[" P("T", "a", "2") "," P("U", "a", "1") "]");
	ROW(1, "{\"T/a#2\":5}", "the second of a name in one task is a column of its own",
	    "[" P("T", "a", "1") "," P("T", "a", "1") "]",
	    "[" P("T", "a", "1") "," P("T", "a", "5") "]");
	ROW(0, "{\"b\":null}", "who lacks a parameter has null", "[" P("T", "a", "1") "]",
	    "[" P("T", "a", "1") "," P("T", "b", "3") "]");
	ROW(0, "{\"b\":\"x\",\"a\":[1]}", "the order is that of the first model",
	    "[" P("T", "b", "\"x\"") "," P("T", "a", "[1]") "]",
	    "[" P("T", "a", "[2]") "," P("T", "b", "\"y\"") "]");
	ROW(0, "{}", "a model that is gone counts for nothing", "[" P("T", "a", "1") "]", NULL);
	ROW(0, "{}", "numbers are compared as numbers", "[" P("T", "a", "1") "]",
	    "[" P("T", "a", "1.0") "]");
	return tap_end();
}
