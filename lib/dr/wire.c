/* Paths, lists and records: what all resources share. */
#include "dr/dr.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "dr/doubt.h"
#include "json/json.h"

#define PAGES_MAX 100000
#define ITEMS_MAX 1000000

/* ---- paths ---- */

static bool add_part(struct json_text *path, const char *part, struct err *e)
{
	char *escaped;

	if (!*part || strcmp(part, ".") == 0 || strcmp(part, "..") == 0)
		return err_set(e, ERR_INPUT, "'%s' is no id", part);
	if (!(escaped = curl_easy_escape(NULL, part, 0)))
		return err_nomem(e);
	json_text_add(path, escaped, strlen(escaped));
	json_text_add(path, "/", 1);
	curl_free(escaped);
	return !path->failed || err_nomem(e);
}

char *dr_join(struct err *e, const char *const *parts)
{
	struct json_text path = {0};
	bool ok = true;

	for (; ok && *parts; parts++)
		ok = add_part(&path, *parts, e);
	if (ok)
		return path.s;
	json_text_release(&path);
	return NULL;
}

char *dr_query(struct err *e, char *path, const char *name, const char *value)
{
	char *escaped, *whole = NULL;

	if (!path)
		return NULL;
	if (!(escaped = curl_easy_escape(NULL, value, 0)) ||
	    asprintf(&whole, "%s%c%s=%s", path, strchr(path, '?') ? '&' : '?', name, escaped) <
		    0) {
		whole = NULL;
		err_nomem(e);
	}
	curl_free(escaped);
	free(path);
	return whole;
}

/* ---- calls ---- */

bool dr_unexpected(const struct dr *dr, const struct http_response *r, struct err *e)
{
	if (r->status / 100 == 3 && r->location)
		err_set(e, ERR_REFUSED, "%ld: redirected to '%.300s'", r->status, r->location);
	else
		err_set(e, ERR_REFUSED, "%ld: not the answer expected", r->status);
	http_scrub(dr_http(dr), e->text);
	return false;
}

static cJSON *get(struct dr *dr, const char *path, const char *const *brief,
		  http_doubt_fn *doubt, const char *about, struct err *e)
{
	struct http_request q = {.method = HTTP_GET,
				 .path = path,
				 .want_json = true,
				 .brief = brief,
				 .doubt = doubt,
				 .about = about};
	struct http_response r;
	cJSON *answer = NULL;

	if (!http_call(dr_http(dr), &q, &r, e)) {
		dr_check(dr, &r, e);
	} else if (r.status != 200) {
		dr_unexpected(dr, &r, e);
		err_prefix(e, "GET %.300s", path);
	} else {
		answer = r.json;
		r.json = NULL;
	}
	http_response_release(&r);
	return answer;
}

cJSON *dr_get(struct dr *dr, char *path, const char *id, struct err *e)
{
	cJSON *answer = path ? get(dr, path, NULL, doubt_object, id, e) : NULL;

	free(path);
	return answer;
}

cJSON *dr_page_items(const cJSON *page)
{
	cJSON *items;

	if (cJSON_IsArray(page))
		return (cJSON *)page;
	items = json_get(page, "data");
	if (!items)
		items = json_get(page, "jobs");
	return cJSON_IsArray(items) ? items : NULL;
}

static bool take_page(cJSON *all, cJSON *page, size_t *n, const char *path, struct err *e)
{
	cJSON *items = dr_page_items(page), *item;

	while ((item = items->child)) {
		if (++*n > ITEMS_MAX)
			return err_set(e, ERR_REFUSED, "GET %.300s: more than %d items", path,
				       ITEMS_MAX);
		cJSON_DetachItemViaPointer(items, item);
		cJSON_AddItemToArray(all, item);
	}
	return true;
}

/* The page after this one, or NULL where it is the last. */
static bool next_path(const cJSON *page, const char *path, char **next, struct err *e)
{
	const char *url = json_str(page, "next");

	*next = NULL;
	if (!url || !*url || strcmp(url, path) == 0)
		return true;
	return (*next = strdup(url)) || err_nomem(e);
}

/*
 * Pages that lead back to one of them are found by remembering one, a later one each
 * time their number has doubled (R. Brent, "An improved Monte Carlo factorization
 * algorithm", BIT 20, 1980, section 2): one string, whatever the length of the circle.
 */
struct circle {
	char *seen;
	unsigned i, at;
};

static bool goes_on(struct circle *c, const char *next, struct err *e)
{
	if (!next)
		return true;
	if (c->seen && strcmp(c->seen, next) == 0)
		return err_set(e, ERR_REFUSED, "GET %.300s: the pages go round in a circle",
			       next);
	if (++c->i == PAGES_MAX)
		return err_set(e, ERR_REFUSED, "GET %.300s: more than %d pages", next,
			       PAGES_MAX);
	if (c->i < c->at)
		return true;
	c->at = 2 * c->i;
	free(c->seen);
	return (c->seen = strdup(next)) || err_nomem(e);
}

cJSON *dr_list_brief(struct dr *dr, char *path, const char *project, const char *const *brief,
		     struct err *e)
{
	cJSON *all = path ? cJSON_CreateArray() : NULL, *page;
	bool ok = all || (path && err_nomem(e));
	struct circle circle = {0};
	size_t n = 0;

	while (ok && path) {
		char *next = NULL;

		page = get(dr, path, brief, doubt_list, project, e);
		ok = page && take_page(all, page, &n, path, e) &&
		     next_path(page, path, &next, e) && goes_on(&circle, next, e);
		cJSON_Delete(page);
		free(path);
		path = next;
	}
	free(path);
	free(circle.seen);
	if (ok)
		return all;
	cJSON_Delete(all);
	return NULL;
}

cJSON *dr_list(struct dr *dr, char *path, const char *project, struct err *e)
{
	return dr_list_brief(dr, path, project, NULL, e);
}

/* It was there when it was first asked, or else the first answer had come. */
static bool is_deleted(enum http_method m, const struct http_response *r)
{
	return m == HTTP_DELETE && r->status == 404 && r->attempts > 1;
}

static bool send_request(struct dr *dr, enum http_method m, bool harmless, char *path,
			 cJSON *body, char **location, bool *unknown, struct err *e)
{
	struct http_request q = {.method = m, .path = path, .harmless = harmless, .json = body};
	struct http_response r;
	bool ok = false;

	if (path) {
		if (!http_call(dr_http(dr), &q, &r, e) && is_deleted(m, &r)) {
			*e = (struct err){0};
			ok = true;
		} else if (e->kind != ERR_NONE) {
			dr_check(dr, &r, e);
		} else if (!(ok = r.status / 100 == 2) && !dr_unexpected(dr, &r, e)) {
			err_prefix(e, "%s %.300s", http_method_name(m), path);
		}
		if (ok && location) {
			*location = r.location;
			r.location = NULL;
		}
		if (unknown)
			*unknown = r.unknown;
		http_response_release(&r);
	}
	cJSON_Delete(body);
	free(path);
	return ok;
}

bool dr_send(struct dr *dr, enum http_method m, char *path, cJSON *body, char **location,
	     bool *unknown, struct err *e)
{
	return send_request(dr, m, false, path, body, location, unknown, e);
}

bool dr_set(struct dr *dr, char *path, cJSON *body, struct err *e)
{
	return send_request(dr, HTTP_PATCH, true, path, body, NULL, NULL, e);
}

/* ---- values ---- */

bool dr_has_id(const cJSON *obj, const char *field)
{
	const cJSON *v = json_get(obj, field);

	return (cJSON_IsString(v) && *v->valuestring) ||
	       (cJSON_IsNumber(v) && v->valuedouble == floor(v->valuedouble));
}

/* The id's text, a number's in `number`; NULL: there is none. */
static const char *id_text(const cJSON *obj, const char *field, char number[JSON_NUMBER_MAX])
{
	const cJSON *v = json_get(obj, field);

	if (!dr_has_id(obj, field))
		return NULL;
	if (cJSON_IsString(v))
		return v->valuestring;
	json_number(v->valuedouble, number);
	return number;
}

char *dr_id(const cJSON *obj, const char *field)
{
	char number[JSON_NUMBER_MAX];
	const char *text = id_text(obj, field, number);

	return text ? strdup(text) : NULL;
}

bool dr_is_id(const cJSON *obj, const char *field, const char *id)
{
	char number[JSON_NUMBER_MAX];
	const char *text = id_text(obj, field, number);

	return text && strcmp(text, id) == 0;
}

static size_t last_part(const char *url, size_t *start)
{
	size_t end = url ? strcspn(url, "?#") : 0;

	while (end > 0 && url[end - 1] == '/')
		end--;
	for (*start = end; *start > 0 && url[*start - 1] != '/'; --*start)
		;
	return end - *start;
}

bool dr_has_last_part(const char *url)
{
	size_t start;

	return last_part(url, &start) > 0;
}

char *dr_last_part(const char *url)
{
	size_t start, n = last_part(url, &start);

	return n > 0 ? strndup(url + start, n) : NULL;
}

/* Below these keys names are data: of metrics and partitions. */
static bool names_are_data(const char *key)
{
	return strcmp(key, "metrics") == 0 || strcmp(key, "cvScores") == 0;
}

/* samplePct -> sample_pct, isNClusters -> is_n_clusters, modelURL -> model_url. */
static bool to_snake(const char *key, struct json_text *out)
{
	for (const char *p = key; *p; p++) {
		bool upper = isupper((unsigned char)*p);
		bool starts = upper && p > key && p[-1] != '_' &&
			      (!isupper((unsigned char)p[-1]) || islower((unsigned char)p[1]));
		char c = upper ? (char)tolower((unsigned char)*p) : *p;

		if (starts)
			json_text_add(out, "_", 1);
		json_text_add(out, &c, 1);
	}
	return !out->failed;
}

static cJSON *record(const cJSON *wire);

static bool add_record(cJSON *to, const cJSON *item)
{
	struct json_text key = {0};
	bool data = names_are_data(item->string);
	cJSON *v = data ? cJSON_Duplicate(item, true) : record(item);
	bool ok = to_snake(item->string, &key);

	if (ok)
		ok = json_set(to, key.s ? key.s : "", v);
	else
		cJSON_Delete(v);
	json_text_release(&key);
	return ok;
}

static cJSON *record(const cJSON *wire)
{
	cJSON *to, *v;
	const cJSON *item;
	bool ok = true;

	if (cJSON_IsArray(wire))
		to = cJSON_CreateArray();
	else if (cJSON_IsObject(wire))
		to = cJSON_CreateObject();
	else
		return cJSON_Duplicate(wire, true);
	cJSON_ArrayForEach (item, wire) {
		if (!to || !ok)
			break;
		if (cJSON_IsObject(wire))
			ok = add_record(to, item);
		else
			ok = (v = record(item)) && cJSON_AddItemToArray(to, v);
	}
	if (ok)
		return to;
	cJSON_Delete(to);
	return NULL;
}

cJSON *dr_record(const cJSON *wire)
{
	return record(wire);
}

/* ---- waiting ---- */

bool dr_wait(struct dr *dr, struct dr_wait *w, struct err *e)
{
	double now = http_now(), wait;

	if (!w->started) {
		w->started = true;
		w->began = now;
		w->next_s = 0.2;
		return true;
	}
	if (w->limit_s > 0 && now - w->began >= w->limit_s)
		return err_set(e, ERR_LIMIT, "%s: not done after %.15g s", w->what, w->limit_s);
	wait = w->next_s;
	if (w->limit_s > 0)
		wait = fmin(wait, w->began + w->limit_s - now);
	w->next_s = fmin(5, 2 * w->next_s);
	return http_sleep(dr_http(dr), wait, e);
}
