/*
 * search: the choice among values inside the model.
 *
 * Where a setting has several candidates, models are trained on 85 % of the training
 * rows and compared by the project's metric on the other 15 %, and the best setting
 * is put in use.  A point is one combination of candidates; none is tried twice.
 *
 *   exhaustive  all points, or `iterations` of them, drawn at random
 *   greedy      parameter by parameter all its values, the others being the best so far,
 *               over and over until nothing gets better
 *   pattern     from the defaults (or the middle, where a default is no candidate) it steps
 *               along each parameter in turn, in the order of its values, a quarter of
 *               the list at first, and halves its steps when none of them is better (Hooke
 *               & Jeeves, "Direct Search Solution of Numerical and Statistical
 *               Problems", JACM 8, 1961)
 *   halving     accelerated: all points on a ninth of the rows, the best third of them on a
 *               third, the best third of those on all; on fewer rungs where that
 *               were too few rows (Jamieson & Talwalkar, AISTATS 2016)
 *   parzen      Bayesian: where values are frequent among the best of the points tried so
 *               far and not among the others (parzen.h); the default
 *   gaussian    Bayesian: where a Gaussian process of the points tried so far expects the
 *               most improvement (tuner.h)
 *   automatic   exhaustive up to SEARCH_POINTS points, pattern beyond
 */
#ifndef SEARCH_H
#define SEARCH_H

#include "blueprints/pipeline.h"

#define SEARCH_POINTS 64 /* tried at most where the request does not say */
#define SEARCH_POINTS_MAX 4096
#define SEARCH_INNER_SHARE 0.15

enum search_kind {
	SEARCH_AUTOMATIC,
	SEARCH_EXHAUSTIVE,
	SEARCH_GREEDY,
	SEARCH_PATTERN,
	SEARCH_HALVING,
	SEARCH_PARZEN,
	SEARCH_GAUSSIAN,
};

struct search_request {
	enum search_kind kind;
	size_t iterations; /* 0: all of an exhaustive search, else SEARCH_POINTS */
	size_t batch;      /* points between two looks at the clock, and at the model */
	uint64_t seed;     /* of the inner split and what is drawn beside it */
	double time_limit; /* seconds, 0: none; one batch is always tried */
};

/* The field `search` of a job, dr-worker(1), or NULL. ERR_INPUT. */
bool search_request_read(struct search_request *r, const cJSON *field, struct err *e);

/*
 * Choose for the n training rows; does nothing where every setting has one candidate.
 * settings must be those that the pipeline was made with.  The pipeline has to be encoded
 * anew afterwards.  Fails as the pipeline does; ERR_REFUSED where an exhaustive search has
 * more than SEARCH_POINTS_MAX points.
 */
bool search_run(struct pipeline *line, struct settings *settings,
		const struct search_request *request, const uint32_t *train, size_t n,
		struct err *e);

#endif
