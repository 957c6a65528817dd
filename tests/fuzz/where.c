/*
 * where: a jq expression, and behind its line the params that it judges.
 *
 * Whoever writes an expression may also write one that never ends, or that takes all the
 * memory: those are left out, as far as their words tell.
 *
 * Aims at lib/space/where.c.
 */
#include "fuzz.h"

#include "space/where.h"

/* As words, not as parts of others: `ended` is none. */
static const char *const endless[] = {
	"def",
	"range",
	"repeat",
	"recurse",
	"while",
	"until",
	"limit",
	"foreach",
	"reduce",
	"input",
	"inputs",
	"combinations",
	"walk",
	"first",
	"last",
	"nth",
	"splits",
	"gsub",
	"sub",
	"scan",
	"test",
	"match",
	"capture",
	"implode",
	"env",
	"debug",
	"halt",
	"halt_error",
	"stderr",
	"getpath",
	"paths",
	"tostream",
	"fromstream",
	"truncate_stream",
	"limit",
	"isempty",
	"error",
	"any",
	"all",
	"flatten",
	"setpath",
	"import",
	"include",
	"modulemeta",
	"input_line_number",
	"ltrimstr",
	"splits",
	"ascii",
	"todate",
	"strftime",
	"strptime",
	"mktime",
	"gmtime",
	"localtime",
	"dateadd",
	"datesub",
	"date",
	"now",
	"leaf_paths",
	"transpose",
	"in",
	"inside",
	"ENV",
	"INDEX",
	"IN",
	"GROUP_BY",
	"getpath",
	"pow10",
	"gamma",
	"drem",
	"ldexp",
	"scalb",
	"scalbln",
	"exp10",
};

static bool may_not_end(const char *s)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

	/* `*` repeats strings. */
	if (strlen(s) > 200 || strchr(s, '*') || strstr(s, ".."))
		return true;
	for (const char *p = s + strcspn(s, letters); *p; p += strcspn(p, letters)) {
		size_t n = strspn(p, letters);

		for (size_t i = 0; i < sizeof(endless) / sizeof(*endless); i++)
			if (strlen(endless[i]) == n && !strncmp(p, endless[i], n))
				return true;
		p += n;
	}
	return false;
}

/* libjq's parser loses what it has read of an expression that does not compile. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libjq.so\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *expression = fuzz_line(&data, &size), *text = fuzz_text(data, size);
	struct err e = {0};
	cJSON *params = json_parse(text, size, NULL, &e);
	struct where *w = NULL;

	e = (struct err){0};
	if (expression && !may_not_end(expression) && !(w = where_new(expression, &e))) {
		fuzz_failed(&e);
		must(e.kind == ERR_USAGE && !strchr(e.text + 9 + strlen(expression), '\n'));
	}
	for (int i = 0; w && params && i < 2; i++) {
		struct err why = {0};

		if (where_keeps(w, params, &why))
			must(why.kind == ERR_NONE);
		else if (why.kind)
			fuzz_failed(&why);
		must(i == 0 || why.kind == e.kind);
		e.kind = why.kind;
	}
	where_free(w);
	cJSON_Delete(params);
	free(text);
	free(expression);
	return 0;
}
