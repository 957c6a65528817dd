/*
 * table: a table that is uploaded and aimed at.  The first line is the job without its paths;
 * its column is the target.
 *
 * Aims at src/dr-worker/upload.c src/dr-worker/aim.c src/dr-worker/data/append.c
 * src/dr-worker/data/frame.c src/dr-worker/data/types.c src/dr-worker/data/summary.c
 * src/dr-worker/data/target.c src/dr-worker/data/scheme.c src/dr-worker/data/partition.c
 * src/dr-worker/data/prepared.c src/dr-worker/data/dictionary.c
 * src/dr-worker/data/candidates.c.
 */
#include "../fuzz.h"

#include "data/append.h"
#include "data/frame.h"
#include "data/prepared.h"
#include "job.h"

/* A table is as likely as not followed by new rows of the same kind: its own. */
static void append(const char *path)
{
	struct prepared p = {0};
	struct frame new = {0};
	struct err e = {0};
	bool *use;

	must(prepared_read(&p, fuzz_dir(), &e) && frame_read(&new, path, &e));
	must((use = calloc(p.frame.cols, sizeof(*use))));
	for (size_t i = 0; i < p.frame.cols; i++)
		use[i] = i != p.target;
	if (!append_rows(&p, &new, use, &e))
		fuzz_failed(&e);
	free(use);
	frame_release(&new);
	prepared_release(&p);
}

static void aim(cJSON *job, const char *path)
{
	struct err e = {0};
	cJSON *result;

	must(json_set_str(job, "csv", path) && json_set_str(job, "dir", fuzz_dir()));
	if ((result = job_aim(job, &e))) {
		must(e.kind == ERR_NONE && json_num(result, "rows", 0) >= 20);
		fuzz_round_trip(result);
		append(path);
	} else {
		fuzz_failed(&e);
		must(e.kind == ERR_REFUSED || e.kind == ERR_INPUT);
	}
	cJSON_Delete(result);
}

static void upload(const char *path)
{
	struct err e = {0};
	cJSON *job = cJSON_CreateObject(), *result;

	must(json_set_str(job, "csv", path));
	if ((result = job_upload(job, &e))) {
		must(json_num(result, "rows", 0) >= 1);
		fuzz_round_trip(result);
	} else {
		fuzz_failed(&e);
		must(e.kind == ERR_REFUSED);
	}
	cJSON_Delete(result);
	cJSON_Delete(job);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = fuzz_line(&data, &size);
	struct err e = {0};
	cJSON *job = line ? json_parse(line, strlen(line), NULL, &e) : NULL;
	const char *path = fuzz_file("table.csv", data, size);

	upload(path);
	if (cJSON_IsObject(job))
		aim(job, path);
	cJSON_Delete(job);
	free(line);
	return 0;
}
