#include "home/home.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sha2.h>

#define LOCK_TRIES 100 /* for a second in all */
#define LOCK_PAUSE_NS 10000000
#define TOKEN_BYTES 32 /* of chance in a new token */
#define TOKEN_MIN 16   /* characters of one that the user has put there */

static bool make_dir(const char *path, struct err *e)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return true;
	return err_errno(e, "%s", path);
}

/* With all folders above it. */
static bool make_dirs(const char *path, struct err *e)
{
	char *copy = strdup(path);
	bool ok = copy || err_nomem(e);

	for (char *s = copy; ok && (s = strchr(s + 1, '/'));) {
		*s = '\0';
		ok = make_dir(copy, e);
		*s = '/';
	}
	free(copy);
	return ok && make_dir(path, e);
}

static char *usual_dir(void)
{
	const char *data = getenv("XDG_DATA_HOME"), *user = getenv("HOME");
	char *dir = NULL;
	int n = -1;

	if (data && data[0] == '/')
		n = asprintf(&dir, "%s/drtune-sandbox", data);
	else if (user && user[0])
		n = asprintf(&dir, "%s/.local/share/drtune-sandbox", user);
	return n < 0 ? NULL : dir;
}

static bool below(char **out, const char *dir, const char *name, struct err *e)
{
	if (asprintf(out, "%s/%s", dir, name) >= 0)
		return true;
	*out = NULL;
	return err_nomem(e);
}

/* A service that was killed holds its lock until the last of its threads has gone, which
 * may be after its parent was told of its end: whoever starts it again waits for that. */
static bool take_lock(int fd)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK)
			return false;
		nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE_NS}, NULL);
	}
	errno = EWOULDBLOCK;
	return false;
}

/* Take the lock of a folder; two services on one database would each run every job. */
static bool lock(struct home *h, struct err *e)
{
	char *path;
	bool ok = false;

	if (!below(&path, h->dir, "lock", e))
		return false;
	h->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (h->lock < 0)
		err_errno(e, "%s", path);
	else if (take_lock(h->lock))
		ok = ftruncate(h->lock, 0) == 0 && dprintf(h->lock, "%d\n", (int)getpid()) > 0;
	else if (errno == EWOULDBLOCK)
		err_set(e, ERR_SYSTEM, "%s: another dr-sandbox runs on this folder", h->dir);
	if (!ok && e->kind == ERR_NONE)
		err_errno(e, "%s", path);
	free(path);
	return ok;
}

/* Write a file of mode 0600 so that a reader sees the old one or the new one whole. */
static bool write_private(const char *path, const char *text, struct err *e)
{
	char *part = NULL;
	int fd = -1;
	bool ok = false;

	if (asprintf(&part, "%s.part", path) < 0)
		return err_nomem(e);
	unlink(part);
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
		ok = close(fd) == 0 && ok;
		ok = ok && rename(part, path) == 0;
	}
	if (!ok)
		err_errno(e, "%s", path);
	free(part);
	return ok;
}

static bool new_token(struct home *h, struct err *e)
{
	uint8_t chance[TOKEN_BYTES];
	char line[2 * TOKEN_BYTES + 2];

	if (getrandom(chance, sizeof(chance), 0) != (ssize_t)sizeof(chance))
		return err_errno(e, "random numbers for the token");
	for (size_t i = 0; i < sizeof(chance); i++)
		snprintf(h->token + 2 * i, 3, "%02x", chance[i]);
	snprintf(line, sizeof(line), "%s\n", h->token);
	return write_private(h->token_file, line, e);
}

static bool read_token(struct home *h, struct err *e)
{
	int fd = open(h->token_file, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? new_token(h, e) : err_errno(e, "%s", h->token_file);
	n = read(fd, h->token, sizeof(h->token) - 1);
	if (n >= 0 && fchmod(fd, 0600) < 0)
		n = -1;
	if (n < 0)
		err_errno(e, "%s", h->token_file);
	close(fd);
	if (n < 0)
		return false;
	h->token[n] = '\0';
	h->token[strcspn(h->token, "\r\n")] = '\0';
	for (const char *s = h->token; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("-._~+/=", *s))
			return err_set(e, ERR_INPUT, "%s: not a token", h->token_file);
	if (strlen(h->token) < TOKEN_MIN)
		return err_set(e, ERR_INPUT, "%s: shorter than %d characters", h->token_file,
			       TOKEN_MIN);
	return true;
}

bool home_open(struct home *h, const char *dir, struct err *e)
{
	char *asked = dir ? strdup(dir) : usual_dir();
	bool ok = false;

	h->lock = -1;
	if (!asked)
		return dir ? err_nomem(e)
			   : err_set(e, ERR_USAGE, "HOME is not set: say --dir DIR");
	if (!make_dirs(asked, e))
		goto out;
	h->dir = realpath(asked, NULL);
	if (!h->dir) {
		err_errno(e, "%s", asked);
		goto out;
	}
	ok = below(&h->token_file, h->dir, "token", e) &&
	     below(&h->config_file, h->dir, "drconfig.yaml", e) &&
	     below(&h->page_file, h->dir, "open.html", e) &&
	     below(&h->database, h->dir, "sandbox.db", e) &&
	     below(&h->uploads, h->dir, "uploads", e) &&
	     below(&h->projects, h->dir, "projects", e) && lock(h, e) && read_token(h, e) &&
	     home_remove_tree(h->uploads, e) && make_dir(h->uploads, e) &&
	     make_dir(h->projects, e);
out:
	free(asked);
	return ok;
}

void home_close(struct home *h)
{
	free(h->dir);
	free(h->token_file);
	free(h->config_file);
	free(h->page_file);
	free(h->database);
	free(h->uploads);
	free(h->projects);
	if (h->lock >= 0)
		close(h->lock);
	explicit_bzero(h, sizeof(*h));
	h->lock = -1;
}

void home_token_hash(const struct home *h, uint8_t hash[32])
{
	SHA2_CTX sha;

	SHA256Init(&sha);
	SHA256Update(&sha, (const uint8_t *)h->token, strlen(h->token));
	SHA256Final(hash, &sha);
}

bool home_write_config(const struct home *h, const char *endpoint, struct err *e)
{
	int origin = (int)(strlen(endpoint) - strlen("api/v2"));
	char text[512], page[1024];

	snprintf(text, sizeof(text), "endpoint: %s\ntoken: \"%s\"\n", endpoint, h->token);
	/* Browsers keep what comes after # to themselves.  No character of a token has
	 * a meaning in HTML. */
	snprintf(page, sizeof(page),
		 "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>dr-sandbox</title>\n"
		 "<meta http-equiv=\"refresh\" content=\"0; url=%.*s#%s\">\n"
		 "<p><a href=\"%.*s#%s\">dr-sandbox</a></p>\n",
		 origin, endpoint, h->token, origin, endpoint, h->token);
	return write_private(h->config_file, text, e) && write_private(h->page_file, page, e);
}

char *home_project(const char *projects, const char *id)
{
	char *path;

	return asprintf(&path, "%s/%s", projects, id) < 0 ? NULL : path;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

bool home_remove_tree(const char *path, struct err *e)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
		return true;
	return err_errno(e, "%s", path);
}

bool home_discard(const struct home *h, const char *id, struct err *e)
{
	char *from = home_project(h->projects, id), *to = home_project(h->uploads, id);
	bool ok = (from && to) || err_nomem(e);

	if (ok && rename(from, to) < 0)
		ok = errno == ENOENT || err_errno(e, "%s", from);
	else if (ok)
		ok = home_remove_tree(to, e);
	free(from);
	free(to);
	return ok;
}

bool home_sweep(const struct home *h, bool there(const char *id, void *ctx), void *ctx,
		struct err *e)
{
	DIR *dir = opendir(h->projects);
	struct dirent *d;
	bool ok = true;

	if (!dir)
		return err_errno(e, "%s", h->projects);
	while (ok && (d = readdir(dir))) {
		char *path;

		if (d->d_name[0] == '.' || there(d->d_name, ctx))
			continue;
		path = home_project(h->projects, d->d_name);
		ok = path ? home_remove_tree(path, e) : err_nomem(e);
		free(path);
	}
	closedir(dir);
	return ok;
}
