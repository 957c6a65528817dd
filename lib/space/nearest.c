/* nearest: which names were probably meant. */
#include "space/param.h"

#include <stdlib.h>
#include <string.h>

#include "json/json.h"

#define SHOWN 3
#define NAME_MAX_COMPARED 128 /* longer names are compared by their beginning */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Optimal string alignment distance: insertions, deletions, replacements, and
 * neighbours exchanged (Boytsov, "Indexing methods for approximate dictionary
 * searching", ACM JEA 16, 2011, section 2.2.1).  Three rows of its table.
 */
static size_t distance(const char *a, const char *b)
{
	size_t row[3][NAME_MAX_COMPARED + 1];
	size_t n = least(strlen(a), NAME_MAX_COMPARED), m = least(strlen(b), NAME_MAX_COMPARED);
	size_t *two = row[0], *one = row[1], *now = row[2], *t;

	for (size_t j = 0; j <= m; j++)
		one[j] = j;
	for (size_t i = 1; i <= n; i++) {
		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t same = a[i - 1] == b[j - 1] ? 0 : 1;

			now[j] = least(one[j - 1] + same, least(one[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], two[j - 2] + 1);
		}
		t = two;
		two = one;
		one = now;
		now = t;
	}
	return one[m];
}

struct found {
	const char *name;
	size_t away;
};

/* Keep the SHOWN nearest, in order, each name once. */
static void add(struct found *best, size_t *n, const char *name, size_t away)
{
	size_t at = *n;

	for (size_t i = 0; i < *n; i++) {
		if (!strcmp(best[i].name, name))
			return;
	}
	while (at > 0 && best[at - 1].away > away)
		at--;
	if (at == SHOWN)
		return;
	if (*n < SHOWN)
		(*n)++;
	memmove(best + at + 1, best + at, (*n - at - 1) * sizeof(*best));
	best[at] = (struct found){name, away};
}

char *param_nearest(const cJSON *records, const char *name)
{
	struct found best[SHOWN] = {0};
	struct json_text t = {0};
	const char *last = strrchr(name, '/');
	const cJSON *rec;
	size_t n = 0;

	last = last ? last + 1 : name;
	cJSON_ArrayForEach (rec, records) {
		const char *known = json_str(rec, "parameter");
		size_t away = known ? distance(last, known) : 0;

		if (known && 2 * away < strlen(known))
			add(best, &n, known, away);
	}
	json_text_add(&t, "", 0);
	for (size_t i = 0; i < n; i++) {
		json_text_add(&t, ", ", i > 0 ? 2 : 0);
		json_text_add(&t, best[i].name, strlen(best[i].name));
	}
	if (!t.failed)
		return t.s;
	json_text_release(&t);
	return NULL;
}
