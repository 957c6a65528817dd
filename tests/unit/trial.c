/* trial: content address, states, times, the log. */
#include "trial/log.h"

#include <stdlib.h>
#include <unistd.h>

#include "json/json.h"
#include "tap.h"

static cJSON *parse(const char *s)
{
	struct err e = {0};

	return json_parse(s, strlen(s), NULL, &e);
}

static void addresses(void)
{
	cJSON *a = parse("{\"b\":1.0,\"a\":\"x\"}"), *b = parse("{\"a\":\"x\",\"b\":1}"),
	      *fidelity = parse("{\"sample_pct\":64}");
	char x[TRIAL_ID_LEN + 1], y[TRIAL_ID_LEN + 1];
	struct err e = {0};

	ok(trial_address(a, NULL, NULL, NULL, x, &e) &&
		   trial_address(b, NULL, NULL, NULL, y, &e),
	   "addresses are made");
	is_str(x, y, "the order of keys and the spelling of numbers do not matter");
	/* printf '{"params":{"a":"x","b":1}}' | sha256sum | cut -c1-16 */
	is_str(x, "7873a252ab6b5249", "the address is SHA-256 of the canonical JSON");
	trial_address(a, "m1", NULL, NULL, y, &e);
	ok(strcmp(x, y) != 0, "the model is part of it");
	trial_address(a, "m1", fidelity, NULL, x, &e);
	ok(strcmp(x, y) != 0, "so is the fidelity");
	cJSON_Delete(a);
	cJSON_Delete(b);
	cJSON_Delete(fidelity);
}

static void states(void)
{
	static const struct {
		const char *rec;
		enum trial_state state;
		enum err_kind kind;
	} cases[] = {
		{"{\"parameter\":\"x\"}", TRIAL_NONE, ERR_NONE},
		{"{\"trial\":\"0123456789abcdef\",\"state\":\"failed\",\"params\":{}}",
		 TRIAL_FAILED, ERR_NONE},
		{"{\"trial\":\"0123456789abcdef\",\"state\":\"x\",\"params\":{}}", TRIAL_NONE,
		 ERR_INPUT},
		{"{\"trial\":\"0123456789abcdef\",\"state\":\"proposed\"}", TRIAL_NONE,
		 ERR_INPUT},
		{"{\"trial\":17,\"state\":\"proposed\",\"params\":{}}", TRIAL_NONE, ERR_INPUT},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		cJSON *rec = parse(cases[i].rec);
		struct err e = {0};

		ok(trial_state(rec, &e) == cases[i].state && e.kind == cases[i].kind, "%s",
		   cases[i].rec);
		cJSON_Delete(rec);
	}
}

static void times(void)
{
	char now[TRIAL_TIME_LEN + 1];

	is_near(trial_time("1970-01-02T00:00:01.250Z"), 86401.25, 0, "a time is read");
	is_near(trial_time("2024-05-01T10:00:00.000000Z"), 1714557600, 0,
		"... with microseconds");
	ok(isnan(trial_time("yesterday")) && isnan(trial_time(NULL)), "no time is NAN");
	trial_now(now);
	ok(strlen(now) == TRIAL_TIME_LEN && trial_time(now) > 1.7e9,
	   "now is written as RFC 3339");
}

static void put_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "a");

	fputs(text, f);
	fclose(f);
}

static cJSON *numbered(int i, const char *state)
{
	char text[128];

	snprintf(text, sizeof(text), "{\"trial\":\"%016x\",\"state\":\"%s\",\"params\":{}}",
		 (unsigned)i, state);
	return parse(text);
}

static void logs(void)
{
	char path[] = "/tmp/trial-log-XXXXXX";
	struct err e = {0};
	struct trial_log *log;
	bool good = true;
	cJSON *rec;

	close(mkstemp(path));
	put_text(path, "{\"note\":1}\n{\"trial\":\"00000000000000ff\",\"state\":\"prop");
	log = trial_log_open(path, TRIAL_SUBMITTER, &e);
	ok(log && trial_log_count(log) == 0 && trial_log_torn(log) == 1,
	   "a torn line and other records are passed over");
	ok(!e.kind, "... and leave no error behind");
	for (int i = 0; i < 1000; i++) {
		rec = numbered(i % 700, i < 700 ? "proposed" : "completed");
		good = good && trial_log_append(log, rec, &e);
		cJSON_Delete(rec);
	}
	ok(good && trial_log_count(log) == 700, "1,000 records of 700 trials are appended");
	trial_log_free(log);

	log = trial_log_open(path, TRIAL_READER, &e);
	ok(log && trial_log_count(log) == 700, "they are found again behind the torn line");
	is_str(json_str(trial_log_find(log, "0000000000000005"), "state"), "completed",
	       "the last record of a trial counts");
	is_str(json_str(trial_log_at(log, 699), "state"), "proposed",
	       "order is of first appearance");
	ok(!trial_log_find(log, "ffffffffffffffff"), "an unknown trial is not found");
	trial_log_free(log);

	put_text(path, "not a record\n");
	ok(!trial_log_open(path, TRIAL_READER, &e) && e.kind == ERR_INPUT,
	   "garbage in a log is an error");
	ok(strstr(e.text, ":1003: not JSON at byte 1") != NULL, "... naming the line");
	unlink(path);
	log = trial_log_open(path, TRIAL_READER, &e);
	ok(log && trial_log_count(log) == 0, "a log that does not exist is empty");
	trial_log_free(log);
}

static void full_disk(void)
{
	struct err e = {0};
	struct trial_log *log = trial_log_open("/dev/full", TRIAL_SUBMITTER, &e);
	cJSON *rec = numbered(1, "proposed");

	ok(log && !trial_log_append(log, rec, &e) && e.kind == ERR_SYSTEM,
	   "a full disk is an error");
	is_str(e.text, "/dev/full: write: No space left on device", "... that says so");
	cJSON_Delete(rec);
	trial_log_free(log);
}

static void emits(void)
{
	char text[256] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct err e = {0};
	struct trial_log *log = trial_log_open("/dev/full", TRIAL_SUBMITTER, &e);
	cJSON *rec = numbered(1, "proposed");

	ok(log && !trial_log_emit(log, rec, out, &e) && e.kind == ERR_SYSTEM,
	   "a record that cannot be logged is an error");
	ok(strstr(text, "\"0000000000000001\"") != NULL,
	   "... and goes to the output all the same");
	trial_log_free(log);
	e = (struct err){0};
	log = trial_log_open(NULL, TRIAL_READER, &e);
	ok(log && trial_log_emit(log, rec, out, &e) && trial_log_find(log, "0000000000000001"),
	   "a log without a file remembers");
	trial_log_free(log);
	cJSON_Delete(rec);
	fclose(out);
}

int main(void)
{
	addresses();
	states();
	times();
	logs();
	full_disk();
	emits();
	return tap_end();
}
