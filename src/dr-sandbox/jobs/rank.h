/* rank: the models of a project, the best first. */
#ifndef RANK_H
#define RANK_H

#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

#define RANK_METRIC_MAX 128

struct rank_model {
	char id[STORE_ID_LEN + 1], blueprint[33], list[STORE_ID_LEN + 1];
	double validation, cross_validation; /* NAN: there is none */
};

/* The project's metric, "" before it has a target; and whether less is better.
 * False: there is no such project. */
bool rank_metric(struct store *s, const char *project, char name[RANK_METRIC_MAX],
		 bool *ascending);

/* Whether less is better by this metric; false: the project has no such metric. */
bool rank_direction(struct store *s, const char *project, const char *metric, bool *ascending);

/* Which models, and how they are ranked. */
struct rank_query {
	const char *project;
	const char *list;  /* of this one only, or NULL */
	double sample_pct; /* of this share of the rows */
	bool by_cross_validation, with_blends;
};

/*
 * The models that were trained with a blueprint as it is offered, neither tuned nor frozen,
 * and blends where they are asked for.  *out is the caller's.  False: out of memory.
 */
bool rank_models(struct store *s, const struct rank_query *query, struct rank_model **out,
		 size_t *n);

#endif
