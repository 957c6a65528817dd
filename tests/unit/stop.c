/* stop: signals, one and two, and the requests that they find under way. */
#include "stop/stop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "http/http.h"
#include "ndjson/ndjson.h"
#include "server.h"
#include "tap.h"

static void pause_s(double s)
{
	struct timespec t = {(time_t)s, (long)((s - (double)(time_t)s) * 1e9)};

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
}

/* What a child does that catches signals: send itself some, and end. */
static int run(void (*child)(void), unsigned limit_s)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct err e = {0};

		if (stop_catch(limit_s, &e))
			child();
		_exit(1);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void one(void)
{
	struct pollfd p = {.fd = stop_fd(), .events = POLLIN};
	bool before = stop_signal() || poll(&p, 1, 0) > 0;

	kill(getpid(), SIGTERM);
	_exit(!before && stop_signal() == SIGTERM && poll(&p, 1, 0) > 0 &&
			      strcmp(stop_name(), "SIGTERM") == 0
		      ? 42
		      : 1);
}

static void one_and_end(void)
{
	kill(getpid(), SIGHUP);
	kill(getpid(), SIGTERM); /* the same event */
	stop_die();
}

static void two(void)
{
	kill(getpid(), SIGTERM);
	pause_s(0.7);
	kill(getpid(), SIGINT);
}

static void too_long(void)
{
	kill(getpid(), SIGINT);
	for (;;)
		pause();
}

static void broken_pipe(void)
{
	int end[2];

	if (pipe(end))
		_exit(1);
	close(end[0]);
	kill(getpid(), SIGINT);
	if (stop_signal())
		_exit(write(end[1], "x", 1) == -1 && errno == EPIPE ? 42 : 1);
}

static void signals(void)
{
	ok(run(one, 60) == 42, "the first signal is remembered, and wakes a poll");
	ok(run(one_and_end, 60) == -SIGHUP,
	   "the process dies by it; what comes at once is no second one");
	ok(run(two, 60) == -SIGINT, "a second signal ends at once");
	ok(run(too_long, 1) == -SIGINT, "and so does the limit, by the first one");
	ok(run(broken_pipe, 60) == 42, "a closed output is an error once a signal was seen");
	signal(SIGHUP, SIG_IGN);
	ok(run(one_and_end, 60) == -SIGTERM, "what was ignored stays ignored");
	signal(SIGHUP, SIG_DFL);
}

static struct http *client(const struct server *s)
{
	struct http_config c = HTTP_DEFAULTS;
	struct err e = {0};

	c.endpoint = s->endpoint;
	c.authorization = "Token t";
	return http_open(&c, &e);
}

static void *signal_later(void *arg)
{
	(void)arg;
	pause_s(0.3);
	kill(getpid(), SIGTERM);
	return NULL;
}

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
			     "Content-Length: 2\r\n\r\n{}";
static const struct step slow[] = {{.answer = answer, .delay_s = 1}};

static int overs;
static enum err_kind over_kind;

static void over(struct http_response *r, const struct err *e, void *ctx)
{
	(void)r, (void)ctx;
	overs++;
	over_kind = e->kind;
}

/* The one place that catches signals in this process, hence last.  A wake is told once. */
static void requests(void)
{
	struct server *s = server_start(slow, 1);
	struct http *h = client(s);
	struct http_request get = {.method = HTTP_GET, .path = "a/"},
			    post = {.method = HTTP_POST, .path = "b/"};
	struct http_response r;
	struct err e = {0};
	struct ndjson_reader in;
	int quiet[2];
	pthread_t t;
	cJSON *rec;

	if (!h || !stop_catch(60, &e) || pipe(quiet))
		abort();
	http_set_wake(h, stop_fd());
	pthread_create(&t, NULL, signal_later, NULL);
	ok(http_call(h, &post, &r, &e) && r.status == 200,
	   "the answer to a request that starts work is heard");
	http_response_release(&r);
	ok(stop_signal() == SIGTERM, "... though a signal came before it");
	ok(!http_call(h, &get, &r, &e) && e.kind == ERR_STOPPED && http_pending(h) == 0,
	   "from then on nothing is asked");
	http_response_release(&r);
	ok(!http_sleep(h, 60, &e) && e.kind == ERR_STOPPED, "... nor slept");

	http_set_connections(h, 1);
	e = (struct err){0};
	ok(http_start(h, &post, over, NULL, &e) && http_start(h, &get, over, NULL, &e) &&
		   http_poll(h, -1, 0.01, NULL, &e),
	   "of two requests one is on the wire");
	http_withdraw(h);
	ok(overs == 1 && over_kind == ERR_STOPPED && http_pending(h) == 1,
	   "the other one can be withdrawn");
	while (overs == 1 && http_poll(h, -1, -1, NULL, &e))
		;
	ok(overs == 2 && over_kind == ERR_NONE, "... and the answer to the first is heard");
	http_set_wake(h, -1);
	ok(http_call(h, &get, &r, &e), "without a wake requests go on");
	http_response_release(&r);
	http_close(h);
	server_stop(s);
	pthread_join(t, NULL);

	ndjson_init(&in, quiet[0], "pipe");
	in.wake = stop_fd();
	ok(ndjson_next(&in, &rec, &e) == NDJSON_ERROR && e.kind == ERR_STOPPED,
	   "a reader waits no more");
	ndjson_release(&in);
	close(quiet[0]);
	close(quiet[1]);
}

int main(void)
{
	/* What a script starts in the background ignores SIGINT; these tests are about it. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signals();
	requests();
	return tap_end();
}
