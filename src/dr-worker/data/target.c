#include "data/target.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/types.h"
#include "json/json.h"

/* Class of each distinct value that occurs, up to three classes; returns how many. */
static size_t find_classes(const struct column *c, size_t rows, uint8_t *class_of,
			   size_t first[3])
{
	size_t n = 0;

	memset(class_of, UINT8_MAX, c->n_values);
	for (size_t row = 0; row < rows && n < 3; row++) {
		size_t v = c->code[row], k = 0;

		if (class_of[v] != UINT8_MAX)
			continue;
		while (k < n && (c->number ? c->number[v] != c->number[first[k]]
					   : strcasecmp(column_value(c, v),
							column_value(c, first[k])) != 0))
			k++;
		if (k == n)
			first[n++] = v;
		class_of[v] = (uint8_t)k;
	}
	return n;
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

static bool set_classes(struct target *t, const struct column *c, size_t low, size_t high,
			bool high_is_positive, struct err *e)
{
	size_t class[2] = {low, high};

	for (size_t i = 0; i < 2; i++) {
		cJSON *one = class_json(c, class[i]);

		if (!one)
			return err_nomem(e);
		cJSON_AddItemToArray(t->classes, one);
	}
	t->positive_class = class_json(c, class[high_is_positive]);
	t->label[0] = column_value(c, class[!high_is_positive]);
	t->label[1] = column_value(c, class[high_is_positive]);
	return t->positive_class || err_nomem(e);
}

static bool read_binary(struct target *t, const struct column *c, size_t rows,
			const uint8_t *class_of, const size_t first[3], const cJSON *positive,
			struct err *e)
{
	size_t high = before(c, first[0], first[1]), chosen = high, count[2] = {0, 0};

	if (positive) {
		if (!matches(c, first[0], positive) && !matches(c, first[1], positive))
			return err_set(e, ERR_REFUSED,
				       "the positive class is not one of the target's classes, "
				       "'%s' and '%s'",
				       column_value(c, first[!high]),
				       column_value(c, first[high]));
		chosen = matches(c, first[1], positive);
	}
	for (size_t row = 0; row < rows; row++) {
		size_t class = class_of[c->code[row]];

		t->y[row] = class == chosen;
		count[class]++;
	}
	for (size_t i = 0; i < 2; i++)
		if (count[i] < TARGET_ROWS_MIN)
			return err_set(e, ERR_REFUSED,
				       "the target's class '%s' has %zu rows; at least %d of "
				       "each class are needed",
				       column_value(c, first[i]), count[i], TARGET_ROWS_MIN);
	return set_classes(t, c, first[!high], first[high], chosen == high, e);
}

bool target_read(struct target *t, const struct column *c, size_t rows, const cJSON *positive,
		 struct err *e)
{
	uint8_t *class_of = malloc(c->n_values + 1);
	size_t first[3], n;
	bool ok = false;

	*t = (struct target){.y = malloc(rows * sizeof *t->y), .classes = cJSON_CreateArray()};
	if (!class_of || !t->y || !t->classes) {
		err_nomem(e);
		goto out;
	}
	n = find_classes(c, rows, class_of, first);
	if (n < 2) {
		err_set(e, ERR_REFUSED, "the target '%s' has one value only, '%s'", c->name,
			n ? column_value(c, first[0]) : "");
	} else if (n == 2) {
		ok = read_binary(t, c, rows, class_of, first, positive, e);
	} else if (!column_is_number(c) || c->type == COLUMN_DATE) {
		err_set(e, ERR_REFUSED,
			"the target '%s' has more than two values that are not numbers (%s): "
			"choose one with two classes, or a number",
			c->name, column_type_name(c->type));
	} else {
		t->regression = true;
		for (size_t row = 0; row < rows; row++)
			t->y[row] = c->number[c->code[row]];
		t->positive_class = cJSON_CreateNull();
		ok = t->positive_class || err_nomem(e);
	}
out:
	free(class_of);
	if (!ok)
		target_release(t);
	return ok;
}

void target_release(struct target *t)
{
	free(t->y);
	cJSON_Delete(t->positive_class);
	cJSON_Delete(t->classes);
	*t = (struct target){0};
}
