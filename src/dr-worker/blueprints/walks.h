/*
 * walks: the ways through the points of a search.  Used by search.c only.
 */
#ifndef WALKS_H
#define WALKS_H

#include <stdbool.h>
#include <stddef.h>

#include "blueprints/search.h"

/* A setting with several candidates. */
struct axis {
	struct setting *setting;
	size_t at, best, step; /* numbers of candidates; the length of a step */
	bool encodes;          /* belongs to a step before the learner */
	size_t encoded;        /* at, when these steps were last run */
};

struct search {
	struct pipeline *line;
	const struct search_request *request;
	struct axis *axis;
	size_t n_axes;
	double combinations;
	uint32_t *row; /* those learned from, then those compared on */
	size_t n_learn, n_compare;
	const uint32_t *learn; /* those that are learned from now: as a rule the former */
	size_t n_now;
	size_t n_encoded; /* how many there were when the steps before the learner were run */
	double *y, *p;
	size_t *tried; /* most x n_axes */
	double *loss;  /* of each point tried, smaller is better; not finite: no score */
	size_t points, most;
	double best;
	double start_s; /* of the clock */
};

/* Train at axis[].at unless that was done before or the search is over; *better: is it
 * the best so far?  Notes the best in axis[].best. */
bool search_try(struct search *s, bool *better, struct err *e);

/* Train at axis[].at whatever was done before. */
bool search_loss(struct search *s, double *loss, struct err *e);

/* No more points are wanted, or there is no time. */
bool search_over(const struct search *s);

/* Whether there is no time left, after so many models: one batch is always tried. */
bool search_late(const struct search *s, size_t trained);

void search_back_to_best(struct search *s);

bool walks_exhaustive(struct search *s, struct err *e);
bool walks_greedy(struct search *s, struct err *e);
bool walks_pattern(struct search *s, struct err *e);
bool walks_halving(struct search *s, struct err *e);
bool walks_gaussian(struct search *s, struct err *e);
bool walks_parzen(struct search *s, struct err *e);

#endif
