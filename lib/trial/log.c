#include "trial/log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json/json.h"
#include "ndjson/ndjson.h"
#include "trial/lock.h"

struct held {
	char id[TRIAL_ID_LEN + 1];
	cJSON *rec;
};

struct trial_log {
	char *path;
	int fd;       /* of a role, or -1 */
	bool file;    /* a regular one: it can be read and locked */
	off_t seen;   /* of the file: up to where it was read, */
	size_t lines; /* so many lines */
	size_t torn;
	trial_log_watch_fn *watch;
	void *watch_ctx;

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

static void tell(const struct trial_log *log, const cJSON *old, const cJSON *rec)
{
	if (log->watch)
		log->watch(old, rec, log->watch_ctx);
}

/* Takes rec over. */
static bool keep(struct trial_log *log, cJSON *rec, struct err *e)
{
	struct held *known;
	ENTRY item, *found;

	if (!rec)
		return err_nomem(e);
	if ((known = find(log, trial_id(rec)))) {
		tell(log, known->rec, rec);
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
	tell(log, NULL, rec);
	return true;
}

/*
 * What a crash has left of a line: a record cut short, and perhaps behind it, since
 * whoever wrote next did not look, a whole one (*rec) or another that was cut short.
 * The end of a cut record is never taken for one: a trial has `trial`, `state` and
 * `params`, and nothing inside a trial has all three.  False: it is something else.
 */
#define MENDS_MAX 256 /* objects that are tried: more than a record of ours has inside */

static bool mend(const char *text, size_t len, cJSON **rec)
{
	static const char start[] = "{\"trial\":";
	const char *end = text + len, *p = text;
	/* Pages that a machine did not come to write are NULs. */
	bool torn = memchr(text, '\0', len);

	for (int i = 0; i < MENDS_MAX && (p = memchr(p, '{', (size_t)(end - p))); i++, p++) {
		size_t left = (size_t)(end - p);
		struct err bad = {0};
		bool cut;

		*rec = json_parse(p, left, &cut, &bad);
		if (*rec && trial_state(*rec, &bad) != TRIAL_NONE)
			return true;
		cJSON_Delete(*rec);
		*rec = NULL;
		if (cut && (p == text || (left >= sizeof(start) - 1 &&
					  memcmp(p, start, sizeof(start) - 1) == 0)))
			torn = true;
	}
	return torn;
}

/* A line that is no record; in.text is its text. */
static bool read_bad(struct trial_log *log, const struct ndjson_reader *in, struct err *e)
{
	cJSON *rec = NULL;

	if (e->kind != ERR_INPUT || !mend(in->text, in->len, &rec))
		return false;
	*e = (struct err){0}; /* no failure, so none shall be seen */
	log->torn++;
	return !rec || keep(log, rec, e);
}

static bool read_all(struct trial_log *log, int fd, struct err *e)
{
	struct ndjson_reader in;
	enum ndjson_result got;
	cJSON *rec;
	bool ok = true;

	ndjson_init(&in, fd, log->path);
	in.line = log->lines;
	while (ok && (got = ndjson_next(&in, &rec, e)) != NDJSON_END) {
		struct err bad = {0};

		if (got == NDJSON_ERROR) {
			ok = read_bad(log, &in, e);
		} else if (trial_state(rec, &bad) != TRIAL_NONE) {
			ok = keep(log, rec, e);
		} else {
			cJSON_Delete(rec);
			if (bad.kind)
				ok = err_set(e, bad.kind, "%s:%zu: %s", log->path, in.line,
					     bad.text);
		}
	}
	log->lines = in.line;
	ndjson_release(&in);
	return ok;
}

/* What follows the last newline is no whole line yet: it is read again with the next. */
static off_t end_of_lines(int fd)
{
	off_t at = lseek(fd, 0, SEEK_END);
	char buf[4096];

	while (at > 0) {
		size_t want = at < (off_t)sizeof(buf) ? (size_t)at : sizeof(buf);
		const char *nl;

		at -= (off_t)want;
		if (pread(fd, buf, want, at) != (ssize_t)want)
			return 0;
		if ((nl = memrchr(buf, '\n', want)))
			return at + (nl - buf) + 1;
	}
	return 0;
}

/* Behind the records that others are writing.  Where there are no locks a role has been
 * refused before, and who only reads does no harm. */
static bool read_settled(struct trial_log *log, int fd, struct err *e)
{
	bool locked = trial_lock_take(fd, false), ok;

	ok = read_all(log, fd, e);
	if (log->file) {
		log->seen = end_of_lines(fd);
		log->lines -= log->lines > 0 && log->seen < lseek(fd, 0, SEEK_END);
	}
	if (locked)
		trial_lock_drop(fd);
	return ok;
}

/* A pipe or a device holds no log to be read; it can be appended to. */
static bool is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* A new file is there after a crash only if its folder was written.  Folders that cannot be
 * opened or synchronised are not ours to complain about. */
static bool sync_folder(const char *path, struct err *e)
{
	char *copy = strdup(path);
	int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	bool ok = copy || err_nomem(e);

	if (fd >= 0 && fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP)
		ok = err_errno(e, "%s: fsync of its folder", path);
	if (fd >= 0)
		close(fd);
	free(copy);
	return ok;
}

static int open_for(const char *path, enum trial_role *role)
{
	int fd = -1;

	if (*role > TRIAL_PROPOSER)
		return open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (*role == TRIAL_PROPOSER)
		fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		*role = TRIAL_READER;
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	return fd;
}

static bool open_file(struct trial_log *log, enum trial_role role, struct err *e)
{
	int fd = open_for(log->path, &role);
	bool ok;

	if (fd < 0 && errno == ENOENT && role == TRIAL_READER)
		return true;
	if (fd < 0)
		return err_errno(e, "%s", log->path);
	log->file = is_file(fd);
	ok = !log->file || ((role == TRIAL_READER || trial_lock_role(fd, log->path, role, e)) &&
			    (role <= TRIAL_PROPOSER || sync_folder(log->path, e)) &&
			    read_settled(log, fd, e));
	if (ok && role != TRIAL_READER)
		log->fd = fd;
	else
		close(fd);
	return ok;
}

struct trial_log *trial_log_open(const char *path, enum trial_role role, struct err *e)
{
	struct trial_log *log = calloc(1, sizeof(*log));

	if (log)
		log->fd = -1;
	if (!log || (path && !(log->path = strdup(path)))) {
		err_nomem(e);
		goto fail;
	}
	if (path && !open_file(log, role, e))
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

bool trial_log_refresh(struct trial_log *log, struct err *e)
{
	struct stat st;

	if (log->fd < 0 || !log->file)
		return true;
	if (fstat(log->fd, &st) != 0)
		return err_errno(e, "%s", log->path);
	if (st.st_size == log->seen)
		return true;
	if (st.st_size < log->seen) /* it is another one */
		log->seen = 0, log->lines = 0;
	if (lseek(log->fd, log->seen, SEEK_SET) < 0)
		return err_errno(e, "%s", log->path);
	return read_settled(log, log->fd, e);
}

void trial_log_watch(struct trial_log *log, trial_log_watch_fn *fn, void *ctx)
{
	log->watch = fn;
	log->watch_ctx = ctx;
	for (size_t i = 0; i < log->n; i++)
		tell(log, NULL, log->entry[i].rec);
}

static bool ends_with_newline(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char last;

	return size <= 0 || pread(fd, &last, 1, size - 1) != 1 || last == '\n';
}

/* All of it, or errno. A file takes less than it is given where the disk is full. */
static bool write_whole(int fd, const char *s, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, s, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ENOSPC;
		if (n <= 0)
			return false;
		s += n;
		len -= (size_t)n;
	}
	return true;
}

/* t begins with a newline, for a file whose last line was cut short. */
static bool write_line(struct trial_log *log, const struct json_text *t, struct err *e)
{
	size_t skip = 1;
	bool ok;

	if (log->file && !trial_lock_take(log->fd, true))
		return err_errno(e, "%s: lock", log->path);
	if (log->file && !ends_with_newline(log->fd))
		skip = 0;
	ok = write_whole(log->fd, t->s + skip, t->len - skip) ||
	     err_errno(e, "%s: write", log->path);
	if (log->file)
		trial_lock_drop(log->fd);
	/* Pipes and devices cannot be synchronised, and need not be. */
	if (ok && fdatasync(log->fd) != 0 && errno != EINVAL && errno != ENOTSUP)
		ok = err_errno(e, "%s: fdatasync", log->path);
	return ok;
}

bool trial_log_append(struct trial_log *log, const cJSON *rec, struct err *e)
{
	struct json_text t = {0};
	bool ok;

	if (!log->path)
		return trial_log_put(log, rec, e);
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
