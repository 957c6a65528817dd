/* dr: paths, lists, records, submissions and jobs, against a scripted server. */
#include "dr/cancel.h"
#include "dr/jobs.h"
#include "dr/models.h"
#include "dr/projects.h"

#include "json/json.h"
#include "server.h"
#include "tap.h"

#define ANSWER(status, extra, body) "HTTP/1.1 " status "\r\n" extra body
#define CLOSED(body) "Connection: close\r\n\r\n" body
#define OPEN(script) open_at(server = server_start(script, sizeof(script) / sizeof(*(script))))
#define CLOSE(dr) (dr_close(dr), server_stop(server))

static struct server *server;

/* The copy of this text cannot be made: memory is out.  All else is copied as ever. */
static const char *no_copy_of;

char *strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = no_copy_of && strcmp(s, no_copy_of) == 0 ? NULL : malloc(n);

	return copy ? memcpy(copy, s, n) : NULL;
}

static struct dr *open_at(const struct server *s)
{
	struct err e = {0};

	unsetenv("DATAROBOT_CONFIG_FILE");
	setenv("DATAROBOT_ENDPOINT", s->endpoint, 1);
	setenv("DATAROBOT_API_TOKEN", "secret-token-1", 1);
	setenv("DATAROBOT_MAX_RETRIES", "1", 1);
	return dr_open(NULL, NULL, &e);
}

static void is_json(cJSON *got, const char *want, const char *what)
{
	char *text = got ? json_string(got) : NULL;

	is_str(text, want, what);
	free(text);
	cJSON_Delete(got);
}

static void paths(void)
{
	struct err e = {0};
	char *p = dr_path(&e, "projects", "5f/../x", "a b?c#d");

	is_str(p, "projects/5f%2F..%2Fx/a%20b%3Fc%23d/", "ids stay one part of a path");
	free(p);
	p = dr_query(&e, dr_query(&e, dr_path(&e, "x"), "a", "1&b=2"), "c", "\xc3\xa9");
	is_str(p, "x/?a=1%26b%3D2&c=%C3%A9", "values stay one value of a query");
	free(p);
	ok(!dr_path(&e, "projects", "") && e.kind == ERR_INPUT, "an empty id is refused");
	ok(!dr_path(&e, "projects", "..") && e.kind == ERR_INPUT, "so is one that climbs");
	p = dr_last_part("http://127.0.0.1/api/v2/projects/5f/modelJobs/12/");
	is_str(p, "12", "the id at the end of a URL");
	free(p);
	p = dr_last_part("a/b?x=/y/");
	is_str(p, "b", "and before a query");
	free(p);
	ok(!dr_last_part("///") && !dr_last_part(NULL), "or none");
}

static cJSON *parsed(const char *text)
{
	struct err e = {0};

	return json_parse(text, strlen(text), NULL, &e);
}

static void records(void)
{
	static const struct {
		const char *wire, *record;
	} cases[] = {
		{"{\"samplePct\":64,\"isNClustersDynamicallyDetermined\":null}",
		 "{\"sample_pct\":64,\"is_n_clusters_dynamically_determined\":null}"},
		{"{\"partition\":{\"cvMethod\":\"x\"},\"a\":[{\"maxTrainPct\":1.5},[2]]}",
		 "{\"partition\":{\"cv_method\":\"x\"},\"a\":[{\"max_train_pct\":1.5},[2]]}"},
		{"{\"metrics\":{\"Gini Norm\":{\"crossValidation\":0.1}}}",
		 "{\"metrics\":{\"Gini Norm\":{\"crossValidation\":0.1}}}"},
		{"{\"processes\":[\"One-Hot "
		 "Encoding\"],\"already_so\":true,\"modelURL\":\"A\"}",
		 "{\"processes\":[\"One-Hot "
		 "Encoding\"],\"already_so\":true,\"model_url\":\"A\"}"},
		{"{\"aB\":1,\"a_b\":2}", "{\"a_b\":2}"},
		{"{}", "{}"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		cJSON *wire = parsed(cases[i].wire);

		is_json(dr_record(wire), cases[i].record, "a wire object as a record");
		cJSON_Delete(wire);
	}
}

static void ids(void)
{
	cJSON *o = parsed("{\"a\":\"12\",\"b\":12,\"c\":1.5,\"d\":null,\"e\":\"\",\"f\":[]}");
	char *a = dr_id(o, "a"), *b = dr_id(o, "b");

	is_str(a, "12", "an id as a string");
	is_str(b, "12", "an id as a number");
	ok(!dr_id(o, "c") && !dr_id(o, "d") && !dr_id(o, "e") && !dr_id(o, "f") &&
		   !dr_id(o, "g"),
	   "and what is none");
	free(a);
	free(b);
	cJSON_Delete(o);
}

static cJSON *list_of(const struct step *script, size_t n, struct err *e)
{
	struct dr *dr = open_at(server = server_start(script, n));
	cJSON *list = dr_list(dr, dr_path(e, "projects"), "5f", e);

	CLOSE(dr);
	return list;
}

#define LIST(e, ...)                                                                           \
	list_of((const struct step[]){__VA_ARGS__},                                            \
		sizeof((const struct step[]){__VA_ARGS__}) / sizeof(struct step), e)

#define FIRST_PAGE "{\"data\":[{\"a\":1}],\"next\":\"/api/v2/p/?o=1\"}"

static void lists(void)
{
	struct err e = {0};

	is_json(LIST(&e, {ANSWER("200 OK", "", CLOSED("[{\"a\":1},{}]")), true}),
		"[{\"a\":1},{}]", "a bare array");
	is_json(LIST(&e, {ANSWER("200 OK", "", CLOSED(FIRST_PAGE)), true},
		     {ANSWER("200 OK", "", CLOSED("{\"jobs\":[{}],\"next\":null}")), true}),
		"[{\"a\":1},{}]", "pages, whose next is followed");
	no_copy_of = "/api/v2/p/?o=1";
	ok(!LIST(&e, {ANSWER("200 OK", "", CLOSED(FIRST_PAGE)), true}) &&
		   e.kind == ERR_SYSTEM && strcmp(e.text, "out of memory") == 0,
	   "a list is never cut because memory is out");
	no_copy_of = NULL;
	ok(!LIST(&e,
		 {ANSWER("200 OK", "", CLOSED("{\"data\":[],\"next\":\"http://x.example/\"}")),
		  true}) &&
		   e.kind == ERR_REFUSED && strstr(e.text, "not below the endpoint"),
	   "but not to another host");
	ok(!LIST(&e, {ANSWER("200 OK", "", CLOSED("{\"a\":1}")), true}) &&
		   e.kind == ERR_UNAVAILABLE &&
		   strcmp(e.text, "GET projects/: the answer is no list (after 2 attempts)") ==
			   0,
	   "what is no list is asked for again, and then told");
	ok(!LIST(&e, {ANSWER("200 OK", "", CLOSED("{\"data\":[{},7]}")), true}) &&
		   e.kind == ERR_UNAVAILABLE &&
		   strcmp(e.text, "GET projects/: the list holds what is no object (after 2 "
				  "attempts)") == 0,
	   "so is a list with something else than objects");
	is_json(LIST(&e, {ANSWER("200 OK", "", CLOSED("{\"data\":[{},7]}")), true},
		     {ANSWER("200 OK", "", CLOSED("[{\"projectId\":\"5f\"}]")), true}),
		"[{\"projectId\":\"5f\"}]", "unless it is right the second time");
	ok(!LIST(&e, {ANSWER("200 OK", "", CLOSED("[{\"projectId\":\"60\"}]")), true}) &&
		   strstr(e.text, ": the list is that of another project"),
	   "the list of another project is none");
	ok(!LIST(&e, {ANSWER("200 OK", "", CLOSED(FIRST_PAGE)), true},
		 {ANSWER("200 OK", "", CLOSED("{\"data\":[],\"next\":\"/api/v2/p/?o=2\"}")),
		  true},
		 {ANSWER("200 OK", "", CLOSED("{\"data\":[],\"next\":\"/api/v2/p/?o=3\"}")),
		  true},
		 {ANSWER("200 OK", "", CLOSED("{\"data\":[],\"next\":\"/api/v2/p/?o=2\"}")),
		  true},
		 {ANSWER("200 OK", "", CLOSED("{\"data\":[],\"next\":\"/api/v2/p/?o=3\"}")),
		  true},
		 {ANSWER("200 OK", "", CLOSED("{\"data\":[],\"next\":\"/api/v2/p/?o=2\"}")),
		  true}) &&
		   e.kind == ERR_REFUSED && strstr(e.text, "the pages go round in a circle"),
	   "pages that go round in a circle are not read for ever");
	ok(!LIST(&e,
		 {ANSWER("301 Moved", "Location: https://x.example/\r\n", CLOSED("")), true}) &&
		   e.kind == ERR_REFUSED &&
		   strcmp(e.text, "GET projects/: 301: redirected to 'https://x.example/'") ==
			   0,
	   "a redirect is told");
	ok(!LIST(&e, {ANSWER("401 No", "", CLOSED("{\"message\":\"no\"}")), true}) &&
		   e.kind == ERR_REFUSED &&
		   strcmp(e.text,
			  "GET projects/: 401: no (the token is from the environment)") == 0,
	   "a wrong token is told with its source");
}

/* ---- submissions ---- */

static bool submit(const struct step *step, struct dr_submission *s, struct err *e)
{
	struct dr *dr = open_at(server = server_start(step, 1));
	bool good = dr_train(dr, "p", "b", NULL, 64, "crossValidation", s, e);

	CLOSE(dr);
	return good;
}

static void submits(const char *answer, enum dr_submitted how, const char *job, bool dead,
		    const char *what)
{
	struct step step = {answer, true};
	struct dr_submission s;
	struct err e = {0};
	bool good = submit(&step, &s, &e);

	if (!ok(good && s.how == how && s.dead == dead && e.kind == ERR_NONE &&
			(job ? s.job && strcmp(s.job, job) == 0 : !s.job),
		"%s", what))
		printf("# how %d, job %s, %s\n", s.how, s.job ? s.job : "none", e.text);
	dr_submission_release(&s);
}

#define ALREADY(rest)                                                                          \
	ANSWER("422 No", "Location: /api/v2/projects/p/modelJobs/9/\r\n",                      \
	       CLOSED("{\"message\":\"x\",\"errorName\":\"JobAlreadyAdded\"" rest "}"))

#define ELSEWHERE ANSWER("302 Found", "Location: https://login.example/job/7/\r\n", CLOSED(""))

static void submissions(void)
{
	struct dr_submission s;
	struct err e = {0};

	submits(ANSWER("202 Accepted", "Location: /api/v2/projects/p/modelJobs/12/\r\n",
		       CLOSED("")),
		DR_ACCEPTED, "12", false, "a 202 names its job");
	submits(ANSWER("202 Accepted",
		       "Location: https://127.0.0.1/api/v2/projects/p/modelJobs/12/\r\n",
		       CLOSED("")),
		DR_ACCEPTED, "12", false, "as a URL, too, behind a proxy");
	submits(ANSWER("202 Accepted", "Location: http://h/api/v2/projects/p/modelJobs/12/\r\n",
		       CLOSED("")),
		DR_UNKNOWN, NULL, false, "a job on another host is none");
	submits(ANSWER("202 Accepted", "", CLOSED("")), DR_UNKNOWN, NULL, false,
		"nor is a job without a name");
	submits(ANSWER("200 OK", "Location: ?\r\n", CLOSED("<html>")), DR_UNKNOWN, NULL, false,
		"nor a page for people");
	submits(ALREADY(",\"jobId\":\"7\",\"previousJob\":{\"id\":12,\"status\":"
			"\"COMPLETED\"}"),
		DR_REPEATED, "12", false, "a repetition takes over the previous job's id");
	submits(ALREADY(",\"previousJob\":{\"id\":\"12\",\"status\":\"ABORTED\"}"), DR_REPEATED,
		"12", true, "unless that was aborted");
	submits(ALREADY(",\"previousJob\":{\"id\":\"12\",\"status\":\"error\"}"), DR_REPEATED,
		"12", true, "or failed");
	submits(ALREADY(",\"previousJob\":{\"url\":\"http://h/modelJobs/13/\"}"), DR_REPEATED,
		"13", false, "or the one of its URL");
	submits(ALREADY(",\"jobId\":7"), DR_REPEATED, "7", false, "or jobId");
	submits(ALREADY(",\"jobId\":null"), DR_REPEATED, "9", false, "or that of the Location");
	submits(ANSWER("422 No", "",
		       CLOSED("{\"message\":\"Unable to add jobs to the queue: full\"}")),
		DR_QUEUE_FULL, NULL, false, "a full queue is known by its phrase");
	submits(NULL, DR_UNKNOWN, NULL, false, "a lost answer leaves it unknown");
	submits(ANSWER("502 Bad", "", CLOSED("")), DR_UNKNOWN, NULL, false, "so does a 502");
	submits(ANSWER("422 No", "", CLOSED("\x8b\xff")), DR_UNKNOWN, NULL, false,
		"and a 422 that cannot be read: it may have said JobAlreadyAdded");
	ok(!submit(&(struct step){ANSWER("422 No", "", CLOSED("{\"message\":\"bad\"}")), true},
		   &s, &e) &&
		   e.kind == ERR_REFUSED && s.status == 422 &&
		   strcmp(e.text, "POST projects/p/models/: 422: bad") == 0,
	   "another 422 is a refusal");
	ok(!submit(&(struct step){ELSEWHERE, true}, &s, &e) && e.kind == ERR_REFUSED &&
		   strcmp(e.text, "POST projects/p/models/: 302: redirected to "
				  "'https://login.example/job/7/'") == 0,
	   "a redirect is not taken for a job's place");
}

/* ---- sending ---- */

static void redirected(struct err *e, const char *want, const char *what)
{
	if (!ok(e->kind == ERR_REFUSED && strcmp(e->text, want) == 0, "%s", what))
		printf("# %s\n", e->text);
	*e = (struct err){0};
}

static void note_cancel(struct dr_cancel *c)
{
	++*(int *)c->ctx;
}

static void cancelling(void)
{
	static const struct step script[] = {
		{"HTTP/1.1 204 No Content\r\n\r\n", true},
		{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", true},
		{NULL},
		{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", true},
		{ANSWER("200 OK", "", CLOSED("{\"status\":\"ABORTED\"}")), true},
		{ELSEWHERE, true},
		{NULL},
		{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", true},
		{ANSWER("303 See Other", "Location: /api/v2/projects/5f/models/7/\r\n",
			CLOSED("{\"status\":\"COMPLETED\"}")),
		 true}};
	struct dr *dr = OPEN(script);
	struct err e = {0};
	int told = 0;
	struct dr_cancel c[] = {{.project = "5f", .job = "1", .ctx = &told},
				{.project = "5f", .job = "2", .ctx = &told},
				{.project = "5f", .job = "3", .ctx = &told},
				{.project = "5f", .job = "4", .ctx = &told},
				{.project = "5f", .job = "", .ctx = &told},
				{.project = "5f", .job = "5", .ctx = &told}};

	/* One after the other, so that the script's order is that of the jobs. */
	http_set_connections(dr_http(dr), 1);
	ok(dr_cancel_jobs(dr, c, 3, note_cancel, &e) &&
		   dr_cancel_jobs(dr, c + 3, 2, note_cancel, &e) &&
		   dr_cancel_jobs(dr, c + 5, 1, note_cancel, &e) && told == 6,
	   "jobs are cancelled");
	ok(c[0].how == DR_CANCELLED, "204: this one is");
	ok(c[1].how == DR_WAS_OVER, "404: it was over");
	ok(c[2].how == DR_CANCELLED,
	   "no answer, then 404, and the job is cancelled: the first request did it");
	ok(c[5].how == DR_WAS_OVER, "no answer, then 404, and the job is done: it was over");
	ok(c[3].how == DR_NOT_CANCELLED, "a redirect is no answer");
	redirected(&c[3].why, "job 4: 302: redirected to 'https://login.example/job/7/'",
		   "but told");
	ok(c[4].how == DR_NOT_CANCELLED && c[4].why.kind == ERR_INPUT, "nor is there a job ''");
	CLOSE(dr);
}

static void sending(void)
{
	static const struct step script[] = {{ELSEWHERE, true}};
	struct dr *dr = OPEN(script);
	struct err e = {0};
	char file[] = "/tmp/dr_wire.XXXXXX", *where;
	bool unknown;

	close(mkstemp(file));
	where = dr_project_create(dr, file, "x", &unknown, &e);
	unlink(file);
	ok(!where, "a redirect is not taken for a status");
	redirected(&e, "POST projects/: 302: redirected to 'https://login.example/job/7/'",
		   "of an upload: it is told");
	ok(!dr_project_create(dr, "http://t.example/", NULL, &unknown, &e),
	   "nor where a URL is sent");
	redirected(&e, "POST projects/: 302: redirected to 'https://login.example/job/7/'",
		   "but told");
	ok(!dr_project_delete(dr, "5f", &e), "nor for a deletion that was done");
	redirected(&e, "DELETE projects/5f/: 302: redirected to 'https://login.example/job/7/'",
		   "but told");
	free(where);
	CLOSE(dr);
}

static void deleted_twice(void)
{
	static const struct step lost[] = {
		{NULL}, {ANSWER("404 No", "", CLOSED("{\"message\":\"no\"}")), true}};
	static const struct step never[] = {
		{ANSWER("404 No", "", CLOSED("{\"message\":\"no\"}")), true}};
	struct err e = {0};
	struct dr *dr = OPEN(lost);

	ok(dr_project_delete(dr, "5f", &e) && e.kind == ERR_NONE && server->requests == 2,
	   "what a lost answer told to be gone is deleted");
	CLOSE(dr);
	dr = OPEN(never);
	ok(!dr_project_delete(dr, "5f", &e) && e.kind == ERR_REFUSED,
	   "what never was there is not");
	CLOSE(dr);
}

static void set_twice(void)
{
	static const struct step script[] = {{NULL}, {ANSWER("200 OK", "", CLOSED("")), true}};
	struct err e = {0};
	struct dr *dr = OPEN(script);

	ok(dr_project_set_workers(dr, "5f", 2, &e) && server->requests == 2,
	   "a value whose answer is lost is set again");
	CLOSE(dr);
}

/* Each kind of answer that can name a place, naming another server: it is never asked. */
static void nowhere_else(void)
{
	static const struct step welcome[] = {{ANSWER("200 OK", "", CLOSED("{}")), true}};
	struct server *other = server_start(welcome, 1);
	static const char *const heads[] = {"202 Accepted", "303 See Other", "307 Moved",
					    "302 Found", "200 OK"};
	char text[5][256], page[256];
	struct step script[5] = {{text[0], true},
				 {text[1], true},
				 {text[2], true},
				 {text[3], true},
				 {text[4], true}};
	struct err e = {0};
	struct dr_submission s;
	struct dr_job job;
	struct dr *dr;
	char *where;

	for (int i = 0; i < 5; i++)
		snprintf(text[i], sizeof(text[i]),
			 "HTTP/1.1 %s\r\nLocation: %s/projects/p/models/m/\r\n" CLOSED(
				 "{\"status\":\"COMPLETED\"}"),
			 heads[i], other->endpoint);
	dr = OPEN(script);
	dr_train(dr, "p", "b", NULL, 64, NULL, &s, &e); /* 202 */
	dr_submission_release(&s);
	dr_job_get(dr, "p", "12", &job, &e); /* 303 */
	dr_job_release(&job);
	where = dr_status_wait(dr, "status/1/", 0, NULL, NULL, &e); /* 307 */
	free(where);
	cJSON_Delete(dr_project_get(dr, "p", &e));                  /* 302 */
	where = dr_status_wait(dr, "status/1/", 0, NULL, NULL, &e); /* 200 */
	ok(where && !dr_status_wait(dr, where, 0, NULL, NULL, &e) &&
		   strstr(e.text, "not below the endpoint"),
	   "the place of a result elsewhere is refused");
	free(where);
	ok(server->requests == 5 && other->connections == 0,
	   "another server is not asked, whatever answer names it");
	CLOSE(dr);
	snprintf(page, sizeof(page),
		 "HTTP/1.1 200 OK\r\n" CLOSED("{\"data\":[],\"next\":\"%s/p/?o=1\"}"),
		 other->endpoint);
	script[0].answer = page;
	dr = open_at(server = server_start(script, 1));
	cJSON_Delete(dr_list(dr, dr_path(&e, "p"), NULL, &e));
	ok(other->connections == 0, "nor is one that a page names");
	CLOSE(dr);
	server_stop(other);
}

/* ---- jobs ---- */

static void job_is(const char *answer, enum dr_job_state state, const char *model,
		   const char *message, const char *what)
{
	struct step step = {answer, true};
	struct dr *dr = open_at(server = server_start(&step, 1));
	struct dr_job job;
	struct err e = {0};
	bool good = dr_job_get(dr, "p", "12", &job, &e);

	if (!ok(good && job.state == state && e.kind == ERR_NONE &&
			(model ? job.model && strcmp(job.model, model) == 0 : !job.model) &&
			(message ? job.message && strcmp(job.message, message) == 0
				 : !job.message),
		"%s", what))
		printf("# state %d, model %s, %s\n", job.state, job.model ? job.model : "none",
		       e.text);
	dr_job_release(&job);
	CLOSE(dr);
}

#define JOB "GET projects/p/jobs/12/: "

static void job_refused(const char *answer, enum err_kind kind, const char *why,
			const char *what)
{
	struct step step = {answer, true};
	struct dr *dr = open_at(server = server_start(&step, 1));
	struct dr_job job;
	struct err e = {0};
	bool good = dr_job_get(dr, "p", "12", &job, &e);

	if (!ok(!good && e.kind == kind && strcmp(e.text, why) == 0, "%s", what))
		printf("# %s\n", e.text);
	dr_job_release(&job);
	CLOSE(dr);
}

static void jobs(void)
{
	job_is(ANSWER("200 OK", "", CLOSED("{\"id\":\"12\",\"status\":\"inprogress\"}")),
	       DR_JOB_PENDING, NULL, NULL, "a job in progress");
	job_is(ANSWER("303 See", "Location: http://127.0.0.1/api/v2/projects/p/models/m2/\r\n",
		      CLOSED("{\"status\":\"COMPLETED\",\"modelId\":\"m1\"}")),
	       DR_JOB_DONE, "m2", NULL, "a finished one: the Location names the model");
	job_is(ANSWER("303 See", "Location: /api/v2/projects/p/trainingPredictions/t/\r\n",
		      CLOSED("{\"modelId\":\"m1\"}")),
	       DR_JOB_DONE, "m1", NULL, "or the body does");
	job_is(ANSWER("200 OK", "", CLOSED("{\"status\":\"ERROR\",\"message\":\"no rows\"}")),
	       DR_JOB_FAILED, NULL, "no rows", "a failed one, with its message");
	job_is(ANSWER("200 OK", "", CLOSED("{\"status\":\"Aborted\"}")), DR_JOB_ABORTED, NULL,
	       NULL, "an aborted one");
	job_is(ANSWER("404 No", "", CLOSED("{\"message\":\"no\"}")), DR_JOB_GONE, NULL, NULL,
	       "one that the server does not know");
	job_is(ANSWER("200 OK", "", CLOSED("{\"status\":\"settling\",\"modelId\":1.5}")),
	       DR_JOB_PENDING, NULL, NULL,
	       "a state of another name, and a model that is no id");
	job_refused(ANSWER("200 OK", "", CLOSED("{\"id\":\"12\"}")), ERR_UNAVAILABLE,
		    JOB "the answer tells no status of the job (after 2 attempts)",
		    "a job without a status is not asked for again for ever");
	job_refused(ANSWER("200 OK", "", CLOSED("[]")), ERR_UNAVAILABLE,
		    JOB "the answer tells no status of the job (after 2 attempts)",
		    "nor what is no job");
	job_refused(ANSWER("200 OK", "", CLOSED("{\"id\":13,\"status\":\"queue\"}")),
		    ERR_UNAVAILABLE, JOB "the answer is about another job (after 2 attempts)",
		    "nor another job");
	job_refused(ANSWER("303 See", "Location: http://h/api/v2/projects/p/models/m2/\r\n",
			   CLOSED("")),
		    ERR_UNAVAILABLE,
		    JOB "the answer names a result on another host (after 2 attempts)",
		    "nor one whose result is on another host");
	job_refused(ELSEWHERE, ERR_REFUSED,
		    "job 12: 302: redirected to 'https://login.example/job/7/'",
		    "a job that is elsewhere is not taken for one in progress");
}

static void statuses(void)
{
	static const struct step done[] = {
		{ANSWER("200 OK", "", CLOSED("{\"status\":\"RUNNING\"}")), true},
		{ANSWER("303 See", "Location: /api/v2/projects/5f/\r\n", CLOSED("")), true}};
	static const struct step failed[] = {
		{ANSWER("200 OK", "", CLOSED("{\"status\":\"ERROR\",\"message\":\"bad\"}")),
		 true}};
	static const struct step never[] = {
		{ANSWER("200 OK", "", CLOSED("{\"status\":\"RUNNING\"}")), true}};
	static const struct step silent[] = {
		{ANSWER("200 OK", "", CLOSED("{\"message\":\"x\"}")), true}};
	static const struct step elsewhere[] = {{ELSEWHERE, true}};
	static const struct step moved[] = {
		{ANSWER("307 Moved", "Location: /api/v2/status/2/\r\n", CLOSED("")), true},
		{ANSWER("200 OK", "", CLOSED("{\"status\":\"RUNNING\"}")), true},
		{ANSWER("303 See", "Location: /api/v2/projects/5f/\r\n", CLOSED("")), true}};
	static const struct step away[] = {
		{ANSWER("307 Moved", "Location: https://x.example/status/2/\r\n", CLOSED("")),
		 true}};
	static const struct step page[] = {
		{ANSWER("200 OK", "", CLOSED("<html>wait</html>")), true},
		{ANSWER("303 See", "Location: /api/v2/projects/5f/\r\n", CLOSED("<html>")),
		 true}};
	struct err e = {0};
	struct dr *dr = OPEN(done);
	char *where = dr_status_wait(dr, "status/1/", 0, NULL, NULL, &e);

	is_str(where, "/api/v2/projects/5f/", "a status leads to its result");
	free(where);
	CLOSE(dr);
	dr = OPEN(failed);
	ok(!dr_status_wait(dr, "status/1/", 0, NULL, NULL, &e) && e.kind == ERR_REFUSED &&
		   strcmp(e.text, "ERROR: bad") == 0,
	   "or says why there is none");
	CLOSE(dr);
	dr = OPEN(never);
	ok(!dr_status_wait(dr, "status/1/", 0.3, NULL, NULL, &e) && e.kind == ERR_LIMIT,
	   "and is not waited for longer than asked");
	CLOSE(dr);
	dr = OPEN(silent);
	ok(!dr_status_wait(dr, "status/1/", 0, NULL, NULL, &e) && e.kind == ERR_UNAVAILABLE &&
		   strcmp(e.text, "GET status/1/: the answer tells no status of the work "
				  "(after 2 attempts)") == 0,
	   "one that tells no status is not waited for for ever");
	CLOSE(dr);
	dr = OPEN(elsewhere);
	ok(!dr_status_wait(dr, "status/1/", 0, NULL, NULL, &e) && e.kind == ERR_REFUSED &&
		   strcmp(e.text, "302: redirected to 'https://login.example/job/7/'") == 0,
	   "nor is one that is elsewhere");
	CLOSE(dr);
	dr = OPEN(moved);
	where = dr_status_wait(dr, "status/1/", 0, NULL, NULL, &e);
	is_str(where, "/api/v2/projects/5f/", "one that moves is followed");
	ok(server->requests == 3 && strncmp(server->text[2], "GET /api/v2/status/2/ ", 22) == 0,
	   "and looked for there from then on");
	free(where);
	CLOSE(dr);
	dr = OPEN(away);
	ok(!dr_status_wait(dr, "status/1/", 0, NULL, NULL, &e) && e.kind == ERR_REFUSED &&
		   strstr(e.text, "not below the endpoint") && server->requests == 1,
	   "but not to another host");
	CLOSE(dr);
	dr = OPEN(page);
	where = dr_status_wait(dr, "status/1/", 0, NULL, NULL, &e);
	is_str(where, "/api/v2/projects/5f/", "a page for people is no answer: asked again");
	free(where);
	CLOSE(dr);
}

static void metrics(void)
{
	static const struct step script[] = {
		{ANSWER("200 OK", "",
			CLOSED("{\"metricDetails\":["
			       "{\"metricName\":\"Weighted LogLoss\",\"ascending\":false},"
			       "{\"metricName\":\"LogLoss\",\"ascending\":true},"
			       "{\"metricName\":\"Mine\",\"ascending\":true}]}")),
		 true}};
	struct dr *dr = OPEN(script);
	cJSON *project = parsed("{\"id\":\"5f\",\"target\":\"is bad\",\"metric\":\"LogLoss\"}");
	struct err e = {0};
	const char *name;
	bool minimize = false;

	ok(dr_project_metric(dr, project, NULL, &name, &minimize, &e) && minimize &&
		   strcmp(name, "LogLoss") == 0 &&
		   strstr(server->text[0], "features/metrics/?featureName=is%20bad "),
	   "the server is asked for the direction of the project's metric");
	minimize = false;
	ok(dr_project_metric(dr, project, "Mine", &name, &minimize, &e) && minimize,
	   "or of another one that it lists");
	ok(dr_project_metric(dr, project, "Weighted AUC", &name, &minimize, &e) && !minimize,
	   "one that it does not list is taken by its name");
	ok(!dr_project_metric(dr, project, "Beauty", &name, &minimize, &e) &&
		   e.kind == ERR_INPUT && strstr(e.text, "'Beauty'"),
	   "and one that nobody knows is refused");
	json_set(project, "target", cJSON_CreateNull());
	ok(!dr_project_metric(dr, project, NULL, &name, &minimize, &e) && e.kind == ERR_INPUT,
	   "a project without a target has no metric");
	cJSON_Delete(project);
	project = parsed("{\"id\":77,\"target\":\"is bad\",\"metric\":\"LogLoss\"}");
	ok(dr_project_metric(dr, project, NULL, &name, &minimize, &e) && minimize &&
		   strstr(server->text[server->requests - 1], "/projects/77/features/"),
	   "the project's id may be a number");
	cJSON_Delete(project);
	CLOSE(dr);
}

int main(void)
{
	paths();
	records();
	ids();
	lists();
	submissions();
	sending();
	nowhere_else();
	cancelling();
	deleted_twice();
	set_twice();
	jobs();
	statuses();
	metrics();
	return tap_end();
}
