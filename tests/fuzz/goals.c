/*
 * goals: an objective, a constraint and a cost, a line each, then the record of a trial.
 *
 * Aims at lib/tuner/goals.c.
 */
#include "fuzz.h"

#include <math.h>

#include "tuner/goals.h"

static void read_back(const struct goals *g, const cJSON *rec)
{
	double v[3];

	must(goals_count(g) <= 3);
	for (int less = 0; less < 2; less++) {
		goals_read(g, rec, less, v);
		for (size_t i = 0; i < goals_count(g); i++)
			must(isnan(v[i]) || isfinite(v[i]));
		must(goals_objectives(g) == 1);
		must(isnan(v[0]) || isfinite(goals_back(g, 0, less, v[0])));
		if (goals_met(g, v) && goals_constraints(g))
			must(!isnan(v[1]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *objective = fuzz_line(&data, &size), *constraint = fuzz_line(&data, &size),
	     *cost = fuzz_line(&data, &size), *text = fuzz_text(data, size);
	struct err e = {0};
	cJSON *rec = json_parse(text, size, NULL, &e);
	struct goals *g;

	e = (struct err){0};
	g = goals_new((const char *const *)&objective, objective && *objective,
		      (const char *const *)&constraint, constraint && *constraint,
		      cost && *cost ? cost : NULL, &e);
	if (!g) {
		fuzz_failed(&e);
		must(e.kind == ERR_USAGE);
	} else if (cJSON_IsObject(rec)) {
		read_back(g, rec);
	}
	goals_free(g);
	cJSON_Delete(rec);
	free(text);
	free(cost);
	free(constraint);
	free(objective);
	return 0;
}
