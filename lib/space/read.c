/* read: a file or standard input that says something about a space. */
#include "space/space.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json/json.h"
#include "ndjson/ndjson.h"
#include "space/param.h"

static bool slurp(int fd, const char *name, struct json_text *t, struct err *e)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, "%s: read", name);
		json_text_add(t, buf, (size_t)n);
		if (t->failed)
			return err_nomem(e);
		if (t->len > NDJSON_MAX)
			return err_set(e, ERR_INPUT, "%s: is larger than %zu MiB", name,
				       NDJSON_MAX >> 20);
	}
	return true;
}

static bool add_record(cJSON *list, cJSON *rec, const char *name, size_t line, struct err *e)
{
	if (!param_is(rec)) {
		cJSON_Delete(rec);
		return err_set(e, ERR_INPUT, "%s:%zu: is no parameter record", name, line);
	}
	cJSON_AddItemToArray(list, rec);
	return true;
}

/* One record a line. */
static cJSON *read_lines(const struct json_text *t, const char *name, struct err *e)
{
	cJSON *list = cJSON_CreateArray();
	const char *p = t->s, *end = t->s + t->len, *stop;
	struct err why = {0};

	if (!list)
		err_nomem(e);
	for (size_t line = 1; list && p < end; line++, p = stop + 1) {
		cJSON *rec;
		size_t blank;

		stop = memchr(p, '\n', (size_t)(end - p));
		if (!stop)
			stop = end;
		blank = strspn(p, " \t\r");
		if (p + blank >= stop)
			continue;
		rec = json_parse(p, (size_t)(stop - p), NULL, &why);
		if (!rec)
			err_set(e, why.kind, "%s:%zu: %s", name, line, why.text);
		if (rec && add_record(list, rec, name, line, e))
			continue;
		cJSON_Delete(list);
		list = NULL;
	}
	return list;
}

/* An array of records, of which each is checked. */
static cJSON *checked_array(cJSON *doc, const char *name, struct err *e)
{
	const cJSON *rec;
	size_t i = 1;

	cJSON_ArrayForEach (rec, doc) {
		if (!param_is(rec)) {
			err_set(e, ERR_INPUT, "%s: element %zu is no parameter record", name,
				i);
			cJSON_Delete(doc);
			return NULL;
		}
		i++;
	}
	return doc;
}

static cJSON *understand(const struct json_text *t, const char *name, struct err *e)
{
	struct err why = {0};
	cJSON *doc, *list;

	if (!t->len || strspn(t->s, " \t\r\n") == t->len) {
		err_set(e, ERR_INPUT, "%s: is empty: no parameter records", name);
		return NULL;
	}
	doc = json_parse(t->s, t->len, NULL, &why);
	if (why.kind == ERR_SYSTEM) {
		*e = why;
		return NULL;
	}
	if (cJSON_IsArray(doc))
		return checked_array(doc, name, e);
	if (cJSON_IsObject(doc) && !param_is(doc))
		return doc;
	if (!doc)
		return read_lines(t, name, e);
	if (!cJSON_IsObject(doc)) {
		err_set(e, ERR_INPUT, "%s: is neither a JSON object nor parameter records",
			name);
		cJSON_Delete(doc);
		return NULL;
	}
	if (!(list = cJSON_CreateArray())) {
		err_nomem(e);
		cJSON_Delete(doc);
		return NULL;
	}
	cJSON_AddItemToArray(list, doc);
	return list;
}

cJSON *space_read(const char *path, struct err *e)
{
	bool is_stdin = !strcmp(path, "-");
	const char *name = is_stdin ? "<stdin>" : path;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct json_text t = {0};
	cJSON *doc = NULL;

	if (fd < 0) {
		err_errno(e, "%s", path);
		return NULL;
	}
	if (slurp(fd, name, &t, e))
		doc = understand(&t, name, e);
	json_text_release(&t);
	if (!is_stdin)
		close(fd);
	return doc;
}
