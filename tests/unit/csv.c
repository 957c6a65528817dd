/* The CSV reader: every case as the bytes of a file and what comes out. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"
#include "csv/csv.h"

/* Fields between bars, records between newlines of "|" at the end; an error as "!TEXT". */
static char *read_all(const char *bytes, size_t len)
{
	char path[] = "/tmp/drtune-csv-XXXXXX", *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int fd = mkstemp(path);
	struct err e = {0};
	struct csv *csv = NULL;
	const struct csv_field *field;
	enum csv_result got = CSV_ERROR;
	size_t n;

	if (fd >= 0 && write(fd, bytes, len) == (ssize_t)len)
		csv = csv_open(path, &e);
	while (csv && (got = csv_next(csv, &field, &n, &e)) == CSV_RECORD) {
		for (size_t i = 0; i < n; i++)
			fprintf(out, "%.*s|", (int)field[i].len, field[i].s);
		fputs("\n", out);
	}
	if (!csv || got == CSV_ERROR)
		fprintf(out, "!%s", e.text);
	csv_free(csv);
	close(fd);
	unlink(path);
	fclose(out);
	return text;
}

static const struct {
	const char *what, *bytes, *want;
} cases[] = {
	{"plain", "a,b\n1,2\n", "a|b|\n1|2|\n"},
	{"no newline at the end", "a,b\n1,2", "a|b|\n1|2|\n"},
	{"CRLF", "a,b\r\n1,2\r\n", "a|b|\n1|2|\n"},
	{"CR alone", "a,b\r1,2\r", "a|b|\n1|2|\n"},
	{"empty lines are passed over", "a,b\n\n\r\n1,2\n\n", "a|b|\n1|2|\n"},
	{"empty fields stay", "a,,c\n,,\n", "a||c|\n|||\n"},
	{"quotes", "\"a\",\"b,c\"\n", "a|b,c|\n"},
	{"doubled quotes", "\"a \"\"b\"\"\",c\n", "a \"b\"|c|\n"},
	{"a quoted newline", "\"a\nb\",c\n", "a\nb|c|\n"},
	{"a quoted CRLF", "\"a\r\nb\",c\n", "a\r\nb|c|\n"},
	{"an empty quoted field", "\"\",c\n", "|c|\n"},
	{"spaces around fields and quotes", " a , \"b\" \n", "a|b|\n"},
	{"a quote inside a plain field", "5\" pipe,b\n", "5\" pipe|b|\n"},
	{"byte-order mark",
	 "\xef\xbb\xbf"
	 "a,b\n",
	 "a|b|\n"},
	{"semicolons", "a;b;c\n1,5;2;3\n", "a|b|c|\n1,5|2|3|\n"},
	{"tabs", "a\tb\n1\t2\n", "a|b|\n1|2|\n"},
	{"bars", "a|b|c\n", "a|b|c|\n"},
	{"a delimiter inside quotes does not count", "\"a;b;c\",d\n", "a;b;c|d|\n"},
	{"UTF-8", "\xc3\xa9,\xe2\x82\xac\n", "\xc3\xa9|\xe2\x82\xac|\n"},
	{"Latin-1", "caf\xe9,\xfc\n", "caf\xc3\xa9|\xc3\xbc|\n"},
	{"Windows-1252 quotes", "\x93x\x94,\x80\n",
	 "\xe2\x80\x9cx\xe2\x80\x9d|\xe2\x82\xac|\n"},
	{"only the field that needs it is converted", "\xe9,\xc3\xa9\n",
	 "\xc3\xa9|\xc3\xa9|\n"},
	{"an open quote", "a,b\n1,\"2\n3\n", "a|b|\n!line 2: a quote that is not closed"},
	{"text after a quote", "a,b\n\"1\"2,3\n",
	 "a|b|\n!line 2: text after a closing quote (quotes inside a quoted field are "
	 "doubled)"},
	{"lines are counted through quotes", "\"a\n\n\r\n\",b\n1,\"\n",
	 "a|b|\n!line 5: a quote that is not closed"},
	{"gzip", "\x1f\x8b\x08", "!the file is compressed by gzip: unpack it first"},
	{"a spreadsheet", "PK\x03\x04",
	 "!the file is a zip archive or a spreadsheet: save it as CSV"},
	{"UTF-16",
	 "\xff\xfe"
	 "a",
	 "!the file is in UTF-16: save it as UTF-8"},
	{"an empty file", "", ""},
};

static void test_cases(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *got = read_all(cases[i].bytes, strlen(cases[i].bytes));

		is_str(got, cases[i].want, cases[i].what);
		free(got);
	}
}

static void test_bounds(void)
{
	size_t big = CSV_FIELD_MAX + 1;
	char *bytes = malloc(big), *got;

	memset(bytes, 'x', big);
	got = read_all(bytes, big);
	is_str(got, "!line 1: a field of more than 1048576 bytes (a quote that is not closed?)",
	       "a field that does not end");
	free(got);
	memset(bytes, ',', big);
	got = read_all(bytes, big);
	is_str(got, "!line 1: more than 10000 columns", "too many columns");
	free(got);
	got = read_all("a\0b,c\n", 6);
	is_str(got, "!line 1: a zero byte: this is no text", "a zero byte");
	free(got);
	/* A field that crosses the edge of the read buffer. */
	memset(bytes, 'x', big);
	memcpy(bytes, "\"", 1);
	memcpy(bytes + 262143, "\"\"", 2);
	memcpy(bytes + 300000, "\",b\n", 4);
	got = read_all(bytes, 300004);
	ok(strlen(got) == 299998 + 4 && got[262142] == '"' && got[262143] == 'x',
	   "a doubled quote across two reads");
	free(got);
	free(bytes);
}

int main(void)
{
	test_cases();
	test_bounds();
	return tap_end();
}
