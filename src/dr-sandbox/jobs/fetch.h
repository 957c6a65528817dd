/*
 * fetch: a table from a URL (http, https, file) into a file, by libcurl, in the
 * loop of whoever owns the multi handle.
 */
#ifndef FETCH_H
#define FETCH_H

#include <stdbool.h>

#include <curl/curl.h>

#include "err/err.h"

struct fetch;

/*
 * Start; the result is freed with fetch_free, which also deletes the file unless
 * it was finished.  At most size_max bytes, in at most time_max_s seconds.  Of a file:
 * URL only a regular file with something in it is read: ERR_INPUT for others, at once.
 */
struct fetch *fetch_start(CURLM *multi, const char *url, const char *path, size_t size_max,
			  double time_max_s, struct err *e);
/* The transfer of this easy handle has ended with `code`. False: e says why. */
bool fetch_finish(struct fetch *f, CURLcode code, struct err *e);
CURL *fetch_handle(const struct fetch *f);
void fetch_free(struct fetch *f);

#endif
