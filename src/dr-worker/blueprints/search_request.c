#include <string.h>

#include "blueprints/search.h"
#include "job.h"
#include "json/json.h"

#define ITERATIONS_MAX SEARCH_POINTS_MAX
#define BATCH_MAX 1000
#define SEED_MAX 1000000000
#define TIME_MAX (7 * 24 * 3600)

/* What can be asked for: a type's first algorithm is its default. */
static const struct {
	const char *type, *algorithm;
	enum search_kind kind;
} kinds[] = {
	{"smart", "pattern", SEARCH_PATTERN},
	{"smart", "accelerated", SEARCH_HALVING},
	{"bayesian", "tpe", SEARCH_PARZEN},
	{"bayesian", "gaussian", SEARCH_GAUSSIAN},
	{"brute force", "exhaustive", SEARCH_EXHAUSTIVE},
	{"brute force", "greedy", SEARCH_GREEDY},
};

static bool read_kind(struct search_request *r, const cJSON *field, struct err *e)
{
	const char *type = NULL, *algorithm = NULL;
	bool known_type = false;

	if (!job_required(field, "type", &type, e) ||
	    !job_text(field, "algorithm", &algorithm, e))
		return false;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (strcmp(kinds[i].type, type) != 0)
			continue;
		known_type = true;
		r->kind = kinds[i].kind;
		if (!algorithm || !strcmp(kinds[i].algorithm, algorithm))
			return true;
	}
	return known_type ? err_set(e, ERR_INPUT, "a %s search has no algorithm '%s'", type,
				    algorithm)
			  : err_set(e, ERR_INPUT,
				    "field 'type' must be smart, bayesian or brute force");
}

bool search_request_read(struct search_request *r, const cJSON *field, struct err *e)
{
	static const char *const fields[] = {
		"type",         "algorithm",  "batch_size", "max_iterations",
		"random_state", "time_limit", NULL};
	double batch = 1, iterations = 0, seed = 0;

	*r = (struct search_request){.batch = 1};
	if (!field || cJSON_IsNull(field))
		return true;
	if (!cJSON_IsObject(field))
		return err_set(e, ERR_INPUT, "field 'search' must be an object");
	if (!job_knows(field, fields, e) || !read_kind(r, field, e) ||
	    !job_whole(field, "batch_size", BATCH_MAX, &batch, e) ||
	    !job_whole(field, "max_iterations", ITERATIONS_MAX, &iterations, e) ||
	    !job_whole(field, "random_state", SEED_MAX, &seed, e) ||
	    !job_number(field, "time_limit", 0, TIME_MAX, &r->time_limit, e))
		return err_prefix(e, "search");
	r->batch = batch > 0 ? (size_t)batch : 1;
	r->iterations = (size_t)iterations;
	r->seed = (uint64_t)seed;
	return true;
}
