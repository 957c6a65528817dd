/* search: how a list of values is to be searched over inside the model. */
#ifndef SEARCH_H
#define SEARCH_H

#include "web/web.h"

/*
 * What the body asks for by gridSearchArguments (an object, or a list of one), or by
 * the same keys beside the parameters, as the worker takes it: dr-worker(1), fit,
 * search.  *search is the caller's, and NULL where nothing is asked.  Names are
 * compared by their letters, so that BRUTE_FORCE, bruteForce and the Python client's
 * "full" are one.  False: answered 422.
 */
bool search_read(struct web_request *r, cJSON **search);

/* Keys of the body that search_read reads. */
#define SEARCH_FIELDS                                                                          \
	"gridSearchArguments", "searchType", "algorithm", "batchSize", "maxIterations",        \
		"randomState", "wallClockTimeLimit"

/* Combinations that a search over all of them may try. */
#define SEARCH_POINTS_MAX 4096

/* Whether the search can go over these lists ({parameterId: [value, ...]}).
 * False: answered 422. */
bool search_fits(struct web_request *r, const cJSON *search, const cJSON *lists);

#endif
