/* body: from what has come in to what a handler gets. */
#include <stdlib.h>
#include <string.h>

#include "web/private.h"

/* Of one object.  Handlers look for keys one after the other. */
#define KEYS_MAX 1000

static int by_key(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Parsers differ in which of two equal keys they take: none is.  Never inlined, since its
 * array would then be on the stack once for each level of a deep body. */
static __attribute__((noinline)) bool keys_differ(struct web_request *r, const cJSON *obj)
{
	const char *key[KEYS_MAX];
	const cJSON *i;
	size_t n = 0;

	cJSON_ArrayForEach (i, obj) {
		if (n == KEYS_MAX)
			return web_error(r, 422, "an object of the body has more than %d keys",
					 KEYS_MAX);
		key[n++] = i->string;
	}
	qsort(key, n, sizeof(*key), by_key);
	for (size_t k = 1; k < n; k++)
		if (strcmp(key[k - 1], key[k]) == 0)
			return web_error(r, 400, "the body has the key '%s' twice", key[k]);
	return true;
}

/* All objects below v; as deep as json_parse lets a text be. */
static bool check_keys(struct web_request *r, const cJSON *v)
{
	const cJSON *i;

	if (cJSON_IsObject(v) && !keys_differ(r, v))
		return false;
	cJSON_ArrayForEach (i, v) {
		if (i->child && !check_keys(r, i))
			return false;
	}
	return true;
}

bool body_parse(struct web_request *r)
{
	struct web_private *p = r->p;
	struct err e = {0};

	if (p->form) {
		r->upload = form_upload(p->form);
		return form_end(p->form, r);
	}
	if (p->text.len == 0)
		return true;
	p->body = json_parse(p->text.s, p->text.len, NULL, &e);
	if (!p->body)
		return web_error(r, 400, "the body is not JSON: %s", e.text);
	if (!cJSON_IsObject(p->body))
		return web_error(r, 400, "the body must be a JSON object");
	if (!check_keys(r, p->body))
		return false;
	r->body = p->body;
	return true;
}
