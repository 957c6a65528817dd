/*
 * trial: a record: its state, its address, a proposal with its params; and a time.
 *
 * Aims at lib/trial/trial.c.
 */
#include "fuzz.h"

#include <math.h>

#include "trial/trial.h"

/* The same members the other way round. */
static cJSON *reversed(const cJSON *v)
{
	cJSON *o = cJSON_CreateObject();
	int n = cJSON_GetArraySize(v);

	while (n-- > 0) {
		const cJSON *item = cJSON_GetArrayItem(v, n);

		must(json_set(o, item->string, cJSON_Duplicate(item, true)));
	}
	return o;
}

static bool names_differ(const cJSON *v)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, v)
		if (cJSON_GetObjectItemCaseSensitive(v, item->string) != item)
			return false;
	return true;
}

/* A proposal names what it proposes: the same however it is written. */
static void propose(const cJSON *rec)
{
	const cJSON *params = json_get(rec, "params"), *fidelity = json_get(rec, "fidelity"),
		    *replicate = json_get(rec, "replicate");
	const char *model = json_str(rec, "model");
	char id[TRIAL_ID_LEN + 1];
	struct err e = {0};
	cJSON *made, *back = reversed(params);

	must(trial_address(names_differ(params) ? back : params, model, fidelity, replicate, id,
			   &e));
	must((made = trial_new("fuzz", params, model, fidelity, replicate, &e)));
	must(strcmp(trial_id(made), id) == 0);
	must(trial_state(made, &e) == TRIAL_PROPOSED);
	fuzz_round_trip(made);
	for (enum trial_state s = TRIAL_PROPOSED; s <= TRIAL_ABORTED; s++) {
		must(trial_set_state(made, s, "why", &e));
		must(trial_state(made, &e) == s);
	}
	cJSON_Delete(back);
	cJSON_Delete(made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = fuzz_text(data, size);
	struct err e = {0};
	cJSON *rec = json_parse(s, size, NULL, &(struct err){0});
	double t = trial_time(s);

	must(isnan(t) || isfinite(t));
	if (rec && trial_state(rec, &e) != TRIAL_NONE) {
		must(strlen(trial_id(rec)) == TRIAL_ID_LEN);
		propose(rec);
	} else if (rec && cJSON_GetObjectItemCaseSensitive(rec, "trial")) {
		fuzz_failed(&e);
		must(e.kind == ERR_INPUT);
	}
	if (rec)
		trial_time(json_str(rec, "submitted_at"));
	cJSON_Delete(rec);
	free(s);
	return 0;
}
