/* build: from specs to dimensions: checks, order, conditions. */
#include "space/internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "space/param.h"

/* Beyond this a double no longer counts one by one. */
#define COUNTABLE 9007199254740992.0

static bool in_range(const struct spec *p, double v)
{
	double k;

	if (!p->ranged || v < p->lo || v > p->hi)
		return false;
	k = p->whole ? v - p->lo : (v - p->lo) / p->step;
	if (p->step > 0)
		k = (v - p->lo) / p->step;
	return (!p->whole && !p->step) || k == floor(k);
}

/* Equal values once; a number that the range holds is not listed beside it. */
static void drop_repeats(struct spec *p)
{
	cJSON *v = p->values ? p->values->child : NULL;

	while (v) {
		cJSON *next = v->next;
		bool drop = cJSON_IsNumber(v) && in_range(p, v->valuedouble);

		for (const cJSON *w = p->values->child; w != v && !drop; w = w->next)
			drop = param_same(v, w);
		if (drop)
			cJSON_Delete(cJSON_DetachItemViaPointer(p->values, v));
		v = next;
	}
	if (p->values && !p->values->child) {
		cJSON_Delete(p->values);
		p->values = NULL;
	}
}

static bool check_range(struct spec *p, struct err *e)
{
	char lo[JSON_NUMBER_MAX], hi[JSON_NUMBER_MAX];

	if (!p->ranged)
		return true;
	json_number(p->lo, lo);
	json_number(p->hi, hi);
	if (p->lo > p->hi)
		return err_set(e, ERR_INPUT, "%s: its minimum %s is above its maximum %s",
			       p->name, lo, hi);
	if (p->log && p->lo <= 0)
		return err_set(e, ERR_INPUT, "%s: a log scale needs a minimum above 0, not %s",
			       p->name, lo);
	if (!isfinite(p->hi - p->lo))
		return err_set(e, ERR_INPUT, "%s: its range %s to %s is too wide", p->name, lo,
			       hi);
	if (p->whole && !p->step) {
		p->lo = ceil(p->lo);
		p->hi = floor(p->hi);
		if (p->lo > p->hi)
			return err_set(e, ERR_INPUT, "%s: no whole number from %s to %s",
				       p->name, lo, hi);
	}
	return true;
}

bool spec_check_values(const char *name, const cJSON *values, struct err *e)
{
	return cJSON_GetArraySize(values) <= SPACE_VALUES_MAX ||
	       err_set(e, ERR_INPUT, "%s: more than %d values", name, SPACE_VALUES_MAX);
}

static bool check_specs(struct space *s, struct err *e)
{
	for (size_t i = 0; i < s->n_spec; i++) {
		struct spec *p = &s->spec[i];

		if (!*p->name)
			return err_set(e, ERR_INPUT, "a parameter without a name");
		for (size_t j = 0; j < i; j++) {
			if (!strcmp(p->name, s->spec[j].name))
				return err_set(e, ERR_INPUT, "%s: is given twice", p->name);
		}
		if (!check_range(p, e))
			return false;
		drop_repeats(p);
	}
	return true;
}

/* Parents before children, else as written: Kahn's algorithm, always taking the
 * first that is free.  n is bounded, so quadratic will do. */
static bool order(struct space *s, struct err *e)
{
	struct spec *sorted = malloc(s->n_spec * sizeof(*sorted));
	size_t done = 0;

	if (!sorted)
		return err_nomem(e);
	while (done < s->n_spec) {
		size_t i, j;

		for (i = 0; i < s->n_spec; i++) {
			if (!s->spec[i].name)
				continue;
			for (j = 0; s->spec[i].parent && j < done; j++) {
				if (!strcmp(sorted[j].name, s->spec[i].parent))
					break;
			}
			if (!s->spec[i].parent || j < done)
				break;
		}
		if (i == s->n_spec)
			break;
		sorted[done++] = s->spec[i];
		s->spec[i] = (struct spec){0};
	}
	for (size_t i = 0, j = done; i < s->n_spec; i++) {
		if (s->spec[i].name)
			sorted[j++] = s->spec[i];
	}
	free(s->spec);
	s->spec = sorted;
	if (done == s->n_spec)
		return true;
	for (size_t i = done; i < s->n_spec; i++) {
		size_t j = done;

		while (j < s->n_spec && strcmp(s->spec[j].name, s->spec[i].parent))
			j++;
		if (j == s->n_spec)
			return err_set(
				e, ERR_INPUT,
				"%s: depends on '%s', which is no parameter of the space",
				s->spec[i].name, s->spec[i].parent);
	}
	return err_set(e, ERR_INPUT, "%s: its condition leads back to itself",
		       s->spec[done].name);
}

static int ascending(const void *a, const void *b)
{
	double x = (*(const cJSON *const *)a)->valuedouble;
	double y = (*(const cJSON *const *)b)->valuedouble;

	return (x > y) - (x < y);
}

static bool list_dim(struct space_dim *d, const struct spec *p, bool or_number, struct err *e)
{
	size_t n = (size_t)cJSON_GetArraySize(p->values), i = 0;
	const cJSON *v;

	if (!(d->values = calloc(n + 1, sizeof(*d->values))))
		return err_nomem(e);
	d->kind = SPACE_ORDINAL;
	d->whole = true;
	cJSON_ArrayForEach (v, p->values) {
		d->values[i++] = v;
		if (!cJSON_IsNumber(v))
			d->kind = SPACE_CATEGORY;
		else if (v->valuedouble != floor(v->valuedouble))
			d->whole = false;
	}
	if (or_number)
		d->kind = SPACE_CATEGORY;
	d->or_number = or_number;
	d->size = (double)(n + or_number);
	if (d->kind == SPACE_ORDINAL)
		qsort(d->values, n, sizeof(*d->values), ascending);
	else
		d->whole = false;
	return true;
}

static void range_dim(struct space_dim *d, const struct spec *p)
{
	double lo = p->lo, hi = p->hi, step = p->step;

	if (!step && p->whole)
		step = 1;
	d->kind = SPACE_REAL;
	d->log = p->log;
	d->size = INFINITY;
	d->levels = p->levels;
	d->whole = p->whole && step == floor(step);
	if (step > 0 || lo == hi) {
		/* A relative hair more, so that 0.1..0.9:step=0.2 ends at 0.9. */
		double n = step > 0 ? floor((hi - lo) / step * (1 + 1e-12) + 1e-9) + 1 : 1;

		if (n < COUNTABLE) {
			d->kind = SPACE_INTEGER;
			d->size = n;
		}
	}
	d->lo = lo;
	d->hi = hi;
	d->step = 0;
	d->from = lo;
	d->to = hi;
	if (d->kind == SPACE_INTEGER) {
		d->step = step > 0 ? step : 1;
		d->hi = hi = fmin(hi, lo + (d->size - 1) * d->step);
		d->from = lo - d->step / 2;
		d->to = hi + d->step / 2;
		if (d->log)
			d->from = fmax(d->from, lo / 2);
	}
	if (d->log) {
		d->from = log(d->from);
		d->to = log(d->to);
	}
}

static bool add_when(struct space_dim *d, size_t dim, double k)
{
	struct space_when *more;

	if (!(more = realloc((void *)d->when, (d->n_when + 1) * sizeof(*more))))
		return false;
	more[d->n_when++] = (struct space_when){dim, k};
	d->when = more;
	return true;
}

static bool resolve_when(struct space *s, struct space_dim *d, const struct spec *p,
			 struct err *e)
{
	const cJSON *v;
	size_t i = 0;

	while (strcmp(s->dim[i].name, p->parent))
		i++;
	cJSON_ArrayForEach (v, p->when) {
		size_t parent = i;
		double k = space_dim_find(&s->dim[i], v);
		char *text;

		if (k < 0 && s->dim[i].or_number)
			k = space_dim_find(&s->dim[parent = i + 1], v);
		if (k >= 0) {
			if (!add_when(d, parent, k))
				return err_nomem(e);
			continue;
		}
		if (s->dim[parent].kind == SPACE_REAL)
			return err_set(e, ERR_INPUT,
				       "%s: a condition needs separate values, but '%s' is a "
				       "range of real numbers",
				       p->name, p->parent);
		text = json_string(v);
		err_set(e, ERR_INPUT, "%s: its condition names a value that '%s' never has: %s",
			p->name, p->parent, text ? text : "?");
		free(text);
		return false;
	}
	return true;
}

bool space_build(struct space *s, struct err *e)
{
	if (!check_specs(s, e) || !order(s, e))
		return false;
	if (!(s->dim = calloc(2 * s->n_spec, sizeof(*s->dim))))
		return err_nomem(e);
	for (size_t i = 0; i < s->n_spec; i++) {
		const struct spec *p = &s->spec[i];
		size_t first = s->n;
		struct space_dim *d = &s->dim[s->n++];

		d->name = p->name;
		d->initial = p->initial;
		if (p->values && !list_dim(d, p, p->ranged, e))
			return false;
		if (p->parent && !resolve_when(s, d, p, e))
			return false;
		if (p->values && p->ranged) {
			d = &s->dim[s->n++];
			d->name = p->name;
			d->initial = p->initial;
			if (!add_when(d, first, s->dim[first].size - 1))
				return err_nomem(e);
		}
		if (p->ranged)
			range_dim(d, p);
	}
	return true;
}
