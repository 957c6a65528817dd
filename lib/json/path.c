/* path: see path.h. */
#include "json/path.h"

#include <stdlib.h>
#include <string.h>

#include "json/json.h"

struct step {
	char *name; /* NULL: item `index` of a list */
	int index;
};

struct json_path {
	struct step *step;
	size_t n;
};

struct reader {
	const char *s, *end;
	struct err *e;
};

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool at(const struct reader *r, char c)
{
	return r->s < r->end && *r->s == c;
}

/* A JSON string: from its quote to the next that is not escaped. */
static bool quoted(struct reader *r, struct step *to)
{
	const char *from = r->s++;
	struct err ignored = {0};
	cJSON *v;

	while (r->s < r->end && *r->s != '"')
		r->s += *r->s == '\\' && r->s + 1 < r->end ? 2 : 1;
	if (r->s == r->end)
		return err_set(r->e, ERR_USAGE, "a name lacks its closing quote");
	r->s++;
	v = json_parse(from, (size_t)(r->s - from), NULL, &ignored);
	if (!v)
		return err_set(r->e, ERR_USAGE, "a name in quotes is no JSON string");
	to->name = strdup(v->valuestring);
	cJSON_Delete(v);
	return to->name || err_nomem(r->e);
}

static bool plain(struct reader *r, struct step *to)
{
	const char *from = r->s;

	while (r->s < r->end && (letter(*r->s) || digit(*r->s)))
		r->s++;
	to->name = strndup(from, (size_t)(r->s - from));
	return to->name || err_nomem(r->e);
}

static bool bracket(struct reader *r, struct step *to)
{
	r->s++;
	if (at(r, '"')) {
		if (!quoted(r, to))
			return false;
	} else if (r->s < r->end && digit(*r->s)) {
		for (; r->s < r->end && digit(*r->s); r->s++)
			if (to->index < 1000000)
				to->index = 10 * to->index + (*r->s - '0');
	} else {
		return err_set(r->e, ERR_USAGE, "brackets hold a name in quotes or a number");
	}
	if (!at(r, ']'))
		return err_set(r->e, ERR_USAGE, "']' is missing");
	r->s++;
	return true;
}

static bool one(struct reader *r, struct step *to)
{
	if (at(r, '.')) {
		r->s++;
		if (at(r, '"'))
			return quoted(r, to);
		if (r->s < r->end && letter(*r->s))
			return plain(r, to);
	}
	if (at(r, '['))
		return bracket(r, to);
	return err_set(r->e, ERR_USAGE, "a path is written like .metrics.AUC.validation");
}

struct json_path *json_path_new(const char *text, size_t len, struct err *e)
{
	struct reader r = {text, text + len, e};
	struct json_path *p = calloc(1, sizeof(*p));

	/* Each step takes two bytes or more. */
	if (!p || !(p->step = calloc(len / 2 + 1, sizeof(*p->step)))) {
		free(p);
		err_nomem(e);
		return NULL;
	}
	if (!at(&r, '.'))
		err_set(e, ERR_USAGE, "a path starts with a point");
	while (!e->kind && (r.s < r.end || p->n == 0))
		if (one(&r, &p->step[p->n]))
			p->n++;
	if (!e->kind)
		return p;
	free(p->step[p->n].name); /* of the step that failed */
	json_path_free(p);
	return NULL;
}

void json_path_free(struct json_path *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		free(p->step[i].name);
	free(p->step);
	free(p);
}

const cJSON *json_path_get(const struct json_path *p, const cJSON *rec)
{
	for (size_t i = 0; rec && i < p->n; i++)
		rec = p->step[i].name      ? json_get(rec, p->step[i].name)
		      : cJSON_IsArray(rec) ? cJSON_GetArrayItem(rec, p->step[i].index)
					   : NULL;
	return cJSON_IsNull(rec) ? NULL : rec;
}
