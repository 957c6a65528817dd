/*
 * count: how many settings there are, without visiting them.
 *
 * Conditions make the parameters a forest.  A parameter with its children has
 *
 *	sum over its values v of the product over the children active at v
 *
 * settings, and only the values that conditions name have children: the others
 * count 1 each.  Children stand behind their parents, so one pass from the last to
 * the first finds every child counted.
 */
#include "space/internal.h"

#include <math.h>
#include <stdlib.h>

struct count {
	const struct space *s;
	space_size_fn *size;
	space_has_fn *has;
	const void *ctx;
	double *settings; /* of the parameter that starts at i, its children included */
};

/* A parameter is dimension i, or i and i + 1. */
static bool belongs(const struct count *c, size_t dim, size_t i)
{
	return dim == i || (c->s->dim[i].or_number && dim == i + 1);
}

static bool is_child(const struct count *c, size_t j, size_t i)
{
	const struct space_dim *d = &c->s->dim[j];

	return !belongs(c, j, i) && d->n_when && belongs(c, d->when[0].dim, i);
}

static bool holds(const struct space_dim *d, const struct space_when *w)
{
	for (size_t i = 0; i < d->n_when; i++) {
		if (d->when[i].dim == w->dim && d->when[i].k == w->k)
			return true;
	}
	return false;
}

/* Product over the children of i that are active at w. */
static double at_value(const struct count *c, size_t i, const struct space_when *w)
{
	double product = 1;

	for (size_t j = i + 1; j < c->s->n; j++) {
		if (is_child(c, j, i) && holds(&c->s->dim[j], w))
			product *= c->settings[j];
	}
	return product;
}

/* Is the w-th condition of child j the first mention of that value of i? */
static bool first_mention(const struct count *c, size_t i, size_t j, size_t w)
{
	const struct space_when *when = c->s->dim[j].when;

	for (size_t v = 0; v < w; v++) {
		if (when[v].dim == when[w].dim && when[v].k == when[w].k)
			return false;
	}
	for (size_t k = i + 1; k < j; k++) {
		if (is_child(c, k, i) && holds(&c->s->dim[k], &when[w]))
			return false;
	}
	return true;
}

static double settings(const struct count *c, size_t i)
{
	const struct space_dim *d = &c->s->dim[i];
	double values = c->size(c->ctx, i), sum = 0, named = 0;

	if (d->or_number)
		values += c->size(c->ctx, i + 1) - 1;
	for (size_t j = i + 1; j < c->s->n; j++) {
		if (!is_child(c, j, i))
			continue;
		for (size_t w = 0; w < c->s->dim[j].n_when; w++) {
			const struct space_when *when = &c->s->dim[j].when[w];

			if (!c->has(c->ctx, when->dim, when->k) || !first_mention(c, i, j, w))
				continue;
			named++;
			sum += at_value(c, i, when);
		}
	}
	return sum + values - named;
}

bool space_product(const struct space *s, space_size_fn *size, space_has_fn *has,
		   const void *ctx, double *product, struct err *e)
{
	struct count c = {s, size, has, ctx, calloc(s->n, sizeof(double))};

	if (!c.settings)
		return err_nomem(e);
	*product = 1;
	for (size_t i = s->n; i-- > 0;) {
		c.settings[i] = settings(&c, i);
		if (!s->dim[i].n_when)
			*product *= c.settings[i];
	}
	free(c.settings);
	return true;
}

static double all_values(const void *ctx, size_t i)
{
	const struct space *s = ctx;

	return s->dim[i].size;
}

static bool any_value(const void *ctx, size_t i, double k)
{
	(void)ctx;
	(void)i;
	(void)k;
	return true;
}

bool space_count(struct space *s, struct err *e)
{
	return space_product(s, all_values, any_value, s, &s->size, e);
}
