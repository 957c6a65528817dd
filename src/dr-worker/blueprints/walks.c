#include "blueprints/walks.h"

#include "rng/rng.h"

static bool every_point(struct search *s, struct err *e)
{
	size_t k = 0;
	bool better;

	for (size_t i = 0; i < s->n_axes; i++)
		s->axis[i].at = 0;
	while (k < s->n_axes && !search_over(s)) {
		if (!search_try(s, &better, e))
			return false;
		for (k = 0; k < s->n_axes; k++) { /* count on, the first axis fastest */
			if (++s->axis[k].at < s->axis[k].setting->n)
				break;
			s->axis[k].at = 0;
		}
	}
	return true;
}

bool walks_exhaustive(struct search *s, struct err *e)
{
	struct rng r;
	bool better;

	if (s->combinations <= (double)s->most)
		return every_point(s, e);
	rng_init(&r, s->request->seed, 1);
	while (!search_over(s)) {
		for (size_t k = 0; k < s->n_axes; k++)
			s->axis[k].at = (size_t)rng_below(&r, s->axis[k].setting->n);
		if (!search_try(s, &better, e))
			return false;
	}
	return true;
}

bool walks_greedy(struct search *s, struct err *e)
{
	bool better = true;

	if (!search_try(s, &better, e))
		return false;
	while (better && !search_over(s)) {
		better = false;
		for (size_t k = 0; k < s->n_axes; k++)
			for (size_t v = 0; v < s->axis[k].setting->n; v++) {
				bool one;

				search_back_to_best(s);
				s->axis[k].at = v;
				if (!search_try(s, &one, e))
					return false;
				better = better || one;
			}
	}
	return true;
}

/* One step each way along each axis, from the best point; *better: did one help? */
static bool explore(struct search *s, bool *better, struct err *e)
{
	*better = false;
	for (size_t k = 0; k < s->n_axes; k++) {
		struct axis *a = &s->axis[k];

		for (int up = 1; up >= 0; up--) {
			bool one;

			search_back_to_best(s);
			if (up ? a->at + a->step >= a->setting->n : a->at < a->step)
				continue;
			a->at = up ? a->at + a->step : a->at - a->step;
			if (!search_try(s, &one, e))
				return false;
			*better = *better || one;
		}
	}
	return true;
}

bool walks_pattern(struct search *s, struct err *e)
{
	bool better, finest = false;

	if (!search_try(s, &better, e))
		return false;
	for (;;) {
		if (!explore(s, &better, e))
			return false;
		if (search_over(s) || (!better && finest))
			return true;
		if (better)
			continue;
		finest = true;
		for (size_t k = 0; k < s->n_axes; k++) {
			finest = finest && s->axis[k].step == 1;
			s->axis[k].step = s->axis[k].step / 2 ? s->axis[k].step / 2 : 1;
		}
	}
}
