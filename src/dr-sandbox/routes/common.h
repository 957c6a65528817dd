/* common: what several resources need. */
#ifndef COMMON_H
#define COMMON_H

#include "json/json.h"
#include "routes/routes.h"

/* Set a field to a text, or to null where there is none. */
bool set_text(cJSON *obj, const char *field, const char *text);
bool set_bool(cJSON *obj, const char *field, bool v);
bool set_null(cJSON *obj, const char *field);
/* Set a field to a number, or to null where it is not finite. */
bool set_real(cJSON *obj, const char *field, double v);
/* Takes v over; NULL is null. */
bool set_tree(cJSON *obj, const char *field, cJSON *v);

/* An array of all rows of a query, made by `row`. NULL: memory ran out. */
typedef cJSON *common_row(struct web_request *r, struct service *sv, sqlite3_stmt *q);
cJSON *common_list(struct web_request *r, struct service *sv, sqlite3_stmt *q, common_row *row);

/* Answers {"count", "next", "previous", key: items}; offset and limit of the
 * query choose the items. Takes items over. `path` is this route's. */
void common_page(struct web_request *r, cJSON *items, const char *key, const char *path);

/*
 * The same for lists that may be long: an array of all rows, a page of them.  Rows that
 * `keep` (may be NULL) does not want are passed over, those of other pages counted only, the
 * rest printed one after the other, so that there is one tree at a time.
 */
typedef bool common_keep(struct web_request *r, struct service *sv, sqlite3_stmt *q);
void common_array(struct web_request *r, struct service *sv, sqlite3_stmt *q, common_row *row,
		  common_keep *keep);
void common_pages(struct web_request *r, struct service *sv, sqlite3_stmt *q, common_row *row,
		  common_keep *keep, const char *key, const char *path);

/*
 * Whether the body has only fields of the list (ends with NULL); nulls count as
 * absent. False: answered 422 with the name of the first other one.
 */
bool common_only(struct web_request *r, const char *const *fields);

/* The body's `url`: http, https or file, of a length that a URL has.  NULL: answered 422. */
const char *common_url(struct web_request *r);

/* Number of the query or the default; false: answered 422. */
bool common_query_int(struct web_request *r, const char *name, long otherwise, long *out);

/* Whether there is a project of this id; false: answered 404. */
bool common_project(struct web_request *r, struct service *sv, const char *id);

#endif
