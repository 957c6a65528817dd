/*
 * csv: a file of any bytes as records.
 *
 * Aims at lib/csv/csv.c.
 */
#include "fuzz.h"

#include "csv/csv.h"

struct reading {
	struct json_text out; /* as csv that leaves nothing open */
	size_t records;
	bool failed;
};

static void put_field(struct json_text *t, const struct csv_field *f)
{
	json_text_add(t, "\"", 1);
	for (size_t i = 0; i < f->len; i++)
		json_text_add(t, f->s[i] == '"' ? "\"\"" : f->s + i, f->s[i] == '"' ? 2 : 1);
	json_text_add(t, "\"", 1);
}

static void read_all(struct reading *to, const void *data, size_t size)
{
	struct err e = {0};
	struct csv *c = csv_open(fuzz_file("table.csv", data, size), &e);
	const struct csv_field *field;
	enum csv_result got = CSV_ERROR;
	size_t n, line = 0;

	while (c && (got = csv_next(c, &field, &n, &e)) == CSV_RECORD) {
		must(n > 0 && n <= CSV_COLUMNS_MAX && csv_line(c) > line);
		line = csv_line(c);
		for (size_t i = 0; i < n; i++) {
			must(field[i].len <= CSV_FIELD_MAX * 3);
			must(json_utf8_prefix(field[i].s, field[i].len) == field[i].len);
			put_field(&to->out, &field[i]);
			json_text_add(&to->out, i + 1 < n ? "," : "\r\n", i + 1 < n ? 1 : 2);
		}
		to->records++;
	}
	to->failed = got == CSV_ERROR;
	if (to->failed)
		fuzz_failed(&e);
	must(e.kind == ERR_NONE || e.kind == ERR_REFUSED);
	csv_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading first = {0}, second = {0};

	read_all(&first, data, size);
	if (first.records) {
		read_all(&second, first.out.s, first.out.len);
		must(!second.failed && second.records == first.records);
		must(strcmp(first.out.s, second.out.s) == 0);
	}
	json_text_release(&second.out);
	json_text_release(&first.out);
	return 0;
}
