/* What the files of lib/space share. */
#ifndef SPACE_INTERNAL_H
#define SPACE_INTERNAL_H

#include "json/json.h"
#include "space/space.h"

/*
 * One parameter as it was written, before records and conditions are looked up:
 * the common form of arguments, JSON objects and parameter records.
 */
struct spec {
	char *name;
	bool bare;   /* neither values nor range: the records say them */
	bool ranged; /* lo, hi and whole hold */
	bool whole;
	double lo, hi;
	bool log;
	double step;   /* 0: none */
	double levels; /* 0: none */
	cJSON *values; /* array, or NULL */
	char *parent;  /* condition: this parameter has one of ... */
	cJSON *when;   /* ... these values (array); both NULL where there is none */
	cJSON *initial;
};

#define SPACE_LEVELS_MAX 1000000 /* a table of so many doubles is made */
#define SPACE_DIMS_MAX 1024      /* bounds the cost of ordering, cubic at worst */
#define SPACE_VALUES_MAX 10000   /* listed values are compared with each other */

struct space {
	size_t n, n_spec;
	struct space_dim *dim; /* n */
	struct spec *spec;     /* n_spec; names and values of dim point into it */
	struct json_text left_out;
	char *model;
	double size;
};

void spec_release(struct spec *p);

/* Read one argument. ERR_USAGE. p is to be released in any case. */
bool spec_argument(struct spec *p, const char *arg, struct err *e);

/* Read one member of a JSON object. ERR_INPUT. */
bool spec_member(struct spec *p, const cJSON *member, struct err *e);

/* Is the list of values (or NULL) short enough? ERR_INPUT. */
bool spec_check_values(const char *name, const cJSON *values, struct err *e);

/* Turn s->spec into s->dim. ERR_INPUT. */
bool space_build(struct space *s, struct err *e);

/* The value index of v in d, or -1; d discrete. */
double space_dim_find(const struct space_dim *d, const cJSON *v);

/*
 * Number of settings where dimension i takes size(i) values, of which value k of
 * a condition is one if has(i, k).
 */
typedef double space_size_fn(const void *ctx, size_t i);
typedef bool space_has_fn(const void *ctx, size_t i, double k);
bool space_product(const struct space *s, space_size_fn *size, space_has_fn *has,
		   const void *ctx, double *product, struct err *e);

/* Set s->size. */
bool space_count(struct space *s, struct err *e);

#endif
