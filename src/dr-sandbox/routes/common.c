#include "routes/common.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define URL_MAX ((size_t)8 << 10)

bool set_tree(cJSON *obj, const char *field, cJSON *v)
{
	return json_set(obj, field, v ? v : cJSON_CreateNull());
}

bool set_text(cJSON *obj, const char *field, const char *text)
{
	return set_tree(obj, field, text ? cJSON_CreateString(text) : NULL);
}

bool set_bool(cJSON *obj, const char *field, bool v)
{
	return set_tree(obj, field, cJSON_CreateBool(v));
}

bool set_null(cJSON *obj, const char *field)
{
	return set_tree(obj, field, NULL);
}

bool set_real(cJSON *obj, const char *field, double v)
{
	return set_tree(obj, field, isfinite(v) ? cJSON_CreateNumber(v) : NULL);
}

cJSON *common_list(struct web_request *r, struct service *sv, sqlite3_stmt *q, common_row *row)
{
	cJSON *list = cJSON_CreateArray();

	while (store_next(sv->store, q)) {
		cJSON *item = row(r, sv, q);

		if (!item || !cJSON_AddItemToArray(list, item)) {
			cJSON_Delete(item);
			cJSON_Delete(list);
			return NULL;
		}
	}
	return list;
}

bool common_query_int(struct web_request *r, const char *name, long otherwise, long *out)
{
	const char *text = web_query(r, name);
	char *end;

	*out = otherwise;
	if (!text || !*text)
		return true;
	errno = 0;
	*out = strtol(text, &end, 10);
	if (errno || *end || *out < 0)
		return web_invalid(r, name, "must be a whole number from 0");
	return true;
}

static cJSON *page_url(struct web_request *r, const char *path, long offset, long limit)
{
	char *rest = web_query_rest(r);
	char *url =
		web_url(r, "%s?offset=%ld&limit=%ld%s", path, offset, limit, rest ? rest : "");
	cJSON *v = url && rest ? cJSON_CreateString(url) : NULL;

	free(rest);
	free(url);
	return v;
}

void common_page(struct web_request *r, cJSON *items, const char *key, const char *path)
{
	cJSON *page = cJSON_CreateObject(), *some = cJSON_CreateArray();
	long offset, limit, i = 0, n = cJSON_GetArraySize(items);
	bool ok;

	if (!common_query_int(r, "offset", 0, &offset) ||
	    !common_query_int(r, "limit", n > 0 ? n : 1, &limit)) {
		cJSON_Delete(items);
		cJSON_Delete(page);
		cJSON_Delete(some);
		return;
	}
	if (limit == 0)
		limit = n > 0 ? n : 1;
	for (cJSON *item = items ? items->child : NULL, *next; item; item = next, i++) {
		next = item->next;
		if (i >= offset && i - offset < limit)
			cJSON_AddItemToArray(some, cJSON_DetachItemViaPointer(items, item));
	}
	ok = json_set_num(page, "count", (double)cJSON_GetArraySize(some)) &&
	     set_tree(page, "next",
		      n - offset > limit ? page_url(r, path, offset + limit, limit) : NULL) &&
	     set_tree(page, "previous",
		      offset > 0 ? page_url(r, path, offset > limit ? offset - limit : 0, limit)
				 : NULL);
	ok = json_set(page, key, some) && ok && items;
	cJSON_Delete(items);
	if (!ok) {
		cJSON_Delete(page);
		page = NULL;
	}
	web_json(r, 200, page);
}

/* Rows of a query as text, from `first` on `most` of them. */
struct rows {
	long first, most;
	long n, shown; /* all, and those in the text */
	struct json_text text;
};

static void print_rows(struct rows *all, struct web_request *r, struct service *sv,
		       sqlite3_stmt *q, common_row *row, common_keep *keep)
{
	while (!all->text.failed && store_next(sv->store, q)) {
		cJSON *item;

		if (keep && !keep(r, sv, q))
			continue;
		if (all->n++ < all->first || all->shown >= all->most)
			continue;
		if (all->shown++)
			json_text_add(&all->text, ",", 1);
		if ((item = row(r, sv, q)))
			json_print(&all->text, item);
		else
			all->text.failed = true;
		cJSON_Delete(item);
	}
}

static void answer_text(struct web_request *r, struct json_text *t)
{
	if (!t->failed) {
		web_text(r, 200, "application/json", t->s);
		return;
	}
	json_text_release(t);
	web_json(r, 500, NULL);
}

void common_array(struct web_request *r, struct service *sv, sqlite3_stmt *q, common_row *row,
		  common_keep *keep)
{
	struct rows all = {.most = LONG_MAX};

	json_text_add(&all.text, "[", 1);
	print_rows(&all, r, sv, q, row, keep);
	json_text_add(&all.text, "]", 1);
	answer_text(r, &all.text);
}

void common_pages(struct web_request *r, struct service *sv, sqlite3_stmt *q, common_row *row,
		  common_keep *keep, const char *key, const char *path)
{
	struct rows all = {0};
	struct json_text t = {0};
	cJSON *page = cJSON_CreateObject();
	long limit;
	bool ok;

	if (!common_query_int(r, "offset", 0, &all.first) ||
	    !common_query_int(r, "limit", 0, &limit))
		goto out;
	all.most = limit ? limit : LONG_MAX;
	print_rows(&all, r, sv, q, row, keep);
	if (!limit)
		limit = all.n > 0 ? all.n : 1;
	ok = json_set_num(page, "count", (double)all.shown) &&
	     set_tree(page, "next",
		      all.n - all.first > limit ? page_url(r, path, all.first + limit, limit)
						: NULL) &&
	     set_tree(page, "previous",
		      all.first > 0 ? page_url(r, path,
					       all.first > limit ? all.first - limit : 0, limit)
				    : NULL);
	json_print(&t, page);
	t.failed = t.failed || !ok || all.text.failed;
	if (!t.failed)
		t.len--; /* the items come before its bracket */
	json_text_add(&t, ",\"", 2);
	json_text_add(&t, key, strlen(key));
	json_text_add(&t, "\":[", 3);
	json_text_add(&t, all.text.s ? all.text.s : "", all.text.len);
	json_text_add(&t, "]}", 2);
	answer_text(r, &t);
out:
	json_text_release(&all.text);
	cJSON_Delete(page);
}

bool common_only(struct web_request *r, const char *const *fields)
{
	const cJSON *i;

	cJSON_ArrayForEach (i, r->body) {
		const char *const *f = fields;

		while (*f && strcmp(*f, i->string) != 0)
			f++;
		if (!*f && !cJSON_IsNull(i))
			return web_invalid(r, i->string, "%s is not allowed key", i->string);
	}
	return true;
}

const char *common_url(struct web_request *r)
{
	const char *url = json_str(r->body, "url");

	if (!url)
		web_invalid(r, "url", "is required: http:, https: or file:");
	else if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0 &&
		 strncasecmp(url, "file:/", 6) != 0)
		web_invalid(r, "url", "must start with http:, https: or file:");
	else if (strlen(url) > URL_MAX)
		web_invalid(r, "url", "is longer than %zu bytes", URL_MAX);
	else
		return url;
	return NULL;
}

bool common_project(struct web_request *r, struct service *sv, const char *id)
{
	sqlite3_stmt *q = store_query(sv->store, "SELECT 1 FROM project WHERE id = ?", "s", id);
	bool there = store_next(sv->store, q);

	sqlite3_reset(q);
	return there || web_error(r, 404, "there is no project '%s'", id);
}
