/*
 * wire: what the service answered: a status, a Location and a Retry-After, a line each, then
 * the body; read as all the answers that the tools wait for.
 *
 * Aims at lib/dr/wire.c lib/dr/jobs.c lib/dr/models.c lib/dr/tuning.c lib/dr/parameter.c
 * lib/dr/resolve.c lib/http/retry.c.
 */
#include "fuzz.h"

#include <math.h>

#include "dr/jobs.h"
#include "dr/models.h"
#include "dr/tuning.h"
#include "http/retry.h"
#include "space/param.h"
#include "space/space.h"

static struct dr *dr;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err e = {0};

	(void)argc, (void)argv;
	unsetenv("DATAROBOT_CONFIG_FILE");
	setenv("DATAROBOT_ENDPOINT", "http://127.0.0.1:1/api/v2", 1);
	setenv("DATAROBOT_API_TOKEN", "s3cr3t-mark", 1);
	must((dr = dr_open(NULL, NULL, &e)));
	return 0;
}

static void jobs(const struct http_response *r)
{
	const struct err none = {0};
	struct err e = {0};
	struct dr_submission s;
	struct dr_job job;

	if (dr_submission_read(dr, r, &none, &s, &e))
		must(e.kind == ERR_NONE &&
		     (s.job || s.how == DR_QUEUE_FULL || s.how == DR_UNKNOWN));
	else
		fuzz_failed(&e);
	dr_submission_release(&s);
	e = (struct err){0};
	if (dr_job_read(dr, r, &none, &job, &e))
		must(e.kind == ERR_NONE && job.state <= DR_JOB_GONE);
	else
		fuzz_failed(&e);
	dr_job_release(&job);
}

static void model(const cJSON *wire)
{
	cJSON *rec = dr_record(wire);
	struct err e = {0};
	double score = 0;

	must(rec);
	fuzz_round_trip(rec);
	if (dr_model_score(wire, "AUC", "validation", &score))
		must(isfinite(score));
	if (cJSON_IsObject(rec))
		must(dr_model_set_score(rec, wire, "AUC", "validation", false, &e));
	cJSON_Delete(rec);
}

/* A list of parameters becomes records, and those a space and values that may be sent. */
static void parameters(const cJSON *wire)
{
	cJSON *records = cJSON_CreateArray(), *params = cJSON_CreateObject(), *values;
	const cJSON *item;
	struct err e = {0};
	struct space *s;

	cJSON_ArrayForEach (item, wire) {
		cJSON *rec = dr_parameter_record(item, "m", &e);

		if (!rec) {
			fuzz_failed(&e);
			e = (struct err){0};
			continue;
		}
		must(param_is(rec));
		if (json_get(rec, "default"))
			must(json_set(params, json_str(rec, "parameter"),
				      cJSON_Duplicate(json_get(rec, "default"), true)));
		cJSON_AddItemToArray(records, rec);
	}
	if ((values = dr_tuning_values(records, "m", params, &e)))
		fuzz_round_trip(values);
	else
		fuzz_failed(&e);
	e = (struct err){0};
	if (!(s = space_new(NULL, 0, records, &e)))
		fuzz_failed(&e);
	space_free(s);
	cJSON_Delete(values);
	cJSON_Delete(params);
	cJSON_Delete(records);
}

static void retry(long status, const char *after)
{
	static const struct retry_policy p = {3, 0.5, 30, 900};
	struct retry_attempt a = {.status = status, .number = 1};
	double wait = 0;

	a.retry_after_s = after ? retry_after(after, 1700000000) : -1;
	must(!isnan(a.retry_after_s));
	for (int m = HTTP_GET; m <= HTTP_DELETE; m++) {
		enum retry_verdict v;

		a.method = (enum http_method)m;
		v = retry_judge(&p, &a, 0.5, &wait);
		must(v != RETRY_OK || status < 400);
		must(v != RETRY_AGAIN || (wait >= 0 && wait >= a.retry_after_s && wait <= 900));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *status = fuzz_line(&data, &size), *location = fuzz_line(&data, &size),
	     *after = fuzz_line(&data, &size), *last = dr_last_part(location);
	struct http_response r = {.location = location, .len = size};
	struct err ignored = {0};

	r.status = status ? strtol(status, NULL, 10) % 1000 : 0;
	r.body = fuzz_text(data, size);
	r.json = json_parse(r.body, size, NULL, &ignored);
	must(!last || (*last && !strchr(last, '/')));
	jobs(&r);
	retry(r.status, after);
	if (r.json) {
		model(r.json);
		parameters(r.json);
	}
	cJSON_Delete(r.json);
	free(r.body);
	free(last);
	free(after);
	free(location);
	free(status);
	return 0;
}
