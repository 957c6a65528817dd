/* train: answers that are lost, late or full. */
#include "train.h"

#include "../server.h"
#include "../tap.h"
#include "cli/cli.h"
#include "json/json.h"

#define ACCEPTED                                                                               \
	"HTTP/1.1 202 Accepted\r\nLocation: /api/v2/projects/p/modelJobs/5/\r\n"               \
	"Content-Length: 0\r\n\r\n"
#define BODY(status, body) "HTTP/1.1 " status "\r\nConnection: close\r\n\r\n" body
#define JOBS(body)                                                                             \
	{                                                                                      \
		BODY("200 OK", body), true                                                     \
	}
#define ALREADY                                                                                \
	{                                                                                      \
		BODY("422 No", "{\"message\":\"x\",\"errorName\":\"JobAlreadyAdded\","         \
			       "\"previousJob\":{\"id\":\"6\",\"status\":\"COMPLETED\"}}"),    \
			true                                                                   \
	}
#define FULL                                                                                   \
	{                                                                                      \
		BODY("422 No", "{\"message\":\"Unable to add jobs to the queue\"}"), true      \
	}

/* Train against a script; the state, and the job or else the error. */
static void gives(const struct step *script, size_t steps, const char *model,
		  const char *featurelist, size_t requests, const char *want, const char *what)
{
	struct server *s = server_start(script, steps);
	struct train_place place = {.project = (char *)"p", .max_pct = 64, .open_pct = 80};
	struct train_subject what_of = {.blueprint = model ? NULL : "b", .model = model};
	struct train_plan plan = {
		.sample_pct = 32, .featurelist = featurelist, .scoring = "crossValidation"};
	struct err why = {0}, e = {0};
	char got[ERR_TEXT_MAX + 32];
	struct trial_log *log;
	struct dr *dr;
	cJSON *trial;
	bool known = false;

	setenv("DATAROBOT_ENDPOINT", s->endpoint, 1);
	dr = dr_open(NULL, NULL, &e);
	log = trial_log_open(NULL, TRIAL_TRAINER, &e);
	trial = train_start(dr, &place, &what_of, &plan, log, &known, &why, &e);
	if (trial)
		snprintf(got, sizeof(got), "%s %s", json_str(trial, "state"),
			 json_str(trial, "job") ? json_str(trial, "job") : why.text);
	else
		snprintf(got, sizeof(got), "error %d", e.kind);
	is_str(got, want, what);
	if (!ok(s->requests == requests, "by %zu requests", requests))
		printf("# %zu\n", s->requests);
	cJSON_Delete(trial);
	trial_log_free(log);
	dr_close(dr);
	server_stop(s);
}

#define GIVES(requests, want, what, ...)                                                       \
	do {                                                                                   \
		static const struct step script[] = {__VA_ARGS__};                             \
		gives(script, sizeof(script) / sizeof(*script), NULL, "f", requests, want,     \
		      what);                                                                   \
	} while (0)

#define JOB(id, blueprint, pct, list)                                                          \
	"{\"id\":\"" id "\",\"blueprintId\":\"" blueprint "\",\"samplePct\":" pct              \
	",\"featurelistId\":\"" list "\"}"
#define MINE JOB("7", "b", "32", "f")
#define OTHERS                                                                                 \
	JOB("8", "x", "32", "f") "," JOB("9", "b", "64", "f") "," JOB("10", "b", "32", "g")

int main(void)
{
	static const struct step unlisted[] = {{NULL}, ALREADY};

	unsetenv("DATAROBOT_CONFIG_FILE");
	setenv("DATAROBOT_API_TOKEN", "secret-token-1", 1);
	setenv("DATAROBOT_MAX_RETRIES", "0", 1);

	GIVES(1, "submitted 5", "what is accepted is submitted", {ACCEPTED});
	GIVES(1, "submitted 6", "what is known already is its job", ALREADY);
	GIVES(2, "submitted 7", "a lost answer is looked for among the jobs", {NULL},
	      JOBS("[" OTHERS "," MINE "]"));
	GIVES(3, "submitted 5", "and asked for again where it is not there", {NULL},
	      JOBS("[" OTHERS "]"), {ACCEPTED});
	GIVES(3, "submitted 6", "or where its job has ended meanwhile", {NULL}, JOBS("[]"),
	      ALREADY);
	GIVES(5, "error 4", "what is lost three times is not available", {NULL}, JOBS("[]"),
	      {NULL}, JOBS("[]"), {NULL});
	gives(unlisted, 2, NULL, NULL, 2, "submitted 6",
	      "where the server chooses the features the list is not asked");
	gives(unlisted, 2, "m", NULL, 2, "submitted 6",
	      "nor where a model is trained again: it does not tell which");
	GIVES(3, "submitted 5", "a full queue is waited for", FULL, FULL, {ACCEPTED});
	GIVES(1, "failed POST projects/p/models/: 422: bad", "a refusal is a failed trial",
	      {BODY("422 No", "{\"message\":\"bad\"}"), true});
	GIVES(1, "failed job 6, which was the same, failed, and the server does not repeat it",
	      "so is a repetition of what failed",
	      {BODY("422 No", "{\"message\":\"x\",\"errorName\":\"JobAlreadyAdded\","
			      "\"previousJob\":{\"id\":\"6\",\"status\":\"error\"}}"),
	       true});
	GIVES(1, "error 3", "a token that is not accepted ends it",
	      {BODY("401 No", "{\"message\":\"no\"}"), true});
	return tap_end();
}
