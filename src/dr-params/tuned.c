#include "tuned.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "space/param.h"

/* A column: a parameter, and the how-many-th of its name in its task. */
struct column {
	const char *task, *parameter; /* borrowed from the records */
	unsigned nth;                 /* from 1 */
	bool twin;                    /* another task has one of this name */
};

struct table {
	struct column *column;
	size_t n, room;
};

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is(const cJSON *rec, const struct column *c)
{
	return same_text(json_str(rec, "parameter"), c->parameter) &&
	       same_text(json_str(rec, "task"), c->task);
}

/* A model's record of the column, or NULL. */
static const cJSON *find(const struct several_model *m, const struct column *c)
{
	unsigned nth = 0;
	const cJSON *rec;

	cJSON_ArrayForEach (rec, m->parameters) {
		if (is(rec, c) && ++nth == c->nth)
			return rec;
	}
	return NULL;
}

static bool known(const struct table *t, const struct column *c)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->column[i].nth == c->nth &&
		    same_text(t->column[i].parameter, c->parameter) &&
		    same_text(t->column[i].task, c->task))
			return true;
	return false;
}

static bool add(struct table *t, const struct column *c, struct err *e)
{
	if (t->n == t->room) {
		size_t room = t->room ? 2 * t->room : 64;
		struct column *more = realloc(t->column, room * sizeof(*more));

		if (!more)
			return err_nomem(e);
		t->column = more;
		t->room = room;
	}
	t->column[t->n++] = *c;
	return true;
}

/* The columns of a model that no model before had. */
static bool add_model(struct table *t, const struct several_model *m, struct err *e)
{
	const cJSON *rec, *before;

	cJSON_ArrayForEach (rec, m->parameters) {
		struct column c = {json_str(rec, "task"), json_str(rec, "parameter"), 1, false};

		for (before = m->parameters->child; before != rec; before = before->next)
			c.nth += is(before, &c);
		if (!known(t, &c) && !add(t, &c, e))
			return false;
	}
	return true;
}

/* Which names do not say of which task they are. */
static void find_twins(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < i; k++)
			if (same_text(t->column[i].parameter, t->column[k].parameter))
				t->column[i].twin = t->column[k].twin = true;
}

static const cJSON *value_of(const struct several_model *m, const struct column *c)
{
	return json_get(find(m, c), "default");
}

/* Whether the models do not all use the same value. */
static bool differs(const struct several *s, const struct column *c)
{
	const cJSON *first = NULL;
	bool begun = false;

	for (size_t i = 0; i < s->n; i++) {
		const cJSON *v = value_of(&s->model[i], c);

		if (!s->model[i].parameters)
			continue;
		if (begun && (v && first ? !param_same(v, first) : v != first))
			return true;
		first = v;
		begun = true;
	}
	return false;
}

/* The caller's to free; NULL: out of memory. */
static char *name_of(const struct column *c)
{
	char nth[16] = "", *name;

	if (!c->twin)
		return strdup(c->parameter);
	if (c->nth > 1)
		snprintf(nth, sizeof(nth), "#%u", c->nth);
	return asprintf(&name, "%s/%s%s", c->task ? c->task : "", c->parameter, nth) < 0 ? NULL
											 : name;
}

static bool set_value(struct several_model *m, const struct column *c, const char *name)
{
	const cJSON *v = value_of(m, c);

	return json_set(json_get(m->rec, "params"), name,
			v ? cJSON_Duplicate(v, true) : cJSON_CreateNull());
}

static bool set_column(struct several *s, const struct column *c)
{
	char *name = name_of(c);
	bool ok = name;

	for (size_t i = 0; ok && i < s->n; i++)
		ok = !s->model[i].parameters || set_value(&s->model[i], c, name);
	free(name);
	return ok;
}

bool tuned_set(struct several *s, struct err *e)
{
	struct table t = {0};
	bool ok = true;

	for (size_t i = 0; ok && i < s->n; i++)
		ok = (json_set(s->model[i].rec, "params", cJSON_CreateObject()) ||
		      err_nomem(e)) &&
		     add_model(&t, &s->model[i], e);
	find_twins(&t);
	for (size_t i = 0; ok && i < t.n; i++)
		ok = !differs(s, &t.column[i]) || set_column(s, &t.column[i]) || err_nomem(e);
	free(t.column);
	return ok;
}
