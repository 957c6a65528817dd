/* dr-sandbox: a local service that speaks DataRobot's API and trains models. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <curl/curl.h>

#include "chaos/chaos.h"
#include "cli/cli.h"
#include "home/home.h"
#include "jobs/jobs.h"
#include "jobs/queue.h"
#include "ndjson/ndjson.h"
#include "routes/common.h"
#include "store/store.h"
#include "web/web.h"

#define JSON_MAX ((size_t)4 << 20)

static long port = 8080, workers, queue_limit = 1000, memory_mb = 4096, upload_mb = 4096;
static double latency, min_job_time = 2, time_limit = 3600;
static const char *dir, *worker, *chaos_spec;
static long chaos_seed = 1;

static const struct cli_option options[] = {
	{.name = "port",
	 .letter = 'p',
	 .type = CLI_INT,
	 .value = &port,
	 .arg = "N",
	 .help = "port on 127.0.0.1; 0: the kernel chooses",
	 .max = 65535},
	{.name = "dir",
	 .letter = 'd',
	 .type = CLI_STRING,
	 .value = &dir,
	 .arg = "DIR",
	 .help = "keep everything there (default: ~/.local/share/drtune-sandbox)"},
	{.name = "workers",
	 .letter = 'w',
	 .type = CLI_INT,
	 .value = &workers,
	 .arg = "N",
	 .help = "jobs at once (default: number of processors)",
	 .min = 1,
	 .max = 1024},
	{.name = "worker",
	 .type = CLI_STRING,
	 .value = &worker,
	 .arg = "PATH",
	 .help = "the program that trains (default: dr-worker beside this one)"},
	{.name = "latency",
	 .type = CLI_SECONDS,
	 .value = &latency,
	 .arg = "TIME",
	 .help = "let every job take at least this long"},
	{.name = "min-job-time",
	 .type = CLI_SECONDS,
	 .value = &min_job_time,
	 .arg = "TIME",
	 .help = "report no job as finished before"},
	{.name = "queue-limit",
	 .type = CLI_INT,
	 .value = &queue_limit,
	 .arg = "N",
	 .help = "jobs that may wait or run; more are refused",
	 .min = 1,
	 .max = 1000000},
	{.name = "time-limit",
	 .type = CLI_SECONDS,
	 .value = &time_limit,
	 .arg = "TIME",
	 .help = "end a job that takes longer"},
	{.name = "memory",
	 .type = CLI_INT,
	 .value = &memory_mb,
	 .arg = "MIB",
	 .help = "address space of one job",
	 .min = 64,
	 .max = 1 << 20},
	{.name = "max-upload",
	 .type = CLI_INT,
	 .value = &upload_mb,
	 .arg = "MIB",
	 .help = "size of the largest table",
	 .min = 1,
	 .max = 1 << 20},
	{.name = "chaos",
	 .type = CLI_STRING,
	 .value = &chaos_spec,
	 .arg = "RULES",
	 .help = "make these faults; @FILE: those it holds"},
	{.name = "chaos-seed",
	 .type = CLI_INT,
	 .value = &chaos_seed,
	 .arg = "N",
	 .help = "draw them by this seed",
	 .min = 0,
	 .max = 1e15},
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-sandbox",
	.synopsis = "[--port N] [--dir DIR]",
	.summary = "Serve DataRobot's REST API v2 on this machine, with models of its own.",
	.examples = "dr-sandbox --port 0 --dir ./sandbox &\n"
		    "DATAROBOT_CONFIG_FILE=./sandbox/drconfig.yaml dr-project list\n",
	.details =
		"It trains its own models and is not DataRobot. Once it accepts connections,\n"
		"one record with endpoint, token_file, config_file, page_file and pid goes to\n"
		"standard output. SIGTERM or SIGINT ends it; jobs then go on at its next "
		"start.\n",
	.options = options,
};

/* A handler's transaction: kept where it has not refused. */
static void serve(web_handler *handle, struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	struct err e = {0};

	sv->wake = false;
	sv->gone[0] = '\0';
	store_begin(sv->store);
	handle(r, sv);
	if (!store_end(sv->store, r->status < 400, &e) && e.kind) {
		cli_warn("%s", e.text);
		web_error(r, 500, "%s", e.text);
		return;
	}
	if (r->status >= 400)
		return;
	if (sv->gone[0] && !home_discard(sv->home, sv->gone, &e))
		cli_warn("%s", e.text);
	if (sv->wake)
		jobs_wake(sv->jobs);
}

static void log_request(const struct web_request *r, const char *path)
{
	if (r->fault)
		cli_verbose(1, "%s %s: %u (chaos: %s)", r->method, path, r->status, r->fault);
	else
		cli_verbose(1, "%s %s: %u", r->method, path, r->status);
}

static void warn(const char *text)
{
	cli_warn("%s", text);
}

/* dr-worker lies in the folder that this program was started from. */
static char *find_worker(struct err *e)
{
	char self[4096], *path = NULL;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (worker)
		path = realpath(worker, NULL);
	else if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		if (asprintf(&path, "%.*s/dr-worker", (int)(slash - self), self) < 0)
			path = NULL;
	}
	if (path && access(path, X_OK) == 0)
		return path;
	err_errno(e, "%s", path ? path : worker ? worker : "dr-worker");
	free(path);
	return NULL;
}

/* Programs that read these may be started while this one runs on. */
static bool announce(const struct home *h, uint16_t at, struct err *e)
{
	char endpoint[64];
	cJSON *rec = cJSON_CreateObject();
	bool ok;

	snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%u/api/v2", at);
	ok = json_set_str(rec, "endpoint", endpoint) &&
	     json_set_str(rec, "token_file", h->token_file) &&
	     json_set_str(rec, "config_file", h->config_file) &&
	     json_set_str(rec, "page_file", h->page_file) &&
	     json_set_num(rec, "pid", (double)getpid());
	ok = ok || err_nomem(e);
	ok = ok && home_write_config(h, endpoint, e) && ndjson_put(stdout, rec, e);
	cJSON_Delete(rec);
	if (!ok)
		return false;
	cli_note("serving %s; it trains its own models and is not DataRobot", endpoint);
	cli_note("try: DATAROBOT_CONFIG_FILE=%s dr-project list", h->config_file);
	cli_note("or open %s in a browser", h->page_file);
	return true;
}

/*
 * The service is there all day and mostly idle: what a long answer took goes back to the
 * system.  One heap for all threads, which take turns anyway; and limits that stay where they
 * are instead of growing with the largest block that was ever freed.
 */
static void keep_small(void)
{
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
	mallopt(M_TRIM_THRESHOLD, 256 << 10);
}

/* Descriptors 0 to 2 must not become sockets. */
static void hold_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

static bool is_project(const char *id, void *ctx)
{
	return queue_has_project(ctx, id) || store_failed(ctx);
}

static bool sweep(struct service *sv, struct err *e)
{
	bool ok;

	store_begin(sv->store);
	ok = home_sweep(sv->home, is_project, sv->store, e);
	return store_end(sv->store, true, e) && ok;
}

/* Threads inherit this: only the main thread takes the signals that end it. */
static void block_ends(sigset_t *ends)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit on files is like a full disk */
	sigemptyset(ends);
	sigaddset(ends, SIGTERM);
	sigaddset(ends, SIGINT);
	sigaddset(ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, ends, NULL);
}

static struct jobs *start_jobs(const char *path, struct service *sv, struct err *e)
{
	struct jobs_config c = {.worker = path,
				.projects = sv->home->projects,
				.places = workers,
				.latency_s = latency,
				.time_limit_s = time_limit,
				.memory_mb = memory_mb,
				.upload_max = (size_t)upload_mb << 20,
				.chaos = sv->chaos,
				.warn = warn};

	return jobs_start(&c, sv->store, e);
}

static struct web *start_web(struct service *sv, struct err *e)
{
	struct web_config c = {.port = (uint16_t)port,
			       .routes = routes,
			       .upload_dir = sv->home->uploads,
			       .json_max = JSON_MAX,
			       .upload_max = (size_t)upload_mb << 20,
			       .chaos = sv->chaos,
			       .serve = serve,
			       .log = log_request,
			       .ctx = sv};

	home_token_hash(sv->home, c.token_hash);
	return web_start(&c, e);
}

/* Done with a word on standard error, so that nobody takes the faults for the service's. */
static struct chaos *start_chaos(void)
{
	struct err e = {0};
	struct chaos *c;

	if (!chaos_spec)
		return NULL;
	if (!(c = chaos_new(chaos_spec, (uint64_t)chaos_seed, warn, &e))) {
		if (e.kind == ERR_USAGE)
			cli_usage("--chaos: %s", e.text);
		cli_die(&e);
	}
	cli_note("makes faults: --chaos");
	return c;
}

static void report_chaos(struct chaos *c)
{
	cJSON *v = c ? chaos_report(c) : NULL;
	char *text = v ? json_string(json_get(v, "injected")) : NULL;

	if (text)
		cli_note("faults made: %s", text);
	free(text);
	cJSON_Delete(v);
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct home home = {.lock = -1};
	struct service sv = {.home = &home};
	struct web *web = NULL;
	char *path;
	sigset_t ends;
	int got = 0;
	bool ok;

	keep_small();
	umask(077); /* tables and models are the user's alone, as is the token */
	hold_standard_fds();
	workers = sysconf(_SC_NPROCESSORS_ONLN);
	if (workers < 1)
		workers = 1;
	if (cli_parse(&tool, argc, argv) != argc)
		cli_usage("operands are not taken");
	sv.chaos = start_chaos();
	sv.queue_limit = queue_limit;
	sv.min_job_time_s = min_job_time;
	block_ends(&ends);
	curl_global_init(CURL_GLOBAL_DEFAULT);

	ok = (path = find_worker(&e)) && home_open(&home, dir, &e) &&
	     (sv.store = store_open(home.database, &e)) && sweep(&sv, &e) &&
	     (sv.layout = layout_start(&e)) && (sv.jobs = start_jobs(path, &sv, &e)) &&
	     (web = start_web(&sv, &e)) && announce(&home, web_port(web), &e);
	while (ok && sigwait(&ends, &got) != 0)
		;

	web_stop(web);
	jobs_stop(sv.jobs);
	layout_stop(sv.layout);
	store_close(sv.store);
	home_close(&home);
	report_chaos(sv.chaos);
	chaos_free(sv.chaos);
	curl_global_cleanup();
	free(path);
	if (!ok)
		cli_die(&e);
	return 128 + got;
}
