/*
 * prepared: the file of a prepared table, damaged.
 *
 * The input is a list of places and bytes: two bytes of an offset, one that is put there.  An
 * offset beyond the end cuts the file at that of the next one.
 *
 * Aims at src/dr-worker/data/prepared.c.
 */
#include "../fuzz.h"

#include "data/prepared.h"
#include "job.h"

static char *whole;
static size_t length;

static const char table[] = "a,b,c,y\n";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct json_text t = {0};
	struct err e = {0};
	char path[128];
	cJSON *job = cJSON_CreateObject();
	FILE *f;

	(void)argc, (void)argv;
	json_text_add(&t, table, strlen(table));
	for (int i = 0; i < 24; i++) {
		char row[64];

		snprintf(row, sizeof(row), "%d,%s,the word %d,%s\n", i % 7, i % 3 ? "x" : "",
			 i % 5, i % 2 ? "yes" : "no");
		json_text_add(&t, row, strlen(row));
	}
	must(json_set_str(job, "csv", fuzz_file("table.csv", t.s, t.len)) &&
	     json_set_str(job, "dir", fuzz_dir()) && json_set_str(job, "target", "y"));
	cJSON_Delete(job_aim(job, &e));
	cJSON_Delete(job);
	json_text_release(&t);
	snprintf(path, sizeof(path), "%s/table", fuzz_dir());
	must((f = fopen(path, "re")) && (whole = malloc(1 << 16)));
	length = fread(whole, 1, 1 << 16, f);
	must(length > 100 && length < 1 << 16);
	fclose(f);
	return 0;
}

/* What is accepted can be worked with. */
static void use(const struct prepared *p)
{
	must(p->frame.rows > 0 && p->target < p->frame.cols && p->metric);
	for (size_t i = 0; i < p->frame.cols; i++) {
		const struct column *c = &p->frame.column[i];

		must(json_utf8_prefix(c->name, strlen(c->name)) <= strlen(c->name));
		must(*column_type_name(c->type));
		for (size_t row = 0; row < p->frame.rows; row++) {
			if (c->code[row] == FRAME_NA)
				continue;
			must(strlen(column_value(c, c->code[row])) <=
			     column_value_len(c, c->code[row]));
			if (column_is_number(c))
				column_number(c, row);
		}
	}
	for (unsigned part = 0; part < p->partition.reps; part++)
		must(partition_size(&p->partition, part) <= p->frame.rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *damaged = malloc(length);
	struct prepared p = {0};
	struct err e = {0};
	size_t n = length;

	must(damaged);
	memcpy(damaged, whole, length);
	for (; size >= 3; data += 3, size -= 3) {
		size_t at = (size_t)data[0] << 8 | data[1];

		if (at < length)
			damaged[at] = (char)data[2];
		else
			n = at % length;
	}
	fuzz_file("table", damaged, n);
	if (prepared_read(&p, fuzz_dir(), &e))
		use(&p);
	else
		fuzz_failed(&e);
	must(e.kind == ERR_NONE || e.kind == ERR_INPUT || e.kind == ERR_SYSTEM);
	prepared_release(&p);
	free(damaged);
	return 0;
}
