/*
 * http: the bytes that a server sends to a client of dr, after a byte that says what the client
 * asked for.  A byte 0x1e parts the answers to the requests that follow each other.
 *
 * Whatever comes, no message and no trace tells the token.
 *
 * Aims at lib/http/call.c lib/http/http.c lib/http/message.c lib/http/endpoint.c
 * lib/dr/session.c lib/dr/wire.c lib/dr/jobs.c lib/dr/models.c lib/dr/projects.c
 * lib/dr/tuning.c lib/dr/blueprints.c.
 */
#include "fuzz.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include "dr/blueprints.h"
#include "dr/jobs.h"
#include "dr/models.h"
#include "dr/projects.h"
#include "dr/tuning.h"

#define MARK "s3cr3t-mark"
#define PART 0x1e

static struct dr *dr;
static int listener;

/* The answers that are left, of the input that is being tried. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const uint8_t *answers;
static size_t left;

/* A whole request, so that nothing of it is left when the connection is closed. */
static void take_request(int fd)
{
	char buf[8192], *end, *length;
	size_t n = 0, want = 0;
	ssize_t got;

	while (n < sizeof(buf) - 1 && (got = read(fd, buf + n, sizeof(buf) - 1 - n)) > 0) {
		n += (size_t)got;
		buf[n] = '\0';
		if (!want && (end = strstr(buf, "\r\n\r\n"))) {
			length = strcasestr(buf, "\r\nContent-Length:");
			want = (size_t)(end + 4 - buf) +
			       (length ? strtoul(length + 17, NULL, 10) : 0);
		}
		if (want && n >= want)
			break;
	}
}

static void answer_one(int fd)
{
	const uint8_t *end;
	size_t n;

	take_request(fd);
	pthread_mutex_lock(&lock);
	end = left ? memchr(answers, PART, left) : NULL;
	n = end ? (size_t)(end - answers) : left;
	if (n)
		(void)!send(fd, answers, n, MSG_NOSIGNAL);
	answers += n + (end != NULL);
	left -= n + (end != NULL);
	pthread_mutex_unlock(&lock);
	close(fd);
}

static void *answer(void *unused)
{
	int fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0)
		answer_one(fd);
	return unused;
}

static void trace(const char *line, void *unused)
{
	(void)unused;
	must(!strstr(line, MARK));
	for (const char *p = line; *p; p++)
		must((unsigned char)*p >= ' ' && *p != 0x7f);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	struct err e = {0};
	char endpoint[64];
	pthread_t t;

	(void)argc, (void)argv;
	signal(SIGPIPE, SIG_IGN);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(bind(listener, (struct sockaddr *)&at, len) == 0 && listen(listener, 16) == 0 &&
	     getsockname(listener, (struct sockaddr *)&at, &len) == 0);
	must(pthread_create(&t, NULL, answer, NULL) == 0);
	pthread_detach(t);
	snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%d/api/v2", ntohs(at.sin_port));
	unsetenv("DATAROBOT_CONFIG_FILE");
	setenv("DATAROBOT_ENDPOINT", endpoint, 1);
	setenv("DATAROBOT_API_TOKEN", MARK, 1);
	setenv("DATAROBOT_MAX_RETRIES", "0", 1);
	must((dr = dr_open(trace, NULL, &e)));
	return 0;
}

static bool tree(cJSON *v)
{
	if (v)
		fuzz_round_trip(v);
	cJSON_Delete(v);
	return v != NULL;
}

static bool list(cJSON *v)
{
	const cJSON *item;

	must(!v || cJSON_IsArray(v));
	cJSON_ArrayForEach (item, v)
		must(cJSON_IsObject(item));
	return tree(v);
}

static bool text(char *s)
{
	must(!s || *s);
	free(s);
	return s != NULL;
}

static bool submit(struct err *e)
{
	struct dr_submission s;
	bool ok = dr_train(dr, "p", "b", "f", 64, "validation", &s, e);

	must(!ok || s.job || s.how == DR_QUEUE_FULL || s.how == DR_UNKNOWN);
	dr_submission_release(&s);
	return ok;
}

static bool job(struct err *e)
{
	struct dr_job j;
	bool ok = dr_job_get(dr, "p", "12", &j, e);

	dr_job_release(&j);
	return ok;
}

static bool metric(struct err *e)
{
	cJSON *project = dr_project_get(dr, "p", e);
	const char *name = NULL;
	bool minimize,
		ok = project && dr_project_metric(dr, project, NULL, &name, &minimize, e);

	must(!ok || name);
	cJSON_Delete(project);
	return ok;
}

static bool aim(struct err *e)
{
	const struct dr_aim a = {.target = "y", .mode = "auto"};
	bool unknown = false;

	return text(dr_project_aim(dr, "p", &a, &unknown, e));
}

static bool create(struct err *e)
{
	bool unknown = false;

	return text(
		dr_project_create(dr, fuzz_file("table.csv", "a,b\n", 4), "x", &unknown, e));
}

static bool ask(unsigned what, struct err *e)
{
	switch (what % 12) {
	case 0:
		return list(dr_models(dr, "p", e));
	case 1:
		return list(dr_model_jobs_brief(dr, "p", e));
	case 2:
		return tree(dr_model_get(dr, "p", "m", e));
	case 3:
		return list(dr_parameter_records(dr, "p", "m", e));
	case 4:
		return submit(e);
	case 5:
		return job(e);
	case 6:
		return metric(e);
	case 7:
		return aim(e);
	case 8:
		return create(e);
	case 9:
		return text(dr_status_wait(dr, "status/5f/", 1e-3, NULL, NULL, e));
	case 10:
		return dr_model_delete(dr, "p", "12", e);
	default:
		return list(dr_blueprints(dr, "p", e));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = {0};

	if (size < 1)
		return 0;
	pthread_mutex_lock(&lock);
	answers = data + 1;
	left = size - 1;
	pthread_mutex_unlock(&lock);
	if (ask(data[0], &e)) {
		must(e.kind == ERR_NONE);
	} else {
		fuzz_failed(&e);
		must(e.kind == ERR_REFUSED || e.kind == ERR_UNAVAILABLE ||
		     e.kind == ERR_INPUT || e.kind == ERR_LIMIT || e.kind == ERR_USAGE);
	}
	must(http_pending(dr_http(dr)) == 0);
	pthread_mutex_lock(&lock);
	left = 0;
	pthread_mutex_unlock(&lock);
	return 0;
}
