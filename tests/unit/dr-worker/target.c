/* What a column is as a target. */
#include <stdlib.h>

#include "../tap.h"
#include "data/target.h"

enum { ROWS = 120 };

static uint32_t code[ROWS];

/* A column of these values, each as often as the others, in turn. */
static void fill(size_t n)
{
	for (size_t i = 0; i < ROWS; i++)
		code[i] = (uint32_t)(i % n);
}

/* red, Blue, BLUE, green: three classes. */
static struct column colours(void)
{
	static char bytes[] = "red\0Blue\0BLUE\0green";
	static size_t offset[] = {0, 4, 9, 14, 20};

	fill(4);
	return (struct column){.name = (char *)"colour",
			       .type = COLUMN_CATEGORICAL,
			       .n_values = 4,
			       .bytes = bytes,
			       .offset = offset,
			       .code = code};
}

static struct column numbers(void)
{
	static char bytes[] = "10\00020\0005";
	static size_t offset[] = {0, 3, 6, 8};
	static double number[] = {10, 20, 5};

	fill(3);
	return (struct column){.name = (char *)"size",
			       .type = COLUMN_NUMERIC,
			       .n_values = 3,
			       .bytes = bytes,
			       .offset = offset,
			       .number = number,
			       .code = code};
}

static void test_classes(void)
{
	struct column c = colours();
	struct target t;
	struct err e = {0};
	char *text;

	if (!ok(target_read(&t, &c, ROWS, TARGET_ANY, NULL, &e), "three classes %s", e.text))
		return;
	ok(t.n_classes == 3 && cJSON_IsNull(t.positive_class), "none of them positive");
	text = cJSON_PrintUnformatted(t.classes);
	is_str(text, "[\"Blue\",\"green\",\"red\"]", "in the order of the alphabet");
	ok(t.y[0] == 2 && t.y[1] == 0 && t.y[2] == 0 && t.y[3] == 1, "by their place in it");
	free(text);
	target_release(&t);
	ok(!target_read(&t, &c, ROWS, TARGET_REGRESSION, NULL, &e), "no number");
	is_str(e.text, "the target 'colour' is Multiclass, not Regression", "says so");
}

static void test_numbers(void)
{
	struct column c = numbers();
	struct target t;
	struct err e = {0};
	char *text;

	ok(target_read(&t, &c, ROWS, TARGET_ANY, NULL, &e) && !t.n_classes && t.y[1] == 20,
	   "more than two numbers are a number");
	target_release(&t);
	if (!ok(target_read(&t, &c, ROWS, TARGET_MULTICLASS, NULL, &e), "or classes, if asked"))
		return;
	text = cJSON_PrintUnformatted(t.classes);
	is_str(text, "[5,10,20]", "in rising order");
	ok(t.y[0] == 1 && t.y[2] == 0, "by their place in it");
	free(text);
	target_release(&t);
}

static void test_few(void)
{
	struct column c = colours();
	struct target t;
	struct err e = {0};

	for (size_t i = 0; i < ROWS; i++)
		code[i] = i < 9 ? 3 : i % 3;
	ok(!target_read(&t, &c, ROWS, TARGET_ANY, NULL, &e), "a class of nine rows");
	is_str(e.text,
	       "the target's class 'green' has 9 rows; at least 10 of each class are needed",
	       "says so");
}

int main(void)
{
	test_classes();
	test_numbers();
	test_few();
	return tap_end();
}
