#include "trial/log.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json/json.h"
#include "ndjson/ndjson.h"

struct held {
	char id[TRIAL_ID_LEN + 1];
	cJSON *rec;
};

struct trial_log {
	char *path;
	int fd;    /* for appending, or -1 */
	bool mend; /* the file does not end with a newline */
	size_t torn;

	struct held *entry; /* n of cap, in order of first appearance */
	size_t n, cap;
	struct hsearch_data index; /* id -> entry number + 1, rebuilt as entries grow */
	bool indexed;
};

/* Room for one more entry. Ids point into the entries, and hsearch tables cannot
 * grow, so both are made anew together. */
static bool grow(struct trial_log *log, struct err *e)
{
	size_t cap = log->cap ? log->cap * 2 : 64;
	struct held *p;

	if (log->n < log->cap)
		return true;
	if (!(p = realloc(log->entry, cap * sizeof(*p))))
		return err_nomem(e);
	log->entry = p;
	log->cap = cap;
	if (log->indexed)
		hdestroy_r(&log->index);
	memset(&log->index, 0, sizeof(log->index));
	log->indexed = hcreate_r(cap + cap / 2, &log->index) != 0;
	if (!log->indexed)
		return err_nomem(e);
	for (size_t i = 0; i < log->n; i++) {
		ENTRY item = {.key = p[i].id, .data = p + i}, *found;

		hsearch_r(item, ENTER, &found, &log->index);
	}
	return true;
}

static struct held *find(const struct trial_log *log, const char *id)
{
	/* FIND does not change the table; hsearch_r only lacks the const. */
	struct hsearch_data *index = (struct hsearch_data *)(uintptr_t)&log->index;
	char key[TRIAL_ID_LEN + 1];
	ENTRY item = {.key = key}, *found;

	if (!log->indexed || strlen(id) != TRIAL_ID_LEN)
		return NULL;
	memcpy(key, id, sizeof(key));
	return hsearch_r(item, FIND, &found, index) ? found->data : NULL;
}

/* Takes rec over. */
static bool keep(struct trial_log *log, cJSON *rec, struct err *e)
{
	struct held *known;
	ENTRY item, *found;

	if (!rec)
		return err_nomem(e);
	if ((known = find(log, trial_id(rec)))) {
		cJSON_Delete(known->rec);
		known->rec = rec;
		return true;
	}
	if (!grow(log, e)) {
		cJSON_Delete(rec);
		return false;
	}
	known = &log->entry[log->n++];
	memcpy(known->id, trial_id(rec), sizeof(known->id));
	known->rec = rec;
	item = (ENTRY){.key = known->id, .data = known};
	if (!hsearch_r(item, ENTER, &found, &log->index))
		return err_nomem(e);
	return true;
}

static bool read_all(struct trial_log *log, int fd, struct err *e)
{
	struct ndjson_reader in;
	enum ndjson_result got;
	cJSON *rec;
	bool ok = true;

	ndjson_init(&in, fd, log->path);
	while (ok && (got = ndjson_next(&in, &rec, e)) != NDJSON_END) {
		struct err bad = {0};

		if (got == NDJSON_ERROR && in.torn) {
			log->torn++;
			*e = (struct err){0}; /* no failure, so none shall be seen */
		} else if (got == NDJSON_ERROR) {
			ok = false;
		} else if (trial_state(rec, &bad) != TRIAL_NONE) {
			ok = keep(log, rec, e);
		} else {
			cJSON_Delete(rec);
			if (bad.kind)
				ok = err_set(e, bad.kind, "%s:%zu: %s", log->path, in.line,
					     bad.text);
		}
	}
	ndjson_release(&in);
	return ok;
}

/* A pipe or a device holds no log to be read; it can be appended to. */
static bool is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static bool ends_with_newline(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char last;

	return size <= 0 || pread(fd, &last, 1, size - 1) != 1 || last == '\n';
}

static bool open_file(struct trial_log *log, bool append, struct err *e)
{
	int fd = open(log->path,
		      append ? O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC : O_RDONLY | O_CLOEXEC,
		      0644);
	bool ok;

	if (fd < 0 && errno == ENOENT && !append)
		return true;
	if (fd < 0)
		return err_errno(e, "%s", log->path);
	ok = !is_file(fd) || read_all(log, fd, e);
	log->mend = is_file(fd) && !ends_with_newline(fd);
	if (ok && append)
		log->fd = fd;
	else
		close(fd);
	return ok;
}

struct trial_log *trial_log_open(const char *path, bool append, struct err *e)
{
	struct trial_log *log = calloc(1, sizeof(*log));

	if (log)
		log->fd = -1;
	if (!log || (path && !(log->path = strdup(path)))) {
		err_nomem(e);
		goto fail;
	}
	if (path && !open_file(log, append, e))
		goto fail;
	return log;
fail:
	trial_log_free(log);
	return NULL;
}

void trial_log_free(struct trial_log *log)
{
	if (!log)
		return;
	for (size_t i = 0; i < log->n; i++)
		cJSON_Delete(log->entry[i].rec);
	free(log->entry);
	if (log->indexed)
		hdestroy_r(&log->index);
	if (log->fd >= 0)
		close(log->fd);
	free(log->path);
	free(log);
}

size_t trial_log_torn(const struct trial_log *log)
{
	return log->torn;
}

const cJSON *trial_log_find(const struct trial_log *log, const char *id)
{
	const struct held *known = find(log, id);

	return known ? known->rec : NULL;
}

size_t trial_log_count(const struct trial_log *log)
{
	return log->n;
}

const cJSON *trial_log_at(const struct trial_log *log, size_t i)
{
	return log->entry[i].rec;
}

/* One write(2), so that records of several tools do not mix; what a full disk leaves
 * undone is reported, and the torn line is passed over by readers. */
static bool write_line(struct trial_log *log, const struct json_text *t, struct err *e)
{
	ssize_t n;

	do
		n = write(log->fd, t->s, t->len);
	while (n < 0 && errno == EINTR);
	log->mend = n != (ssize_t)t->len && n != 0;
	if (n >= 0 && n < (ssize_t)t->len)
		return err_set(e, ERR_SYSTEM, "%s: write: no space left", log->path);
	if (n < 0)
		return err_errno(e, "%s: write", log->path);
	/* Pipes and devices cannot be synchronised, and need not be. */
	if (fdatasync(log->fd) != 0 && errno != EINVAL && errno != ENOTSUP)
		return err_errno(e, "%s: fdatasync", log->path);
	return true;
}

bool trial_log_append(struct trial_log *log, const cJSON *rec, struct err *e)
{
	struct json_text t = {0};
	bool ok;

	if (!log->path)
		return trial_log_put(log, rec, e);
	if (log->mend)
		json_text_add(&t, "\n", 1);
	json_print(&t, rec);
	json_text_add(&t, "\n", 1);
	ok = t.failed ? err_nomem(e) : write_line(log, &t, e);
	json_text_release(&t);
	return ok && trial_log_put(log, rec, e);
}

bool trial_log_put(struct trial_log *log, const cJSON *rec, struct err *e)
{
	return keep(log, cJSON_Duplicate(rec, true), e);
}

bool trial_log_emit(struct trial_log *log, const cJSON *rec, FILE *out, struct err *e)
{
	struct err later = {0};
	bool logged = !log || trial_log_append(log, rec, e);

	return ndjson_put(out, rec, logged ? e : &later) && logged;
}
