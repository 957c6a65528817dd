/*
 * dr: the service by resource.  This header: the session and what all resources
 * share; then dr/projects.h, models.h, blueprints.h, tuning.h, jobs.h.
 *
 * Where the service does other than its documentation says, or could not be tried
 * against it, stands in DEVIATIONS.md.
 *
 * Wire objects are cJSON trees as the server sent them (camelCase); records are
 * what the tools write (snake_case).  Trees and strings returned are the caller's.
 * Tolerated everywhere, since servers differ: null or missing optional keys, extra
 * keys, ids as string or number, a list as an array or as a page.
 *
 * Blocking functions return NULL or false with e set as http.h says.  Those that
 * end in _start put a request on its way over dr_http; their answer is read, inside
 * the callback, by the function of the same resource that ends in _read.
 */
#ifndef DR_H
#define DR_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "err/err.h"
#include "http/http.h"

struct dr;

/*
 * Open a session with the first complete source of these, never mixing two:
 *
 *	1. the YAML file that $DATAROBOT_CONFIG_FILE names
 *	2. $DATAROBOT_ENDPOINT (else $DATAROBOT_API_ENDPOINT) and $DATAROBOT_API_TOKEN;
 *	   $DATAROBOT_MAX_RETRIES goes with them
 *	3. ~/.config/datarobot/drconfig.yaml
 *
 * Whatever the source, $DR_RETRY_BUDGET, $DR_CONNECT_TIMEOUT, $DR_IDLE_TIMEOUT and
 * $DR_CALL_TIMEOUT set the limits of http.h that they name.
 *
 * Nothing is sent.  The trace (may be NULL) gets a line for each request.
 *
 * Errors: ERR_REFUSED where no source is complete, as with a token that the server
 * does not know, since a script can do the same about both; ERR_INPUT
 * `FILE[:LINE]: WHY` for a file that cannot be used, also one that others may read
 * or write.  No error tells what a token is.
 */
struct dr *dr_open(http_trace_fn *trace, void *ctx, struct err *e);
void dr_close(struct dr *dr);

/* The project that the user means: what was given, else $DR_PROJECT, else NULL. */
const char *dr_project_meant(const char *given);

/* The client, for http_poll, http_pending and http_start; borrowed. */
struct http *dr_http(const struct dr *dr);

/*
 * A path from its parts: each is percent-encoded, so an id from a user or a server
 * stays one part.  dr_path(e, "projects", "5f0c") gives `projects/5f0c/`.
 * ERR_INPUT for an empty part.  dr_join takes the parts as an array that ends with
 * NULL.
 */
#define dr_path(e, ...) dr_join(e, (const char *const[]){__VA_ARGS__, NULL})
char *dr_join(struct err *e, const char *const *parts);

/* path?name=value, the value percent-encoded; frees path.  NULL where path is. */
char *dr_query(struct err *e, char *path, const char *name, const char *value);

/* GET of an object (status 200), of this id where it names one (id may be NULL).
 * Frees path; NULL where path is NULL (with e set). */
cJSON *dr_get(struct dr *dr, char *path, const char *id, struct err *e);

/*
 * GET of a list of objects as one array: a bare array, or pages ({"data"} or
 * {"jobs"}), whose `next` is followed as long as it stays below the endpoint, for
 * 100,000 pages and 1,000,000 items at most, and not in a circle: ERR_REFUSED.  project
 * (may be NULL) is the one that items name, where they name one.  An answer that is no
 * list, or holds what is no object, counts as none: http.h.  Frees path.
 */
cJSON *dr_list(struct dr *dr, char *path, const char *project, struct err *e);

/* The same; of a bare array only these fields (ends with NULL; projectId should be one) of
 * each object are kept, as thousands of them may come at once. */
cJSON *dr_list_brief(struct dr *dr, char *path, const char *project, const char *const *brief,
		     struct err *e);

/* The items of a page, the array itself or the one that the page holds; or NULL. */
cJSON *dr_page_items(const cJSON *page);

/*
 * POST, PATCH or DELETE with an optional body (freed).  Any 2xx is success, and that
 * what is to be deleted is not there any more when it is asked a second time.  Frees
 * path.  location (may be NULL) gets the answer's Location, or NULL; unknown (may be
 * NULL), on failure, whether the work may have been accepted all the same.
 */
bool dr_send(struct dr *dr, enum http_method m, char *path, cJSON *body, char **location,
	     bool *unknown, struct err *e);

/* PATCH that sets values (body, freed) and starts nothing, so that it may be made
 * twice. */
bool dr_set(struct dr *dr, char *path, cJSON *body, struct err *e);

/* Add to the message of a 401 where the token came from; for answers of requests
 * that were started on dr_http. Returns whether e is ERR_NONE. */
bool dr_check(const struct dr *dr, const struct http_response *r, struct err *e);

/* ERR_REFUSED for a status that http takes for success and the caller does not expect:
 * `STATUS: redirected to 'URL'`, mostly.  Always returns false. */
bool dr_unexpected(const struct dr *dr, const struct http_response *r, struct err *e);

/* Whether a field holds an id: a string or a whole number; and the id, or NULL (also
 * where memory is out). */
bool dr_has_id(const cJSON *obj, const char *field);
char *dr_id(const cJSON *obj, const char *field);

bool dr_is_id(const cJSON *obj, const char *field, const char *id);

/* Last part of a URL's path, `12` of `.../modelJobs/12/`; NULL: it has none
 * (dr_has_last_part), or out of memory. */
bool dr_has_last_part(const char *url);
char *dr_last_part(const char *url);

/*
 * A record of a wire object: keys in snake_case at every level, but for what lies
 * below keys whose content is named by data (metrics, cvScores): metric and
 * partition names stay as they are.  NULL: out of memory.
 */
cJSON *dr_record(const cJSON *wire);

/*
 * Waiting for the server: call dr_wait before each look.  The first returns at once,
 * later ones after 0.2 s, doubling up to 5 s.  ERR_LIMIT `WHAT: not done after N s`
 * once limit_s seconds have passed since the first call (0: no limit).
 * Start with {.limit_s = N, .what = TEXT}; the text is borrowed.
 */
struct dr_wait {
	double limit_s;
	const char *what;
	double next_s, began;
	bool started;
};
bool dr_wait(struct dr *dr, struct dr_wait *w, struct err *e);

#endif
