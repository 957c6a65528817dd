#include "data/target.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/types.h"
#include "json/json.h"

#define NUMBER_MAX 1e30 /* of a target, in size */

/* The classes of a column: one for each number, or text compared without case. */
struct classes {
	uint8_t *of;                          /* of each distinct value; UINT8_MAX: none */
	size_t first[TARGET_CLASSES_MAX + 1]; /* the value of each that comes first */
	size_t n;
};

/* Those that occur, up to one more than can be served. */
static void find_classes(const struct column *c, size_t rows, struct classes *k)
{
	memset(k->of, UINT8_MAX, c->n_values);
	k->n = 0;
	for (size_t row = 0; row < rows && k->n <= TARGET_CLASSES_MAX; row++) {
		size_t v = c->code[row], i = 0;

		if (v == FRAME_NA || k->of[v] != UINT8_MAX)
			continue;
		while (i < k->n && (c->number ? c->number[v] != c->number[k->first[i]]
					      : strcasecmp(column_value(c, v),
							   column_value(c, k->first[i])) != 0))
			i++;
		if (i == k->n)
			k->first[k->n++] = v;
		k->of[v] = (uint8_t)i;
	}
}

static bool is_yes(const char *s)
{
	return !strcasecmp(s, "yes") || !strcasecmp(s, "true") || !strcasecmp(s, "y") ||
	       !strcasecmp(s, "t");
}

/* Is value a before value b, so that b is the positive class by default? */
static bool before(const struct column *c, size_t a, size_t b)
{
	const char *x = column_value(c, a), *y = column_value(c, b);

	if (c->number)
		return c->number[a] < c->number[b];
	if (is_yes(x) != is_yes(y))
		return is_yes(y);
	return strcasecmp(x, y) < 0;
}

static bool matches(const struct column *c, size_t v, const cJSON *positive)
{
	enum column_type type;
	double number;

	if (cJSON_IsBool(positive))
		return is_yes(column_value(c, v)) == cJSON_IsTrue(positive);
	if (cJSON_IsNumber(positive))
		return types_number(column_value(c, v), column_value_len(c, v), &number,
				    &type) &&
		       number == positive->valuedouble;
	if (!cJSON_IsString(positive))
		return false;
	if (c->number &&
	    types_number(positive->valuestring, strlen(positive->valuestring), &number, &type))
		return number == c->number[v];
	return !strcasecmp(positive->valuestring, column_value(c, v));
}

static cJSON *class_json(const struct column *c, size_t v)
{
	return c->type == COLUMN_NUMERIC ? cJSON_CreateNumber(c->number[v])
					 : cJSON_CreateString(column_value(c, v));
}

static bool put_class(struct target *t, const struct column *c, size_t v, struct err *e)
{
	return json_append(t->classes, class_json(c, v)) || err_nomem(e);
}

static bool check_counts(const struct column *c, size_t rows, const struct classes *k,
			 struct err *e)
{
	size_t count[TARGET_CLASSES_MAX + 1] = {0};

	for (size_t row = 0; row < rows; row++)
		if (c->code[row] != FRAME_NA)
			count[k->of[c->code[row]]]++;
	for (size_t i = 0; i < k->n; i++)
		if (count[i] < TARGET_ROWS_MIN)
			return err_set(e, ERR_REFUSED,
				       "the target's class '%s' has %zu rows; at least %d of "
				       "each class are needed",
				       column_value(c, k->first[i]), count[i], TARGET_ROWS_MIN);
	return true;
}

static bool read_binary(struct target *t, const struct column *c, size_t rows,
			const struct classes *k, const cJSON *positive, struct err *e)
{
	const size_t *first = k->first;
	size_t high = before(c, first[0], first[1]), chosen = high;

	if (positive) {
		if (!matches(c, first[0], positive) && !matches(c, first[1], positive))
			return err_set(e, ERR_REFUSED,
				       "the positive class is not one of the target's classes, "
				       "'%s' and '%s'",
				       column_value(c, first[!high]),
				       column_value(c, first[high]));
		chosen = matches(c, first[1], positive);
	}
	for (size_t row = 0; row < rows; row++)
		t->y[row] = k->of[c->code[row]] == chosen;
	t->positive_class = class_json(c, first[chosen]);
	return (t->positive_class || err_nomem(e)) && put_class(t, c, first[!high], e) &&
	       put_class(t, c, first[high], e);
}

/* Where class i is in the order of all. */
static size_t place_of(const struct column *c, const struct classes *k, size_t i)
{
	size_t place = 0;

	for (size_t j = 0; j < k->n; j++)
		place += c->number ? c->number[k->first[j]] < c->number[k->first[i]]
				   : strcasecmp(column_value(c, k->first[j]),
						column_value(c, k->first[i])) < 0;
	return place;
}

static bool read_multiclass(struct target *t, const struct column *c, size_t rows,
			    const struct classes *k, const cJSON *positive, struct err *e)
{
	size_t place[TARGET_CLASSES_MAX + 1], at[TARGET_CLASSES_MAX + 1];

	if (positive)
		return err_set(e, ERR_REFUSED,
			       "the target has %zu classes: none of them is the positive one",
			       k->n);
	for (size_t i = 0; i < k->n; i++)
		at[place[i] = place_of(c, k, i)] = i;
	for (size_t row = 0; row < rows; row++)
		t->y[row] = (double)place[k->of[c->code[row]]];
	for (size_t i = 0; i < k->n; i++)
		if (!put_class(t, c, k->first[at[i]], e))
			return false;
	return (t->positive_class = cJSON_CreateNull()) || err_nomem(e);
}

static bool read_number(struct target *t, const struct column *c, size_t rows, struct err *e)
{
	/* Learners count in single precision, and metrics square. */
	for (size_t v = 0; v < c->n_values; v++)
		if (fabs(c->number[v]) > NUMBER_MAX)
			return err_set(e, ERR_REFUSED,
				       "the target '%s' has numbers beyond 1e30: divide them",
				       c->name);
	for (size_t row = 0; row < rows; row++)
		t->y[row] = c->number[c->code[row]];
	return (t->positive_class = cJSON_CreateNull()) || err_nomem(e);
}

/* What the target is, or ERR_REFUSED. */
static bool decide(const struct column *c, const struct classes *k, enum target_kind want,
		   enum target_kind *kind, struct err *e)
{
	bool number = column_is_number(c) && c->type != COLUMN_DATE;

	if (k->n < 2)
		return err_set(e, ERR_REFUSED, "the target '%s' has one value only, '%s'",
			       c->name, k->n ? column_value(c, k->first[0]) : "");
	*kind = k->n == 2                             ? TARGET_BINARY
		: number && want != TARGET_MULTICLASS ? TARGET_REGRESSION
						      : TARGET_MULTICLASS;
	if (want == TARGET_REGRESSION && number)
		*kind = TARGET_REGRESSION;
	if (*kind == TARGET_MULTICLASS && k->n > TARGET_CLASSES_MAX)
		return err_set(e, ERR_REFUSED,
			       "the target '%s' has more than %d classes (%s): choose one with "
			       "fewer, or a number",
			       c->name, TARGET_CLASSES_MAX, column_type_name(c->type));
	if (want != TARGET_ANY && want != *kind) {
		static const char *const name[] = {"", "Binary", "Regression", "Multiclass"};

		return err_set(e, ERR_REFUSED, "the target '%s' is %s, not %s", c->name,
			       name[*kind], name[want]);
	}
	return true;
}

bool target_read(struct target *t, const struct column *c, size_t rows, enum target_kind kind,
		 const cJSON *positive, struct err *e)
{
	struct classes k = {.of = malloc(c->n_values + 1)};
	bool ok = false;

	*t = (struct target){.y = malloc(rows * sizeof *t->y), .classes = cJSON_CreateArray()};
	if (!k.of || !t->y || !t->classes) {
		err_nomem(e);
		goto out;
	}
	find_classes(c, rows, &k);
	if (!decide(c, &k, kind, &kind, e))
		goto out;
	if (kind == TARGET_REGRESSION) {
		ok = read_number(t, c, rows, e);
		goto out;
	}
	t->n_classes = k.n;
	ok = check_counts(c, rows, &k, e) &&
	     (k.n == 2 ? read_binary : read_multiclass)(t, c, rows, &k, positive, e);
out:
	free(k.of);
	if (!ok)
		target_release(t);
	return ok;
}

bool target_could_be(const struct column *c, size_t rows, enum target_kind *kind)
{
	struct classes k = {.of = malloc(c->n_values + 1)};
	struct err e = {0};
	bool could;

	*kind = TARGET_BINARY;
	if (!k.of)
		return false;
	find_classes(c, rows, &k);
	could = rows - c->n_missing >= TARGET_TABLE_MIN &&
		decide(c, &k, TARGET_ANY, kind, &e) &&
		(*kind == TARGET_REGRESSION || check_counts(c, rows, &k, &e));
	free(k.of);
	if (!could)
		*kind = TARGET_ANY;
	return could;
}

void target_release(struct target *t)
{
	free(t->y);
	cJSON_Delete(t->positive_class);
	cJSON_Delete(t->classes);
	*t = (struct target){0};
}
