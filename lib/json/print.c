#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_text_add(struct json_text *t, const char *s, size_t len)
{
	if (t->failed)
		return;
	if (t->len + len + 1 > t->cap) {
		size_t cap = (t->len + len + 1) * 2;
		char *p = cap > len ? realloc(t->s, cap) : NULL;

		if (!p) {
			t->failed = true;
			return;
		}
		t->s = p;
		t->cap = cap;
	}
	if (len)
		memcpy(t->s + t->len, s, len);
	t->len += len;
	t->s[t->len] = '\0';
}

void json_text_release(struct json_text *t)
{
	free(t->s);
	*t = (struct json_text){0};
}

static void add_string(struct json_text *t, const char *s)
{
	static const char names[] = "btnvfr"; /* from \b = 8; \v has no short form */
	const char *from = s;

	json_text_add(t, "\"", 1);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		char esc[8];

		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		json_text_add(t, from, (size_t)(s - from));
		if (c == '"' || c == '\\')
			snprintf(esc, sizeof(esc), "\\%c", c);
		else if (c >= '\b' && c <= '\r' && c != '\v')
			snprintf(esc, sizeof(esc), "\\%c", names[c - '\b']);
		else
			snprintf(esc, sizeof(esc), "\\u%04x", c);
		json_text_add(t, esc, strlen(esc));
		from = s + 1;
	}
	json_text_add(t, from, (size_t)(s - from));
	json_text_add(t, "\"", 1);
}

static void add_value(struct json_text *t, const cJSON *v, bool canonical);

static void add_member(struct json_text *t, const cJSON *v, bool canonical)
{
	add_string(t, v->string);
	json_text_add(t, ":", 1);
	add_value(t, v, canonical);
}

static int by_key(const void *a, const void *b)
{
	const cJSON *x = *(const cJSON *const *)a, *y = *(const cJSON *const *)b;

	return strcmp(x->string, y->string);
}

/* Children sorted by key, of equal keys the last only; the array is the caller's.
 * Quadratic in the number of keys, which are few in a record. */
static const cJSON **sorted_children(const cJSON *obj, size_t *n)
{
	const cJSON **list, *c;
	size_t i = 0;

	for (*n = 0, c = obj->child; c; c = c->next)
		++*n;
	if (!(list = malloc((*n + 1) * sizeof(*list))))
		return NULL;
	for (c = obj->child; c; c = c->next) {
		const cJSON *later = c->next;

		while (later && strcmp(later->string, c->string) != 0)
			later = later->next;
		if (!later)
			list[i++] = c;
	}
	*n = i;
	qsort(list, *n, sizeof(*list), by_key);
	return list;
}

static void add_sorted(struct json_text *t, const cJSON *obj)
{
	size_t n;
	const cJSON **list = sorted_children(obj, &n);

	if (!list) {
		t->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (i)
			json_text_add(t, ",", 1);
		add_member(t, list[i], true);
	}
	free(list);
}

static void add_children(struct json_text *t, const cJSON *v, bool canonical)
{
	if (cJSON_IsObject(v) && canonical) {
		add_sorted(t, v);
		return;
	}
	for (const cJSON *c = v->child; c; c = c->next) {
		if (cJSON_IsObject(v))
			add_member(t, c, canonical);
		else
			add_value(t, c, canonical);
		if (c->next)
			json_text_add(t, ",", 1);
	}
}

static void add_value(struct json_text *t, const cJSON *v, bool canonical)
{
	char num[JSON_NUMBER_MAX];

	if (cJSON_IsString(v)) {
		add_string(t, v->valuestring);
	} else if (cJSON_IsNumber(v)) {
		json_text_add(t, num, json_number(v->valuedouble, num));
	} else if (cJSON_IsArray(v)) {
		json_text_add(t, "[", 1);
		add_children(t, v, canonical);
		json_text_add(t, "]", 1);
	} else if (cJSON_IsObject(v)) {
		json_text_add(t, "{", 1);
		add_children(t, v, canonical);
		json_text_add(t, "}", 1);
	} else if (cJSON_IsTrue(v)) {
		json_text_add(t, "true", 4);
	} else if (cJSON_IsFalse(v)) {
		json_text_add(t, "false", 5);
	} else {
		json_text_add(t, "null", 4);
	}
}

void json_print(struct json_text *t, const cJSON *v)
{
	add_value(t, v, false);
}

void json_print_canonical(struct json_text *t, const cJSON *v)
{
	add_value(t, v, true);
}

static char *finish(struct json_text *t)
{
	if (t->failed) {
		json_text_release(t);
		return NULL;
	}
	return t->s;
}

char *json_string(const cJSON *v)
{
	struct json_text t = {0};

	json_print(&t, v);
	return finish(&t);
}

char *json_canonical(const cJSON *v)
{
	struct json_text t = {0};

	json_print_canonical(&t, v);
	return finish(&t);
}
