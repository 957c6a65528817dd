/*
 * space: a search space: arguments, a line each; after an empty line a JSON object or parameter
 * records.
 *
 * Aims at lib/space/argument.c lib/space/object.c lib/space/read.c lib/space/space.c
 * lib/space/build.c lib/space/param.c lib/space/cube.c lib/space/nearest.c lib/space/count.c
 * lib/space/grid.c.
 */
#include "fuzz.h"

#include <math.h>

#include "rng/rng.h"
#include "space/grid.h"
#include "space/param.h"
#include "space/space.h"

#define ARGS_MAX 16
#define SETTINGS_MAX 50 /* of a grid */

/* What is decoded is encoded to the same bytes: so a repeat is recognised. */
static void settles(const struct space *s, const double *x, bool inside)
{
	size_t size = space_dims(s) * sizeof(double);
	double *back = malloc(size);
	struct err e = {0};
	cJSON *params = space_decode(s, x, &e);
	unsigned fit = space_encode(s, params, back);

	must(params && back);
	must(!inside || fit == SPACE_INSIDE);
	must(memcmp(x, back, size) == 0);
	fuzz_round_trip(params);
	cJSON_Delete(params);
	free(back);
}

static void points(const struct space *s)
{
	size_t n = space_dims(s);
	double *u = malloc(n * sizeof(*u)), *x = malloc(n * sizeof(*x));
	struct rng rng;

	must(u && x);
	rng_init(&rng, 1, 0);
	for (int i = 0; i < 8; i++) {
		for (size_t k = 0; k < n; k++)
			u[k] = i == 0 ? 0 : i == 1 ? 1 - 0x1p-53 : rng_uniform(&rng);
		space_place(s, u, x);
		settles(s, x, true);
	}
	space_initial(s, x);
	settles(s, x, true);
	free(x);
	free(u);
}

/* As many settings as counted, each of them in the space. */
static void grid(const struct space *s, bool all)
{
	struct err e = {0};
	struct grid *g = grid_new(s, 3, &e);
	double *x = malloc(space_dims(s) * sizeof(*x)), count, n = 0;
	const cJSON *params = NULL;

	must(x);
	if (!g)
		fuzz_failed(&e);
	count = g ? grid_count(g) : 0;
	while (g && n < SETTINGS_MAX && (params = grid_next(g, &e))) {
		must(space_encode(s, params, x) == SPACE_INSIDE);
		n++;
	}
	must(e.kind != ERR_SYSTEM);
	must(!g || n == fmin(count, SETTINGS_MAX));
	must(!g || !all || count <= space_size(s) || space_size(s) > 0x1p53);
	free(x);
	grid_free(g);
}

/* Other params than those of the space. */
static void foreign(const struct space *s, const cJSON *source)
{
	double *x = malloc(space_dims(s) * sizeof(*x));

	must(x);
	space_encode(s, cJSON_IsArray(source) ? source->child : source, x);
	space_snap(s, x);
	settles(s, x, false);
	free(x);
}

static void look(const struct space *s, const cJSON *source)
{
	must(space_dims(s) > 0 && space_size(s) >= 1);
	for (size_t i = 0; i < space_dims(s); i++) {
		const struct space_dim *d = space_dim(s, i);

		must(*d->name && d->size >= 1 && isinf(d->size) == (d->kind == SPACE_REAL));
		must(d->kind >= SPACE_ORDINAL || d->lo <= d->hi);
		for (size_t k = 0; k < d->n_when; k++)
			must(d->when[k].dim < i);
	}
	points(s);
	grid(s, true);
	foreign(s, source);
}

static void records(const cJSON *source)
{
	const cJSON *rec, *v;

	cJSON_ArrayForEach (rec, source) {
		struct err e = {0};

		must(param_is(rec));
		cJSON_ArrayForEach (v, rec) {
			e = (struct err){0};
			if (!param_check(rec, v, &e))
				fuzz_failed(&e);
			param_option(rec, v);
		}
		free(param_nearest(source, json_str(rec, "parameter")));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *arg[ARGS_MAX], *line;
	struct err e = {0};
	cJSON *source = NULL;
	struct space *s;
	size_t n = 0;

	while (n < ARGS_MAX && (line = fuzz_line(&data, &size)) && *line)
		arg[n++] = line;
	if (n < ARGS_MAX)
		free(line);
	if (size && !(source = space_read(fuzz_file("space", data, size), &e)))
		fuzz_failed(&e);
	if (cJSON_IsArray(source))
		records(source);
	e = (struct err){0};
	if ((s = space_new((const char *const *)arg, n, source, &e)))
		look(s, source);
	else
		fuzz_failed(&e);
	must(s || e.kind == ERR_USAGE || e.kind == ERR_INPUT);
	space_free(s);
	cJSON_Delete(source);
	while (n > 0)
		free(arg[--n]);
	return 0;
}
