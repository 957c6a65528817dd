/* The walk by the tree-structured Parzen estimator. */
#include "blueprints/walks.h"

#include <stdlib.h>

#include "blueprints/parzen.h"

/* A quarter of the points at most are tried before there is anything to go by. */
static size_t start_points(const struct search *s)
{
	size_t quarter = (s->most + 3) / 4;

	return quarter < PARZEN_START ? quarter : PARZEN_START;
}

static bool is_ordered(const struct setting *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->candidate[i].word)
			return false;
	return true;
}

/* Choose a batch by what is known now; the first of all is where the search starts. */
static bool choose_batch(const struct search *s, struct parzen *p, size_t *room, struct err *e)
{
	size_t want = s->request->batch;

	p->n_told = s->points;
	for (; want && p->n_points < s->most; want--, p->n_points++) {
		size_t *next = room + p->n_points * s->n_axes;
		struct rng r;

		rng_init(&r, s->request->seed, p->n_points + 1);
		if (!p->n_points)
			for (size_t k = 0; k < s->n_axes; k++)
				next[k] = s->axis[k].at;
		else if (p->n_told < start_points(s))
			parzen_random(p, &r, next);
		else if (!parzen_next(p, &r, next, e))
			return false;
	}
	return true;
}

/* All that is chosen is new, so that points are tried in the order in which they were
 * chosen, and s->loss belongs to them. */
bool walks_parzen(struct search *s, struct err *e)
{
	struct parzen_axis *axis = calloc(s->n_axes, sizeof *axis);
	size_t *room = calloc(s->most * s->n_axes, sizeof *room);
	struct parzen p = {.axis = axis, .n_axes = s->n_axes, .point = room, .loss = s->loss};
	bool ok = (axis && room) || err_nomem(e), better;

	for (size_t k = 0; ok && k < s->n_axes; k++)
		axis[k] = (struct parzen_axis){s->axis[k].setting->n,
					       is_ordered(s->axis[k].setting)};
	while (ok && !search_over(s)) {
		size_t i = p.n_points;

		ok = choose_batch(s, &p, room, e);
		for (; ok && i < p.n_points; i++) {
			for (size_t k = 0; k < s->n_axes; k++)
				s->axis[k].at = room[i * s->n_axes + k];
			ok = search_try(s, &better, e);
		}
	}
	free(room);
	free(axis);
	return ok;
}
