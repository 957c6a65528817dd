/*
 * json: a value from any bytes, its text, its canonical text, and where it is cut.
 *
 * Aims at lib/json/parse.c lib/json/print.c lib/json/number.c.
 */
#include "fuzz.h"

/* An object that is cut anywhere is known to be cut: it is what tells a torn line of a log
 * from a wrong one. */
static void cut(const char *s, size_t len)
{
	size_t from = 0, to = len;

	while (strchr(" \t\r\n", s[from]))
		from++;
	while (strchr(" \t\r\n", s[to - 1]))
		to--;
	if (s[from] != '{')
		return;
	for (size_t n = from + 1; n < to; n += 1 + (to - from) / 64) {
		struct err e = {0};
		bool is_cut = false;

		must(!json_parse(s, n, &is_cut, &e) && is_cut);
		fuzz_failed(&e);
	}
}

static void canonical(const cJSON *v)
{
	struct err e = {0};
	char *text = json_canonical(v), *again;
	cJSON *back;

	must(text);
	back = json_parse(text, strlen(text), NULL, &e);
	must(back && (again = json_canonical(back)) && strcmp(text, again) == 0);
	free(again);
	free(text);
	cJSON_Delete(back);
}

/* Read in brief, a value is what it was but for the fields of a list's objects. */
static void brief(const char *s, size_t size, const cJSON *v, const struct err *why)
{
	static const char *const fields[] = {"a", "id", NULL};
	struct err e = {0};
	cJSON *b = json_parse_brief(s, size, fields, &e);
	const cJSON *list = cJSON_IsArray(b) ? b : NULL, *item;
	const cJSON *whole = list ? v->child : NULL;

	must(!b == !v && e.kind == why->kind);
	if (!b)
		fuzz_failed(&e);
	must(!b || cJSON_GetArraySize(b) == cJSON_GetArraySize(v));
	cJSON_ArrayForEach (item, list) {
		must(cJSON_IsObject(item) || cJSON_Compare(item, whole, true));
		must(!cJSON_IsObject(item) ||
		     cJSON_Compare(json_get(item, "a"), json_get(whole, "a"), true) ||
		     (!json_get(item, "a") && !json_get(whole, "a")));
		whole = whole->next;
	}
	must(!v || cJSON_IsArray(v) || cJSON_Compare(b, v, true) || cJSON_IsObject(v));
	cJSON_Delete(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = fuzz_text(data, size);
	struct err e = {0};
	bool is_cut;
	cJSON *v = json_parse(s, size, &is_cut, &e);

	brief(s, size, v, &e);
	if (!v) {
		fuzz_failed(&e);
		must(strstr(e.text, " at byte "));
	} else {
		must(!is_cut);
		cut(s, size);
		fuzz_round_trip(v);
		canonical(v);
	}
	cJSON_Delete(v);
	free(s);
	return 0;
}
