/*
 * path: a path and a record, a line each: what stands there; and every place of the record by
 * its own path.
 *
 * Aims at lib/json/path.c.
 */
#include "fuzz.h"

#include "json/path.h"

static void find_at(const char *path, const cJSON *rec, const cJSON *want)
{
	struct err e = {0};
	struct json_path *p = json_path_new(path, strlen(path), &e);

	must(p && json_path_get(p, rec) == want);
	json_path_free(p);
}

/* Of equal names the first is found, so only that has a path. */
static bool is_first(const cJSON *parent, const cJSON *item)
{
	return !item->string || json_get(parent, item->string) == item ||
	       cJSON_GetObjectItemCaseSensitive(parent, item->string) == item;
}

static void each(const cJSON *rec, const cJSON *v, const struct json_text *at, int left)
{
	const cJSON *item;
	int i = 0;

	cJSON_ArrayForEach (item, v) {
		struct json_text path = {0};
		cJSON *name;
		char number[32];

		if (left < i || !is_first(v, item))
			break;
		json_text_add(&path, at->s, at->len);
		json_text_add(&path, "[", 1);
		if (cJSON_IsObject(v)) {
			name = cJSON_CreateString(item->string);
			json_print(&path, name);
			cJSON_Delete(name);
		} else {
			snprintf(number, sizeof(number), "%d", i);
			json_text_add(&path, number, strlen(number));
		}
		json_text_add(&path, "]", 1);
		find_at(path.s, rec, cJSON_IsNull(item) ? NULL : item);
		each(rec, item, &path, left - 1 - i++);
		json_text_release(&path);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *path = fuzz_line(&data, &size), *text = fuzz_line(&data, &size);
	struct err e = {0}, ignored = {0};
	struct json_text root = {0};
	cJSON *rec = text ? json_parse(text, strlen(text), NULL, &ignored) : NULL;
	struct json_path *p = path ? json_path_new(path, strlen(path), &e) : NULL;

	if (path && !p) {
		fuzz_failed(&e);
		must(e.kind == ERR_USAGE);
	}
	if (p)
		json_path_get(p, rec);
	json_text_add(&root, ".", 1);
	each(rec, rec, &root, 20);
	json_text_release(&root);
	json_path_free(p);
	cJSON_Delete(rec);
	free(text);
	free(path);
	return 0;
}
