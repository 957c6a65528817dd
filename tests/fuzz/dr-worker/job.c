/*
 * job: the line of a fit or a prediction, for a prepared table: read and checked as far as a
 * model would be trained.  In it `@N` is the id of blueprint N, `#N` that of parameter N.
 *
 * Aims at src/dr-worker/job.c src/dr-worker/training.c src/dr-worker/blend.c
 * src/dr-worker/blueprints/settings.c src/dr-worker/blueprints/search_request.c
 * src/dr-worker/blueprints/keys.c src/dr-worker/tasks/param.c.
 */
#include "../fuzz.h"

#include <ctype.h>

#include "job.h"
#include "training.h"

static cJSON *aimed; /* what the aim answered */
static const cJSON *blueprints;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct json_text t = {0};
	struct err e = {0};
	cJSON *job = cJSON_CreateObject();

	(void)argc, (void)argv;
	json_text_add(&t, "a,b,c,y\n", 8);
	for (int i = 0; i < 40; i++) {
		char row[64];

		snprintf(row, sizeof(row), "%d,%s,the word %d of %d,%s\n", i % 7,
			 i % 3 ? "x" : "y", i % 5, i, i % 2 ? "yes" : "no");
		json_text_add(&t, row, strlen(row));
	}
	must(json_set_str(job, "csv", fuzz_file("table.csv", t.s, t.len)) &&
	     json_set_str(job, "dir", fuzz_dir()) && json_set_str(job, "target", "y"));
	aimed = job_aim(job, &e);
	must((blueprints = json_get(aimed, "blueprints")));
	cJSON_Delete(job);
	json_text_release(&t);
	return 0;
}

static const cJSON *item(const cJSON *list, int i)
{
	int n = cJSON_GetArraySize(list);

	return n ? cJSON_GetArrayItem(list, i % n) : NULL;
}

/* The line with its ids put in. */
static void expand(const char *s, struct json_text *out)
{
	const cJSON *blueprint = item(blueprints, 0), *param;
	const char *id;

	json_text_add(out, "", 0);
	for (; *s; s++) {
		if ((*s != '@' && *s != '#') || !isdigit((unsigned char)s[1])) {
			json_text_add(out, s, 1);
			continue;
		}
		if (*s++ == '@') {
			blueprint = item(blueprints, *s - '0');
			id = json_str(blueprint, "id");
		} else {
			param = item(json_get(blueprint, "parameters"), *s - '0');
			id = param ? json_str(param, "parameterId") : "";
		}
		must(id);
		json_text_add(out, id, strlen(id));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = fuzz_text(data, size);
	struct json_text line = {0};
	struct err e = {0};
	struct training t = {0};
	struct training_request r;
	cJSON *job;

	expand(s, &line);
	job = json_parse(line.s, line.len, NULL, &e);
	e = (struct err){0};
	if (cJSON_IsObject(job)) {
		if (json_get(job, "dir"))
			must(json_set_str(job, "dir", fuzz_dir()));
		if (!training_request_read(&r, job, &e) || !training_open(&t, &r, &e)) {
			fuzz_failed(&e);
			must(e.kind == ERR_INPUT || e.kind == ERR_REFUSED);
		} else if (!t.members) {
			cJSON *values = settings_json(&t.settings);

			fuzz_round_trip(values);
			cJSON_Delete(values);
		}
		training_close(&t);
	}
	cJSON_Delete(job);
	json_text_release(&line);
	free(s);
	return 0;
}
