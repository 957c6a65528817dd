/* space: from arguments and a source to specs, with the records looked up. */
#include "space/space.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "space/internal.h"
#include "space/param.h"

static struct spec *add_spec(struct space *s, struct err *e)
{
	struct spec *more;

	if (s->n_spec == SPACE_DIMS_MAX) {
		err_set(e, ERR_INPUT, "more than %d parameters", SPACE_DIMS_MAX);
		return NULL;
	}
	if (!(more = realloc(s->spec, (s->n_spec + 1) * sizeof(*more)))) {
		err_nomem(e);
		return NULL;
	}
	s->spec = more;
	s->spec[s->n_spec] = (struct spec){0};
	return &s->spec[s->n_spec++];
}

/* The values of list that all records named `name` allow, as a new array. */
static cJSON *common_values(const cJSON *records, const char *name, const cJSON *list)
{
	cJSON *out = cJSON_CreateArray();
	const cJSON *v, *rec;

	cJSON_ArrayForEach (v, list) {
		struct err ignored = {0};
		bool ok = true;

		cJSON_ArrayForEach (rec, records) {
			if (param_named(rec, name))
				ok = ok && param_check(rec, v, &ignored);
		}
		if (ok && !cJSON_AddItemToArray(out, cJSON_Duplicate(v, true))) {
			cJSON_Delete(out);
			return NULL;
		}
	}
	return out;
}

/*
 * A record may ask for a log scale from zero.  Its range then starts at a
 * thousandth of its maximum, of 1, or at a hundredth of the default, whichever
 * is least: room below the default, and no decades spent on next to nothing.
 */
static double log_start(const struct spec *p)
{
	double lo = fmin(1e-3, p->hi / 1e3);
	double initial = cJSON_IsNumber(p->initial) ? p->initial->valuedouble : 0;

	if (p->whole)
		return 1;
	return initial > 0 ? fmin(lo, initial / 100) : lo;
}

/* The range and the values that all records of this name have in common. */
static bool fill_bare(struct spec *p, const cJSON *records, struct err *e)
{
	const cJSON *rec, *values = NULL;
	bool unranged = false, whole, listed;
	double lo, hi;

	p->whole = false;
	p->lo = -INFINITY;
	p->hi = INFINITY;
	cJSON_ArrayForEach (rec, records) {
		if (!param_named(rec, p->name))
			continue;
		if (!values)
			values = json_get(rec, "values");
		if (!param_range(rec, &lo, &hi, &whole)) {
			unranged = true;
			continue;
		}
		p->ranged = true;
		p->whole = p->whole || whole;
		p->lo = fmax(p->lo, lo);
		p->hi = fmin(p->hi, hi);
		p->log = p->log || json_true(rec, "log");
	}
	if (!spec_check_values(p->name, values, e))
		return false;
	p->ranged = p->ranged && !unranged && p->lo <= p->hi;
	if (!(p->values = common_values(records, p->name, values)))
		return err_nomem(e);
	listed = p->values->child;
	if (!listed) {
		cJSON_Delete(p->values);
		p->values = NULL;
	}
	if (!p->ranged && !listed)
		return err_set(e, ERR_INPUT,
			       "%s: its record has no range and no values: say what to try",
			       p->name);
	if (!p->ranged && (p->log || p->step > 0 || p->levels > 0)) {
		if (p->step > 0 || p->levels > 0)
			return err_set(e, ERR_INPUT, "%s: has no range to take steps in",
				       p->name);
		p->log = false;
	}
	if (p->ranged && p->log && p->lo <= 0) {
		p->log = log_start(p) <= p->hi && p->hi > 0;
		p->lo = p->log ? log_start(p) : p->lo;
	}
	return true;
}

static bool check_all(const struct spec *p, const cJSON *rec, struct err *e)
{
	const cJSON *v;
	cJSON end = {.type = cJSON_Number};

	cJSON_ArrayForEach (v, p->values) {
		if (!param_check(rec, v, e))
			return false;
	}
	if (!p->ranged)
		return true;
	end.valuedouble = p->lo;
	if (!param_check(rec, &end, e))
		return false;
	end.valuedouble = p->hi;
	if (!param_check(rec, &end, e))
		return false;
	if (!p->whole && !p->step && param_has_type(rec, "int") &&
	    !param_has_type(rec, "float"))
		return err_set(e, ERR_INPUT,
			       "%s: takes whole numbers (%s): write its range without points",
			       p->name, json_str(rec, "task") ? json_str(rec, "task") : "");
	end.valuedouble = p->lo + p->step;
	return !p->step || end.valuedouble > p->hi || param_check(rec, &end, e);
}

static bool unknown(const struct spec *p, const cJSON *records, struct err *e)
{
	char *nearest = param_nearest(records, p->name);

	if (!nearest)
		return err_nomem(e);
	err_set(e, ERR_INPUT, "%s: no parameter of the model has this name%s%s", p->name,
		*nearest ? "; nearest: " : "", nearest);
	free(nearest);
	return false;
}

static bool resolve(struct spec *p, const cJSON *records, struct err *e)
{
	const cJSON *rec, *initial;
	bool found = false;

	if (!spec_check_values(p->name, p->values, e) ||
	    !spec_check_values(p->name, p->when, e))
		return false;
	if (!records)
		return !p->bare ||
		       err_set(e, ERR_INPUT, "%s: no values, and no parameter record says them",
			       p->name);
	cJSON_ArrayForEach (rec, records) {
		if (!param_named(rec, p->name))
			continue;
		found = true;
		initial = json_get(rec, "default");
		if (!p->initial && initial && !cJSON_IsArray(initial) &&
		    !(p->initial = cJSON_Duplicate(initial, true)))
			return err_nomem(e);
		if (!p->bare && !check_all(p, rec, e))
			return false;
	}
	if (!found)
		return unknown(p, records, e);
	return !p->bare || fill_bare(p, records, e);
}

/* Is there a choice? A record that allows one value only is no dimension. */
static bool is_choice(const struct spec *p)
{
	int n = p->values ? cJSON_GetArraySize(p->values) : 0;

	return n > 1 || (p->ranged && (p->lo < p->hi || n == 1));
}

/* `parameter` where one task has it, else `Task name/parameter`. */
static char *record_name(const cJSON *records, const cJSON *rec)
{
	const char *parameter = json_str(rec, "parameter");
	const char *task = json_str(rec, "task");
	const cJSON *other;
	struct json_text name = {0};

	cJSON_ArrayForEach (other, records) {
		const char *task2 = json_str(other, "task");

		if (strcmp(json_str(other, "parameter"), parameter) || !task || !task2 ||
		    !strcmp(task, task2))
			continue;
		json_text_add(&name, task, strlen(task));
		json_text_add(&name, "/", 1);
		break;
	}
	json_text_add(&name, parameter, strlen(parameter));
	if (!name.failed)
		return name.s;
	json_text_release(&name);
	return NULL;
}

static bool drop_last(struct space *s, struct err *e)
{
	struct spec *p = &s->spec[--s->n_spec];

	if (s->left_out.len)
		json_text_add(&s->left_out, ", ", 2);
	json_text_add(&s->left_out, p->name, strlen(p->name));
	spec_release(p);
	return !s->left_out.failed || err_nomem(e);
}

/* All records as the space. Two of one name and task are one dimension. */
static bool take_records(struct space *s, const cJSON *records, struct err *e)
{
	const cJSON *rec;
	struct err why = {0};

	cJSON_ArrayForEach (rec, records) {
		char *name = record_name(records, rec);
		struct spec *p;
		bool known = false;

		if (!name)
			return err_nomem(e);
		for (size_t i = 0; i < s->n_spec; i++)
			known = known || !strcmp(s->spec[i].name, name);
		if (known) {
			free(name);
			continue;
		}
		if (!(p = add_spec(s, e))) {
			free(name);
			return false;
		}
		p->name = name;
		p->bare = true;
		why = (struct err){0};
		if (!resolve(p, records, &why) && why.kind == ERR_SYSTEM) {
			*e = why;
			return false;
		}
		if ((why.kind || !is_choice(p)) && !drop_last(s, e))
			return false;
	}
	return true;
}

static bool take_model(struct space *s, const cJSON *records, struct err *e)
{
	const cJSON *rec;

	cJSON_ArrayForEach (rec, records) {
		const char *model = json_str(rec, "model");

		if (!model)
			continue;
		if (s->model && strcmp(s->model, model))
			return err_set(e, ERR_INPUT,
				       "parameter records of two models, %s and %s", s->model,
				       model);
		if (!s->model && !(s->model = strdup(model)))
			return err_nomem(e);
	}
	return true;
}

static bool take_all(struct space *s, const char *const *args, size_t n, const cJSON *source,
		     struct err *e)
{
	const cJSON *records = cJSON_IsArray(source) ? source : NULL;
	const cJSON *member;
	struct spec *p;

	if (!take_model(s, records, e))
		return false;
	if (cJSON_IsObject(source)) {
		cJSON_ArrayForEach (member, source) {
			if (!(p = add_spec(s, e)) || !spec_member(p, member, e))
				return false;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (!(p = add_spec(s, e)) || !spec_argument(p, args[i], e))
			return false;
	}
	if (records && !n)
		return take_records(s, records, e);
	for (size_t i = 0; i < s->n_spec; i++) {
		if (!resolve(&s->spec[i], records, e))
			return false;
	}
	return true;
}

struct space *space_new(const char *const *args, size_t n, const cJSON *source, struct err *e)
{
	struct space *s = calloc(1, sizeof(*s));

	if (!s) {
		err_nomem(e);
		return NULL;
	}
	if (!take_all(s, args, n, source, e))
		goto fail;
	if (!s->n_spec) {
		err_set(e, ERR_INPUT, "the space is empty: no parameter to try");
		goto fail;
	}
	if (space_build(s, e) && space_count(s, e))
		return s;
fail:
	space_free(s);
	return NULL;
}

void space_free(struct space *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		free((void *)s->dim[i].values);
		free((void *)s->dim[i].when);
	}
	for (size_t i = 0; i < s->n_spec; i++)
		spec_release(&s->spec[i]);
	free(s->dim);
	free(s->spec);
	free(s->model);
	json_text_release(&s->left_out);
	free(s);
}

size_t space_dims(const struct space *s)
{
	return s->n;
}

const struct space_dim *space_dim(const struct space *s, size_t i)
{
	return &s->dim[i];
}

double space_size(const struct space *s)
{
	return s->size;
}

const char *space_model(const struct space *s)
{
	return s->model;
}

const char *space_left_out(const struct space *s)
{
	return s->left_out.s;
}
