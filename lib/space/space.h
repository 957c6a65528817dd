/*
 * space: the search space: what may be tried, and its map to numbers.
 *
 * A space is an ordered list of dimensions.  It is written as arguments, as
 * parameter records or as a JSON object (protocol.md, "Search spaces"; every
 * form and the decisions behind it stand in README.md of this folder), and all
 * tools read all three through space_new.
 *
 * Coordinates.  A setting is a vector x of space_dims numbers:
 *
 *   SPACE_REAL      [0, 1], linear in the value or in its logarithm
 *   SPACE_INTEGER   [0, 1]; the values lo, lo + step, ... own equal cells, so the
 *                   interval is widened by half a step at both ends and a value
 *                   sits in the middle of its cell (log: the same interval after
 *                   the logarithm, its lower end not below lo / 2)
 *   SPACE_ORDINAL   [0, 1], evenly by rank: (k + 0.5) / size
 *   SPACE_CATEGORY  the index 0, 1, ... size - 1 itself
 *   inactive        NAN: the condition of the dimension does not hold
 *
 * Dimensions are ordered so that conditions look backwards only; apart from that
 * the order is the one in which they were written, and it is the order of the
 * keys of params.
 *
 * A parameter that may be a number or one of some words (select and int at
 * once) is two dimensions of one name: a SPACE_CATEGORY whose last value stands
 * for "a number", and directly behind it that number, active only then.
 *
 * A space does not change once it is made; several threads may use it.
 */
#ifndef SPACE_H
#define SPACE_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "err/err.h"

enum space_kind {
	SPACE_REAL,     /* a range of real numbers */
	SPACE_INTEGER,  /* lo, lo + step, ..., hi: whole numbers, or any stepped range */
	SPACE_ORDINAL,  /* listed numbers, in ascending order */
	SPACE_CATEGORY, /* listed values of any kind, in the order written */
};

/* One way in which a condition holds: dimension dim is active and has value k. */
struct space_when {
	size_t dim;
	double k;
};

struct space_dim {
	const char *name; /* `max_depth` or `Task name/max_depth` */
	enum space_kind kind;
	bool log;
	bool whole;           /* every value is a whole number */
	double lo, hi;        /* REAL and INTEGER: the first and the last value */
	double step;          /* INTEGER: above 0 */
	double levels;        /* how many levels a grid shall take, 0 where not said */
	double size;          /* number of distinct values, INFINITY for REAL */
	const cJSON **values; /* ORDINAL and CATEGORY: size values */
	bool or_number;       /* CATEGORY: the last value (NULL) is dimension i + 1 */
	const cJSON *initial; /* the model's default, NULL where not known; it may be
			       * a value that the space does not hold */

	/* Active where one of these holds; always active where there is none. */
	const struct space_when *when;
	size_t n_when;

	/* Private: the ends of the coordinate, after the logarithm where log. */
	double from, to;
};

struct space;

/*
 * Read what a file says about a space: a JSON object, or parameter records one
 * a line or in an array.  "-" is standard input, read to its end.  The result is
 * the caller's (cJSON_Delete): an object, or an array of parameter records.
 * ERR_SYSTEM where it cannot be read, ERR_INPUT `PATH:LINE: WHY` where it is
 * something else.
 */
cJSON *space_read(const char *path, struct err *e);

/*
 * Make a space from n arguments and a source as space_read returns it (copied;
 * NULL: none).  With parameter records, the arguments say what is searched and
 * the records hold the constraints, the defaults and the model; without
 * arguments all records are the space, but for those that leave no choice
 * (space_left_out).
 *
 * ERR_USAGE: an argument that cannot be read.  ERR_INPUT: a space that cannot be:
 * empty, a name twice, unknown parameter or parent, a circle of conditions, min
 * above max, log from zero, a value that the records forbid.
 */
struct space *space_new(const char *const *args, size_t n, const cJSON *source, struct err *e);
void space_free(struct space *s);

/* True where an argument names a parameter and leaves its range to the records. */
bool space_is_bare(const char *arg);

/* Number of dimensions, at least 1, and the i-th. Borrowed from s. */
size_t space_dims(const struct space *s);
const struct space_dim *space_dim(const struct space *s, size_t i);

/* The model id that the parameter records carry, or NULL. Borrowed. */
const char *space_model(const struct space *s);

/* The names of parameter records that leave no choice, `a, b`, or NULL. Borrowed. */
const char *space_left_out(const struct space *s);

/* Number of distinct settings, conditions respected; INFINITY with real ranges.
 * Exact below 2^53. */
double space_size(const struct space *s);

/*
 * What space_encode met, as bits.  OUTSIDE: a value that the space does not hold
 * (or one whose condition does not hold); a number is clamped to the range or to
 * the nearest listed one, another category becomes -1, which equals no value and
 * which space_snap turns into 0.  MISSING: an active parameter that params does
 * not name; its default is put there, or else the middle.
 */
enum space_fit {
	SPACE_INSIDE = 0,
	SPACE_OUTSIDE = 1,
	SPACE_MISSING = 2,
};

/* params to x (space_dims numbers). Names that the space does not know are ignored. */
unsigned space_encode(const struct space *s, const cJSON *params, double *x);

/*
 * x to params; x need not be snapped.  Real values are rounded to a short decimal
 * inside the bounds: six significant digits on a log scale, else a power of ten
 * between 1e-6 and 1e-5 of the range (README.md).  NULL: out of memory.
 */
cJSON *space_decode(const struct space *s, const double *x, struct err *e);

/*
 * Move x to the nearest setting that exists: what space_decode and space_encode
 * would make of it.  Equal settings become equal bytes (NAN included), so memcmp
 * recognises a repeat.  An active NAN becomes the default or the middle.
 */
void space_snap(const struct space *s, double *x);

/* Snapped x of a uniform point u of [0, 1)^space_dims: every value of a discrete
 * dimension takes an equal share (log: its share of the logarithm). */
void space_place(const struct space *s, const double *u, double *x);

/* Snapped x of the model's defaults, the middle where there is none. */
void space_initial(const struct space *s, double *x);

/* Does the condition of dimension i hold, given the x of those before it? */
bool space_active(const struct space *s, size_t i, const double *x);

/* Discrete dimensions: the coordinate of value k, and the k (0 to size - 1)
 * nearest to a coordinate.  REAL has no k: index returns 0, coordinate 0. */
double space_dim_coordinate(const struct space_dim *d, double k);
double space_dim_index(const struct space_dim *d, double x);

/* The value at a coordinate, rounded as space_decode does. For a category see
 * values[space_dim_index()]. */
double space_dim_number(const struct space_dim *d, double x);

#endif
