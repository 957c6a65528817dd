#include "blueprints/settings.h"

#include <stdlib.h>
#include <string.h>

#include "json/json.h"

static bool read_candidates(struct setting *s, const cJSON *v, struct err *e)
{
	int n = cJSON_IsArray(v) ? cJSON_GetArraySize(v) : 1;
	struct param_value *candidate;

	if (n < 1)
		return err_set(e, ERR_INPUT, "%s is an empty list (%s)", s->param->name,
			       s->task);
	if (n > 1 && !s->param->grid)
		return err_set(e, ERR_INPUT, "%s takes one value, not a list (%s)",
			       s->param->name, s->task);
	if (!(candidate = calloc((size_t)n, sizeof *candidate)))
		return err_nomem(e);
	free(s->candidate);
	s->candidate = candidate;
	s->n = (size_t)n;
	for (const cJSON *one = cJSON_IsArray(v) ? v->child : v; n--; one = one->next)
		if (!param_read(s->param, one, candidate++, e)) {
			struct err why = *e;

			return err_set(e, why.kind, "%s (%s)", why.text, s->task);
		}
	s->value = s->candidate[0];
	return true;
}

static bool set_default(struct setting *s, const struct node *node, const struct param *p,
			struct err *e)
{
	s->param = p;
	s->task = node->label;
	s->value = p->initial;
	s->n = 1;
	s->id = param_id(p->name, node->id);
	s->candidate = malloc(sizeof *s->candidate);
	if (!s->id || !s->candidate)
		return err_nomem(e);
	s->candidate[0] = p->initial;
	return true;
}

static bool set_defaults(struct settings *s, const struct blueprint *b, struct err *e)
{
	for (size_t i = 0; i < b->n_nodes; i++)
		s->n += b->node[i].task ? b->node[i].task->n_params : 0;
	s->s = calloc(s->n ? s->n : 1, sizeof *s->s);
	s->first = calloc(b->n_nodes, sizeof *s->first);
	if (!s->s || !s->first)
		return err_nomem(e);
	for (size_t i = 0, at = 0; i < b->n_nodes; i++) {
		const struct task *t = b->node[i].task;

		s->first[i] = at;
		for (size_t k = 0; t && k < t->n_params; k++)
			if (!set_default(&s->s[at++], &b->node[i], &t->params[k], e))
				return false;
	}
	return true;
}

static struct setting *find(struct settings *s, const char *id)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->s[i].id, id))
			return &s->s[i];
	return NULL;
}

bool settings_read(struct settings *s, const struct blueprint *b, const cJSON *values,
		   struct err *e)
{
	const cJSON *v;

	*s = (struct settings){0};
	if (!set_defaults(s, b, e))
		goto fail;
	cJSON_ArrayForEach (v, values) {
		struct setting *one = find(s, v->string);

		if (!one) {
			err_set(e, ERR_INPUT, "values: the blueprint has no parameter '%s'",
				v->string);
			goto fail;
		}
		if (!read_candidates(one, v, e)) {
			err_prefix(e, "values");
			goto fail;
		}
	}
	return true;
fail:
	settings_release(s);
	return false;
}

void settings_release(struct settings *s)
{
	for (size_t i = 0; s->s && i < s->n; i++) {
		free(s->s[i].id);
		free(s->s[i].candidate);
	}
	free(s->s);
	free(s->first);
	*s = (struct settings){0};
}

struct params settings_of(const struct settings *s, const struct blueprint *b, size_t node,
			  struct param_value *room)
{
	const struct task *t = b->node[node].task;

	for (size_t i = 0; i < t->n_params; i++)
		room[i] = s->s[s->first[node] + i].value;
	return (struct params){t->params, t->n_params, room};
}

cJSON *settings_json(const struct settings *s)
{
	cJSON *o = cJSON_CreateObject();

	for (size_t i = 0; o && i < s->n; i++)
		if (!json_set(o, s->s[i].id, param_json(&s->s[i].value))) {
			cJSON_Delete(o);
			return NULL;
		}
	return o;
}
