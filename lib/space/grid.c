#include "space/grid.h"

#include <math.h>
#include <stdlib.h>

#include "space/internal.h"

struct axis {
	const struct space_dim *dim;
	double n;      /* levels */
	double *level; /* the chosen values (REAL) or indices (INTEGER), ascending;
			* NULL: every index */
	double at;     /* the level in turn, -1 where inactive */
	size_t before; /* members of params that belong to the axes before this one */
};

struct grid {
	const struct space *s;
	size_t n;
	struct axis *axis; /* n */
	cJSON *params;
	size_t members; /* of params */
	double count;
	bool started;
};

/* Level i of n: a value of a real range, an index of a stepped one. */
static double level_at(const struct space_dim *d, double i, double n)
{
	double t = n > 1 ? i / (n - 1) : 0.5;
	double v;

	if (d->kind == SPACE_REAL)
		return space_dim_number(d, t);
	if (d->log)
		v = d->lo * exp(t * log(d->hi / d->lo));
	else
		v = d->lo + t * (d->hi - d->lo);
	return fmin(d->size - 1, fmax(0, round((v - d->lo) / d->step)));
}

static bool choose_levels(struct axis *a, double levels, struct err *e)
{
	const struct space_dim *d = a->dim;
	double last = NAN;

	a->n = d->size;
	if (d->kind == SPACE_ORDINAL || d->kind == SPACE_CATEGORY ||
	    (d->kind == SPACE_INTEGER && !d->levels))
		return true;
	if (d->levels > 0)
		levels = d->levels;
	else if (d->whole)
		return err_set(e, ERR_INPUT,
			       "%s: too many whole numbers for a grid: say which, or add "
			       ":levels=N",
			       d->name);
	if (d->kind == SPACE_INTEGER && levels >= d->size)
		return true;
	if (!(a->level = malloc((size_t)levels * sizeof(*a->level))))
		return err_nomem(e);
	a->n = 0;
	for (double i = 0; i < levels; i++) {
		double v = level_at(d, i, levels);

		if (v != last)
			a->level[(size_t)a->n++] = v;
		last = v;
	}
	return true;
}

static double axis_size(const void *ctx, size_t i)
{
	const struct grid *g = ctx;

	return g->axis[i].n;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool axis_has(const void *ctx, size_t i, double k)
{
	const struct axis *a = &((const struct grid *)ctx)->axis[i];

	return !a->level || bsearch(&k, a->level, (size_t)a->n, sizeof(*a->level), ascending);
}

struct grid *grid_new(const struct space *s, double levels, struct err *e)
{
	struct grid *g = calloc(1, sizeof(*g));

	if (!g)
		goto nomem;
	g->s = s;
	g->n = s->n;
	g->params = cJSON_CreateObject();
	g->axis = calloc(s->n, sizeof(*g->axis));
	if (!g->params || !g->axis)
		goto nomem;
	for (size_t i = 0; i < s->n; i++) {
		g->axis[i].dim = &s->dim[i];
		if (!choose_levels(&g->axis[i], levels, e))
			goto fail;
	}
	if (!space_product(s, axis_size, axis_has, g, &g->count, e))
		goto fail;
	return g;
nomem:
	err_nomem(e);
fail:
	grid_free(g);
	return NULL;
}

void grid_free(struct grid *g)
{
	if (!g)
		return;
	for (size_t i = 0; g->axis && i < g->n; i++)
		free(g->axis[i].level);
	cJSON_Delete(g->params);
	free(g->axis);
	free(g);
}

double grid_count(const struct grid *g)
{
	return g->count;
}

static double index_of(const struct axis *a)
{
	return a->level ? a->level[(size_t)a->at] : a->at;
}

static bool is_active(const struct grid *g, size_t i)
{
	const struct space_dim *d = g->axis[i].dim;

	if (!d->n_when)
		return true;
	for (size_t w = 0; w < d->n_when; w++) {
		const struct axis *parent = &g->axis[d->when[w].dim];

		if (parent->at >= 0 && index_of(parent) == d->when[w].k)
			return true;
	}
	return false;
}

/* Put the value of an axis into params. */
static bool add_member(struct grid *g, const struct axis *a, struct err *e)
{
	const struct space_dim *d = a->dim;
	cJSON *v;

	if (d->values) {
		const cJSON *listed = d->values[(size_t)a->at];

		if (!listed) /* a number: the next axis */
			return true;
		v = cJSON_Duplicate(listed, true);
	} else if (d->kind == SPACE_REAL) {
		v = cJSON_CreateNumber(a->level[(size_t)a->at]);
	} else {
		double x = space_dim_coordinate(d, index_of(a));

		v = cJSON_CreateNumber(space_dim_number(d, x));
	}
	if (!v || !cJSON_AddItemToObjectCS(g->params, d->name, v)) {
		cJSON_Delete(v);
		return err_nomem(e);
	}
	g->members++;
	return true;
}

/* Axis i is where it shall be: those after it start again. */
static bool restart(struct grid *g, size_t i, struct err *e)
{
	for (; i < g->n; i++) {
		struct axis *a = &g->axis[i];

		a->before = g->members;
		if (a->at >= 0 && !add_member(g, a, e))
			return false;
		if (i + 1 < g->n)
			g->axis[i + 1].at = is_active(g, i + 1) ? 0 : -1;
	}
	return true;
}

const cJSON *grid_next(struct grid *g, struct err *e)
{
	size_t i = g->n;

	if (!g->started) {
		g->started = true;
		g->axis[0].at = 0;
		return restart(g, 0, e) ? g->params : NULL;
	}
	do {
		if (i == 0)
			return NULL;
		i--;
	} while (g->axis[i].at < 0 || g->axis[i].at + 1 >= g->axis[i].n);
	g->axis[i].at++;
	while (g->members > g->axis[i].before) {
		cJSON *last = g->params->child->prev;

		cJSON_Delete(cJSON_DetachItemViaPointer(g->params, last));
		g->members--;
	}
	return restart(g, i, e) ? g->params : NULL;
}
