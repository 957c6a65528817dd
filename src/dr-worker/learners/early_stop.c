#include "learners/early_stop.h"

#include <math.h>
#include <stdlib.h>

bool early_stop_init(struct early_stop *s, size_t interval, size_t smooth_interval,
		     struct err *e)
{
	*s = (struct early_stop){
		.interval = interval,
		.window = (smooth_interval + interval - 1) / interval,
		.best_loss = INFINITY,
	};
	s->recent = calloc(s->window, sizeof *s->recent);
	return s->recent || err_nomem(e);
}

void early_stop_release(struct early_stop *s)
{
	free(s->recent);
}

bool early_stop_due(const struct early_stop *s, long round)
{
	return (size_t)round % s->interval == 0;
}

bool early_stop_note(struct early_stop *s, long round, double loss)
{
	double *slot = &s->recent[s->n % s->window];
	bool full = s->n >= s->window, falls = loss < *slot;

	if (loss < s->best_loss) {
		s->best_loss = loss;
		s->best_round = round;
	}
	*slot = loss;
	s->n++;
	return !isfinite(loss) || (full && !falls);
}
