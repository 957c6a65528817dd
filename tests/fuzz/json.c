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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = fuzz_text(data, size);
	struct err e = {0};
	bool is_cut;
	cJSON *v = json_parse(s, size, &is_cut, &e);

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
