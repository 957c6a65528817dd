/* Types of columns. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tap.h"
#include "data/frame.h"
#include "data/types.h"

static void test_numbers(void)
{
	static const struct {
		const char *s;
		double want; /* NAN: no number */
		enum column_type type;
	} cases[] = {
		{"1", 1, COLUMN_NUMERIC},
		{"-2.5", -2.5, COLUMN_NUMERIC},
		{"+.5", 0.5, COLUMN_NUMERIC},
		{"1e3", 1000, COLUMN_NUMERIC},
		{"1,234,567.5", 1234567.5, COLUMN_NUMERIC},
		{"12%", 12, COLUMN_PERCENTAGE},
		{"12.5 %", 12.5, COLUMN_PERCENTAGE},
		{"$1,200", 1200, COLUMN_CURRENCY},
		{"-$5", -5, COLUMN_CURRENCY},
		{"\xe2\x82\xac"
		 "9",
		 9, COLUMN_CURRENCY},
		{"1,23", NAN, 0},
		{"1,2345", NAN, 0},
		{",123", NAN, 0},
		{"", NAN, 0},
		{".", NAN, 0},
		{"1e", NAN, 0},
		{"0x10", NAN, 0},
		{"1 2", NAN, 0},
		{"nan", NAN, 0},
		{"1e999", NAN, 0},
		{"--1", NAN, 0},
		{"$", NAN, 0},
		{"%", NAN, 0},
		{"$5%", NAN, 0},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum column_type type;
		double v;
		bool good = types_number(cases[i].s, strlen(cases[i].s), &v, &type);

		ok(isnan(cases[i].want) ? !good
					: good && v == cases[i].want && type == cases[i].type,
		   "'%s' as a number", cases[i].s);
	}
}

static void test_missing(void)
{
	static const char *const yes[] = {"",     "NA",  "n/a", "N/A",  "?",   "null",
					  "None", "NaN", ".",   "-inf", "#N/A"};
	static const char *const no[] = {"0", "no", "nano", "-", "nones", "nul"};

	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		ok(types_missing(yes[i], strlen(yes[i])), "'%s' is missing", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		ok(!types_missing(no[i], strlen(no[i])), "'%s' is not missing", no[i]);
}

/* Write a table of two columns, `x` with the given values over and over and `row`. */
static bool table(struct frame *f, const char *const *value, size_t n, size_t rows)
{
	char path[] = "/tmp/drtune-types-XXXXXX";
	FILE *out = fdopen(mkstemp(path), "w");
	struct err e = {0};
	bool good;

	fputs("x,row\n", out);
	for (size_t i = 0; i < rows; i++)
		fprintf(out, "\"%s\",%zu\n", value[i % n], i * 7 % rows);
	fclose(out);
	good = frame_read(f, path, &e);
	unlink(path);
	return good;
}

static void test_columns(void)
{
	static const struct {
		const char *what, *value[3];
		enum column_type type;
		double first; /* number of the first value */
	} cases[] = {
		{"numbers", {"1", "2.5", "?"}, COLUMN_NUMERIC, 1},
		{"percent", {"10%", "20%", "30"}, COLUMN_PERCENTAGE, 10},
		{"currency", {"$10", "$2,000", "NA"}, COLUMN_CURRENCY, 10},
		{"percent and currency do not mix", {"$10", "20%", "3"}, COLUMN_CATEGORICAL, 0},
		{"ISO dates", {"1970-01-02", "2024-02-29", ""}, COLUMN_DATE, 1},
		{"dates with a time",
		 {"1970-01-01T12:00:00Z", "1970-01-03 06:00", ""},
		 COLUMN_DATE,
		 0.5},
		{"month first", {"01/02/1970", "12/31/1970", ""}, COLUMN_DATE, 1},
		{"day first, seen from another value",
		 {"01/02/1970", "31/12/1970", ""},
		 COLUMN_DATE,
		 31},
		{"German dates", {"03.01.1970", "31.12.1999", ""}, COLUMN_DATE, 2},
		{"month and year", {"Feb-70", "Dec-99", ""}, COLUMN_DATE, 31},
		{"no 30 February", {"2024-02-30", "2024-02-01", ""}, COLUMN_CATEGORICAL, 0},
		{"booleans", {"TRUE", "False", "?"}, COLUMN_BOOLEAN, 0},
		{"yes and no", {"Yes", "No", "Yes"}, COLUMN_BOOLEAN, 0},
		{"yes, no and perhaps", {"Yes", "No", "Perhaps"}, COLUMN_CATEGORICAL, 0},
		{"few long labels are categories",
		 {"discharged to home", "transferred to a hospital", "left against advice"},
		 COLUMN_CATEGORICAL,
		 0},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct frame f;

		if (!ok(table(&f, cases[i].value, 3, 60), "%s: read", cases[i].what))
			continue;
		ok(f.column[0].type == cases[i].type &&
			   (!f.column[0].number || f.column[0].number[0] == cases[i].first),
		   "%s: %s", cases[i].what, column_type_name(f.column[0].type));
		frame_release(&f);
	}
}

static void test_many(void)
{
	enum { N = 300 };
	static char text[N][64];
	static const char *value[N];
	struct frame f;

	for (size_t i = 0; i < N; i++) {
		snprintf(text[i], sizeof text[i], "the number %zu of many", i);
		value[i] = text[i];
	}
	if (ok(table(&f, value, N, N), "sentences: read")) {
		ok(f.column[0].type == COLUMN_TEXT && !f.column[0].low_information, "are text");
		ok(f.column[1].type == COLUMN_NUMERIC && !f.column[1].low_information,
		   "shuffled numbers are no key");
		frame_release(&f);
	}
	for (size_t i = 0; i < N; i++)
		snprintf(text[i], sizeof text[i], "name-%zu", i);
	if (ok(table(&f, value, N, N), "names: read")) {
		ok(f.column[0].type == COLUMN_CATEGORICAL && f.column[0].low_information,
		   "names are a key of the rows");
		frame_release(&f);
	}
	for (size_t i = 0; i < N; i++)
		snprintf(text[i], sizeof text[i],
			 "\xe8\xbf\x99\xe6\x98\xaf\xe6\x96\x87\xe6\x9c\xac%zu", i);
	if (ok(table(&f, value, N, N), "Chinese: read")) {
		ok(f.column[0].type == COLUMN_TEXT, "Chinese without spaces is text");
		frame_release(&f);
	}
	for (size_t i = 0; i < N; i++)
		snprintf(text[i], sizeof text[i], "%zu", i + 1);
	if (ok(table(&f, value, N, N), "row numbers: read")) {
		ok(f.column[0].low_information, "rising whole numbers are a key");
		frame_release(&f);
	}
	for (size_t i = 0; i < N; i++)
		snprintf(text[i], sizeof text[i], "%zu", i * 7 % N);
	if (ok(table(&f, value, N, N), "a copy: read")) {
		ok(!f.column[0].low_information && f.column[1].low_information,
		   "the second of two equal columns is a copy");
		frame_release(&f);
	}
	for (size_t i = 0; i < N; i++)
		snprintf(text[i], sizeof text[i], "same");
	if (ok(table(&f, value, N, N), "a constant: read")) {
		ok(f.column[0].low_information, "a constant says nothing");
		frame_release(&f);
	}
}

int main(void)
{
	test_numbers();
	test_missing();
	test_columns();
	test_many();
	return tap_end();
}
