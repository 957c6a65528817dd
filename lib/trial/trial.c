#include "trial/trial.h"

#include <math.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json/json.h"

static const char *const names[] = {
	[TRIAL_PROPOSED] = "proposed",   [TRIAL_SUBMITTED] = "submitted",
	[TRIAL_COMPLETED] = "completed", [TRIAL_FAILED] = "failed",
	[TRIAL_ABORTED] = "aborted",
};
#define N_STATES (sizeof(names) / sizeof(*names))

static bool is_id(const char *s)
{
	return s && strlen(s) == TRIAL_ID_LEN && strspn(s, "0123456789abcdef") == TRIAL_ID_LEN;
}

enum trial_state trial_state(const cJSON *rec, struct err *e)
{
	const char *id = json_str(rec, "trial"), *state = json_str(rec, "state");

	if (!cJSON_GetObjectItemCaseSensitive(rec, "trial"))
		return TRIAL_NONE;
	if (!is_id(id)) {
		err_set(e, ERR_INPUT, "field 'trial' must be %d hex digits", TRIAL_ID_LEN);
		return TRIAL_NONE;
	}
	if (!cJSON_IsObject(json_get(rec, "params"))) {
		err_set(e, ERR_INPUT, "trial %s: field 'params' must be an object", id);
		return TRIAL_NONE;
	}
	for (size_t i = TRIAL_PROPOSED; state && i < N_STATES; i++)
		if (strcmp(state, names[i]) == 0)
			return (enum trial_state)i;
	err_set(e, ERR_INPUT, "trial %s: unknown state '%s'", id, state ? state : "");
	return TRIAL_NONE;
}

const char *trial_state_name(enum trial_state s)
{
	return names[s] ? names[s] : "none";
}

bool trial_is_final(enum trial_state s)
{
	return s == TRIAL_COMPLETED || s == TRIAL_FAILED || s == TRIAL_ABORTED;
}

const char *trial_id(const cJSON *rec)
{
	return json_str(rec, "trial");
}

static bool set_copy(cJSON *obj, const char *field, const cJSON *v)
{
	return !v || json_set(obj, field, cJSON_Duplicate(v, true));
}

bool trial_address(const cJSON *params, const char *model, const cJSON *fidelity,
		   const cJSON *replicate, char id[TRIAL_ID_LEN + 1], struct err *e)
{
	cJSON *what = cJSON_CreateObject();
	char hex[SHA256_DIGEST_STRING_LENGTH], *text = NULL;

	if (what && set_copy(what, "params", params) && set_copy(what, "fidelity", fidelity) &&
	    set_copy(what, "replicate", replicate) &&
	    (!model || json_set_str(what, "model", model)))
		text = json_canonical(what);
	cJSON_Delete(what);
	if (!text)
		return err_nomem(e);
	SHA256Data((const uint8_t *)text, strlen(text), hex);
	memcpy(id, hex, TRIAL_ID_LEN);
	id[TRIAL_ID_LEN] = '\0';
	free(text);
	return true;
}

cJSON *trial_new(const char *by, const cJSON *params, const char *model, const cJSON *fidelity,
		 const cJSON *replicate, struct err *e)
{
	char id[TRIAL_ID_LEN + 1];
	cJSON *rec;

	if (!trial_address(params, model, fidelity, replicate, id, e))
		return NULL;
	rec = cJSON_CreateObject();
	if (rec && json_set_str(rec, "trial", id) &&
	    json_set_str(rec, "state", names[TRIAL_PROPOSED]) && json_set_str(rec, "by", by) &&
	    set_copy(rec, "params", params) && (!model || json_set_str(rec, "model", model)) &&
	    set_copy(rec, "fidelity", fidelity) && set_copy(rec, "replicate", replicate))
		return rec;
	cJSON_Delete(rec);
	err_nomem(e);
	return NULL;
}

bool trial_set_state(cJSON *rec, enum trial_state s, const char *error, struct err *e)
{
	if (!json_set_str(rec, "state", names[s]) ||
	    (error && !json_set_str(rec, "error", error)))
		return err_nomem(e);
	return true;
}

/* What its job has taken up to now is paid for. */
static bool keep_spent(cJSON *rec)
{
	char now[TRIAL_TIME_LEN + 1];
	double s;

	trial_now(now);
	s = trial_time(now) - trial_time(json_str(rec, "submitted_at"));
	if (!(s > 0))
		return true;
	s += fmax(json_num(rec, "spent_seconds", 0), 0);
	return json_set_num(rec, "spent_seconds", round(s * 1e3) / 1e3);
}

bool trial_withdraw(cJSON *rec, struct err *e)
{
	static const char *const added[] = {"job",        "submitted_at", "taken_over",
					    "started_at", "finished_at",  "seconds",
					    "error"};

	if (!keep_spent(rec) || !json_set(rec, "withdrawn", cJSON_CreateTrue()))
		return err_nomem(e);
	for (size_t i = 0; i < sizeof(added) / sizeof(*added); i++)
		cJSON_DeleteItemFromObjectCaseSensitive(rec, added[i]);
	return trial_set_state(rec, TRIAL_PROPOSED, NULL, e);
}

long trial_lost(const cJSON *rec)
{
	double n = json_num(rec, "lost", 0);

	return n > 0 && n < 1e6 ? (long)n : 0;
}

void trial_now(char out[TRIAL_TIME_LEN + 1])
{
	struct timespec ts;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	n = strftime(out, TRIAL_TIME_LEN + 1, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, TRIAL_TIME_LEN + 1 - n, ".%03dZ",
		 (int)((unsigned)(ts.tv_nsec / 1000000) % 1000));
}

double trial_time(const char *rfc3339)
{
	struct tm tm = {0};
	const char *rest = rfc3339 ? strptime(rfc3339, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	double fraction = 0;
	char *end;

	if (!rest)
		return NAN;
	if (*rest == '.') {
		fraction = strtod(rest, &end);
		rest = end;
	}
	if (*rest && strcmp(rest, "Z") != 0 && strcmp(rest, "+00:00") != 0)
		return NAN;
	return (double)timegm(&tm) + fraction;
}
