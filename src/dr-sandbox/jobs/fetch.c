#include "jobs/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_S 30L /* to connect, and without a byte */

struct fetch {
	CURLM *multi;
	CURL *easy;
	char *path, *part; /* where it shall be; where it grows */
	FILE *out;
	int in; /* of a file: URL, else -1 */
	size_t size, size_max;
	int failed; /* errno of a write that failed */
	char why[CURL_ERROR_SIZE];
};

static FILE *create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");

	if (!f && fd >= 0)
		close(fd);
	return f;
}

/* libcurl's own limit does not hold where the server tells no size. */
static size_t take(char *data, size_t one, size_t n, void *ctx)
{
	struct fetch *f = ctx;

	f->size += one * n;
	if (f->size > f->size_max)
		return 0;
	if (fwrite(data, 1, one * n, f->out) == one * n)
		return one * n;
	f->failed = errno;
	return 0;
}

/* The path of a file: URL, the caller's; libcurl frees it with curl_free. */
static char *path_of(const char *url, struct err *e)
{
	CURLU *u = curl_url();
	char *path = NULL;
	CURLUcode rc = u ? curl_url_set(u, CURLUPART_URL, url, 0) : CURLUE_OUT_OF_MEMORY;

	if (rc == CURLUE_OK)
		rc = curl_url_get(u, CURLUPART_PATH, &path, CURLU_URLDECODE);
	if (rc != CURLUE_OK)
		err_set(e, ERR_INPUT, "the URL cannot be fetched: %s", curl_url_strerror(rc));
	curl_url_cleanup(u);
	return path;
}

/*
 * Open the file of a file: URL and let `url` name the open file.  libcurl would wait for
 * whoever writes to a pipe, and read a device for ever, all in one call.
 */
static bool open_file(struct fetch *f, const char *from, char *url, size_t size, struct err *e)
{
	char *path = path_of(from, e);
	struct stat st;

	if (!path)
		return false;
	f->in = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (f->in < 0 || fstat(f->in, &st) < 0)
		err_set(e, ERR_INPUT, "the URL cannot be fetched: %s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		err_set(e, ERR_INPUT, "the URL cannot be fetched: not a regular file");
	else if (st.st_size == 0)
		err_set(e, ERR_INPUT, "the file at the URL is empty");
	snprintf(url, size, "file:///proc/self/fd/%d", f->in);
	curl_free(path);
	return e->kind == ERR_NONE;
}

static bool set_up(struct fetch *f, const char *url, double time_max_s)
{
	CURL *c = f->easy;
	long most = (long)fmin(ceil(time_max_s * 1000), 1e9);

	return curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https,file") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_MAXREDIRS, 10L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_USERAGENT, "dr-sandbox") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, PATIENCE_S) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, most > 0 ? most : 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, PATIENCE_S) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->why) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEDATA, f) == CURLE_OK;
}

struct fetch *fetch_start(CURLM *multi, const char *url, const char *path, size_t size_max,
			  double time_max_s, struct err *e)
{
	struct fetch *f = calloc(1, sizeof(*f));
	char opened[64];

	if (!f || asprintf(&f->part, "%s.part", path) < 0) {
		free(f);
		err_nomem(e);
		return NULL;
	}
	f->path = strdup(path);
	f->in = -1;
	f->size_max = size_max;
	if (strncasecmp(url, "file:", 5) == 0) {
		if (!open_file(f, url, opened, sizeof(opened), e))
			goto fail;
		url = opened;
	}
	f->out = create(f->part);
	if (!f->out) {
		err_errno(e, "%s", f->part);
		goto fail;
	}
	f->easy = curl_easy_init();
	if (!f->path || !f->easy || !set_up(f, url, time_max_s) ||
	    curl_multi_add_handle(multi, f->easy) != CURLM_OK) {
		err_set(e, ERR_SYSTEM, "the URL cannot be fetched");
		goto fail;
	}
	f->multi = multi;
	return f;
fail:
	fetch_free(f);
	return NULL;
}

bool fetch_finish(struct fetch *f, CURLcode code, struct err *e)
{
	bool written = fclose(f->out) == 0;

	f->out = NULL;
	if (f->size > f->size_max)
		return err_set(e, ERR_INPUT, "the file at the URL is larger than %zu bytes",
			       f->size_max);
	if (f->failed) {
		errno = f->failed;
		return err_errno(e, "the file at the URL cannot be stored");
	}
	if (code != CURLE_OK)
		return err_set(e, ERR_INPUT, "the URL cannot be fetched: %s",
			       f->why[0] ? f->why : curl_easy_strerror(code));
	if (!written || rename(f->part, f->path) < 0)
		return err_errno(e, "%s", f->path);
	return true;
}

CURL *fetch_handle(const struct fetch *f)
{
	return f->easy;
}

void fetch_free(struct fetch *f)
{
	if (!f)
		return;
	if (f->multi)
		curl_multi_remove_handle(f->multi, f->easy);
	curl_easy_cleanup(f->easy);
	if (f->out)
		fclose(f->out);
	if (f->in >= 0)
		close(f->in);
	unlink(f->part); /* gone already where it was finished */
	free(f->path);
	free(f->part);
	free(f);
}
