/*
 * log: a trial log of any bytes, and one that was cut off while it was written.
 *
 * The first two bytes say where the log is cut.
 *
 * Aims at lib/trial/log.c.
 */
#include "fuzz.h"

#include "trial/log.h"

/* Trials in the order of the log, each with its last record, as one text. */
static char *content(const struct trial_log *log)
{
	struct json_text t = {0};

	json_text_add(&t, "", 0);
	for (size_t i = 0; i < trial_log_count(log); i++) {
		const cJSON *rec = trial_log_at(log, i);

		must(trial_log_find(log, trial_id(rec)) == rec);
		json_print(&t, rec);
		json_text_add(&t, "\n", 1);
	}
	must(!t.failed);
	return t.s;
}

static const char one[] =
	"{\"trial\":\"ffffffffffffffff\",\"state\":\"submitted\",\"params\":{},"
	"\"job\":\"1\"}\n";

/* What was appended is there after all else, whatever the end of the file looked like; and
 * nothing else is lost or changed. */
static void append(const char *path, size_t torn, const char *before)
{
	struct err e = {0};
	struct trial_log *log = trial_log_open(path, TRIAL_SUBMITTER, &e);
	cJSON *rec = json_parse(one, strlen(one), NULL, &e);
	char *text, *after;

	must(log && rec && trial_log_append(log, rec, &e));
	text = content(log);
	trial_log_free(log);
	must((log = trial_log_open(path, TRIAL_READER, &e)));
	must(trial_log_torn(log) == torn);
	after = content(log);
	must(strcmp(text, after) == 0);
	must(strstr(before, "ffffffffffffffff") || strstr(after, before) == after);
	must(trial_log_find(log, "ffffffffffffffff"));
	trial_log_free(log);
	free(after);
	free(text);
	cJSON_Delete(rec);
}

/* A log of whole lines can be read up to anywhere: a write that was cut off costs its own
 * line only, and nothing of what another program writes behind it. */
static void cut(const uint8_t *data, size_t size, size_t at, size_t trials)
{
	size_t n = at < size ? at : size;
	struct err e = {0};
	struct trial_log *log = trial_log_open(fuzz_file("log", data, n), TRIAL_READER, &e);
	char *more = malloc(n + sizeof(one));

	must(log && trial_log_count(log) <= trials && more);
	trial_log_free(log);
	memcpy(more, data, n);
	memcpy(more + n, one, sizeof(one));
	log = trial_log_open(fuzz_file("log", more, n + strlen(one)), TRIAL_READER, &e);
	must(log && trial_log_find(log, "ffffffffffffffff"));
	trial_log_free(log);
	free(more);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path;
	struct trial_log *log;
	struct err e = {0};
	size_t torn, at, trials;
	char *text;

	if (size < 2)
		return 0;
	at = (size_t)data[0] << 8 | data[1];
	data += 2;
	size -= 2;
	path = fuzz_file("log", data, size);
	if (!(log = trial_log_open(path, TRIAL_READER, &e))) {
		fuzz_failed(&e);
		must(e.kind == ERR_INPUT && strncmp(e.text, path, strlen(path)) == 0);
		return 0;
	}
	must(e.kind == ERR_NONE);
	torn = trial_log_torn(log);
	trials = trial_log_count(log);
	text = content(log);
	trial_log_free(log);
	append(path, torn, text);
	if (torn == 0)
		cut(data, size, at, trials);
	free(text);
	return 0;
}
