#include "chaos/chaos.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chaos/spec.h"
#include "json/json.h"

#define FILE_MAX ((size_t)64 << 10)

struct chaos {
	pthread_mutex_t lock;
	uint64_t seed;
	void (*warn)(const char *text);
	char *file;         /* or NULL */
	struct stat status; /* of the file when it was read */
	struct spec_rule *rules;
	size_t n;
	unsigned generation; /* of the rules */
	unsigned long requests, jobs;
	cJSON *injected; /* name -> count */
};

/* Takes the rules over. */
static void use(struct chaos *c, struct spec_rule *rules, size_t n)
{
	spec_free(c->rules, c->n);
	c->rules = rules;
	c->n = n;
	c->generation++;
	for (size_t i = 0; i < n; i++) {
		rng_init(&rules[i].rng, c->seed, i);
		rules[i].fault.rule = i;
		rules[i].fault.generation = c->generation;
	}
}

/* The text of the file, and what it was then; NULL: ERR_USAGE. */
static char *slurp(const char *path, struct stat *st, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = calloc(1, FILE_MAX);
	size_t len = 0;
	ssize_t n = -1;

	if (fd >= 0 && fstat(fd, st) == 0 && text)
		while ((n = read(fd, text + len, FILE_MAX - len)) > 0)
			len += (size_t)n;
	if (n < 0)
		err_set(e, ERR_USAGE, "%s", strerror(errno));
	else if (len == FILE_MAX || strlen(text) != len)
		err_set(e, ERR_USAGE, "no text, or one of more than %zu bytes", FILE_MAX - 1);
	if (fd >= 0)
		close(fd);
	if (e->kind == ERR_NONE)
		return text;
	free(text);
	return NULL;
}

static bool read_file(struct chaos *c, struct err *e)
{
	struct spec_rule *rules;
	char *text = slurp(c->file, &c->status, e);
	size_t n;
	bool ok = text && spec_read(text, &rules, &n, e);

	free(text);
	if (ok)
		use(c, rules, n);
	else
		err_prefix(e, "@%s", c->file);
	return ok;
}

static void look(struct chaos *c)
{
	struct stat st;
	struct err e = {0};

	if (!c->file || stat(c->file, &st) != 0 ||
	    (st.st_ino == c->status.st_ino && st.st_size == c->status.st_size &&
	     st.st_mtim.tv_sec == c->status.st_mtim.tv_sec &&
	     st.st_mtim.tv_nsec == c->status.st_mtim.tv_nsec))
		return;
	c->status = st;
	if (!read_file(c, &e)) {
		err_prefix(&e, "chaos stays as it was");
		c->warn(e.text);
	}
}

struct chaos *chaos_new(const char *spec, uint64_t seed, void (*warn)(const char *text),
			struct err *e)
{
	struct chaos *c = calloc(1, sizeof(*c));
	struct spec_rule *rules;
	size_t n;

	if (!c || !(c->injected = cJSON_CreateObject())) {
		free(c);
		err_nomem(e);
		return NULL;
	}
	pthread_mutex_init(&c->lock, NULL);
	c->seed = seed;
	c->warn = warn;
	if (spec[0] == '@') {
		if (!(c->file = strdup(spec + 1)))
			err_nomem(e);
		else if (read_file(c, e))
			return c;
	} else if (spec_read(spec, &rules, &n, e)) {
		use(c, rules, n);
		return c;
	}
	chaos_free(c);
	return NULL;
}

void chaos_free(struct chaos *c)
{
	if (!c)
		return;
	spec_free(c->rules, c->n);
	cJSON_Delete(c->injected);
	free(c->file);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static void count(struct chaos *c, const struct chaos_fault *f)
{
	json_set_num(c->injected, f->name, json_num(c->injected, f->name, 0) + 1);
	if (f->generation == c->generation)
		c->rules[f->rule].done++;
}

/* All rules that it is for go on, so that none depends on another. */
static void choose(struct chaos *c, const char *method, const char *path, struct chaos_fault *f)
{
	for (size_t i = 0; i < c->n; i++)
		if (spec_is_for(&c->rules[i], method, path) && spec_strikes(&c->rules[i]) &&
		    f->kind == CHAOS_NONE)
			*f = c->rules[i].fault;
}

void chaos_request(struct chaos *c, const char *method, const char *path, struct chaos_fault *f)
{
	f->kind = CHAOS_NONE;
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	look(c);
	c->requests++;
	choose(c, method, path, f);
	pthread_mutex_unlock(&c->lock);
}

void chaos_done(struct chaos *c, const struct chaos_fault *f)
{
	pthread_mutex_lock(&c->lock);
	count(c, f);
	pthread_mutex_unlock(&c->lock);
}

enum chaos_kind chaos_job(struct chaos *c, const char *kind)
{
	struct chaos_fault f = {.kind = CHAOS_NONE};

	if (!c || strcmp(kind, "upload") == 0 || strcmp(kind, "aim") == 0 ||
	    strcmp(kind, "dataset") == 0)
		return CHAOS_NONE;
	pthread_mutex_lock(&c->lock);
	look(c);
	c->jobs++;
	choose(c, NULL, kind, &f);
	if (f.kind != CHAOS_NONE)
		count(c, &f);
	pthread_mutex_unlock(&c->lock);
	return f.kind;
}

bool chaos_has(struct chaos *c, enum chaos_kind kind)
{
	bool has = false;

	if (!c)
		return false;
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < c->n; i++)
		has = has || c->rules[i].fault.kind == kind;
	pthread_mutex_unlock(&c->lock);
	return has;
}

static cJSON *rule_row(const struct spec_rule *r)
{
	cJSON *v = cJSON_CreateObject();

	if (json_set_str(v, "rule", r->text) && json_set_num(v, "for", (double)r->seen) &&
	    json_set_num(v, "injected", (double)r->done))
		return v;
	cJSON_Delete(v);
	return NULL;
}

cJSON *chaos_report(struct chaos *c)
{
	cJSON *v = cJSON_CreateObject(), *list = cJSON_CreateArray();
	bool ok;

	pthread_mutex_lock(&c->lock);
	look(c);
	ok = json_set_num(v, "seed", (double)c->seed) &&
	     json_set_num(v, "requests", (double)c->requests) &&
	     json_set_num(v, "jobs", (double)c->jobs) &&
	     json_set(v, "injected", cJSON_Duplicate(c->injected, true));
	for (size_t i = 0; i < c->n; i++)
		ok = cJSON_AddItemToArray(list, rule_row(&c->rules[i])) && ok;
	pthread_mutex_unlock(&c->lock);
	ok = json_set(v, "rules", list) && ok;
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}
