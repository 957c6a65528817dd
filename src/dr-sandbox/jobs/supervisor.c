/*
 * supervisor: the thread that works the queue off.
 *
 * One loop over all that may happen: transfers (libcurl's multi handle), pipes
 * and ends of workers, wakes.  The database is asked only after a wake or an end.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include "chaos/chaos.h"
#include "jobs/autopilot.h"
#include "jobs/fetch.h"
#include "jobs/files.h"
#include "jobs/jobs.h"
#include "jobs/queue.h"
#include "jobs/result.h"
#include "jobs/worker.h"

#define GRACE_S 2.0 /* from SIGTERM to SIGKILL */
#define RETRY_S 1.0 /* until what the database has refused is tried again */
#define CRASHES_MAX 2
#define FETCHES_MAX 4
#define FDS_PER_PLACE 4

struct place {
	bool taken;
	struct queue_job job;
	struct worker worker;
	double started, killed; /* on the steady clock; killed: 0 until SIGTERM */
	double retry;           /* not before, where storing has failed */
	bool overtime;
	char broken[ERR_TEXT_MAX]; /* why it could not be started, or "" */
};

struct transfer {
	struct queue_job job;
	struct fetch *fetch; /* NULL: free */
};

struct jobs {
	struct jobs_config c;
	struct store *store;
	pthread_t thread;
	CURLM *multi;
	atomic_bool woken, stop;
	double again; /* when to look once more at a queue that could not be read, or 0 */
	struct place *place;
	struct transfer transfer[FETCHES_MAX];
	struct curl_waitfd *fds;
};

static double steady(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void warn(const struct jobs *j, const struct err *e)
{
	if (j->c.warn)
		j->c.warn(e->text);
}

/* Nothing else may happen that would make the queue be looked at again. */
static void not_read(struct jobs *j, const struct err *e)
{
	warn(j, e);
	j->again = steady() + RETRY_S;
}

static void vacate(struct place *p)
{
	worker_release(&p->worker);
	queue_job_release(&p->job);
	*p = (struct place){.worker = WORKER_NONE};
}

/* A job is over: nothing that is of no use is kept of it. */
static void tidy(const struct jobs *j, const struct queue_job *job)
{
	struct err e = {0};

	if (!files_tidy(j->c.projects, j->store, job, &e))
		warn(j, &e);
}

static bool store_failure(struct jobs *j, const struct queue_job *job, const char *why,
			  struct err *e)
{
	store_begin(j->store);
	queue_failed(j->store, job, why);
	autopilot_next(j->store, job->project);
	return store_end(j->store, true, e);
}

/* Put the end of a worker into the database. */
static bool store_outcome(struct jobs *j, const struct place *p, struct err *e)
{
	char why[ERR_TEXT_MAX];
	bool crashed, stored;
	cJSON *answer;
	struct err bad = {0};

	if (p->broken[0])
		return store_failure(j, &p->job, p->broken, e);
	answer = worker_result(&p->worker, why, sizeof(why), &crashed);
	if (!answer && (p->overtime || (crashed && p->worker.status == SIGXCPU)))
		return store_failure(j, &p->job, "the job took longer than its time limit", e);
	if (!answer && crashed && p->job.crashes + 1 < CRASHES_MAX) {
		store_begin(j->store);
		queue_again(j->store, p->job.id);
		return store_end(j->store, true, e);
	}
	if (!answer)
		return store_failure(j, &p->job, why, e);
	store_begin(j->store);
	stored = result_store(j->store, &p->job, answer, &bad);
	cJSON_Delete(answer);
	if (!store_end(j->store, stored, e) && e->kind)
		return false;
	return stored || store_failure(j, &p->job, bad.text, e);
}

static bool is_wanted(struct jobs *j, long long id)
{
	struct err e = {0};
	bool yes;

	store_begin(j->store);
	yes = queue_wants(j->store, id);
	store_end(j->store, true, &e);
	return yes;
}

static void end_of(struct jobs *j, struct place *p, double now)
{
	struct err e = {0};

	if (now < p->started + j->c.latency_s || now < p->retry)
		return;
	if (!is_wanted(j, p->job.id) || store_outcome(j, p, &e)) {
		tidy(j, &p->job);
		vacate(p);
		atomic_store(&j->woken, true);
		return;
	}
	p->retry = now + RETRY_S;
	warn(j, &e);
}

static void look_after(struct jobs *j, struct place *p, double now, bool woken)
{
	if (!p->broken[0])
		worker_pump(&p->worker);
	if (p->worker.ended || p->broken[0]) {
		end_of(j, p, now);
		return;
	}
	if (!p->killed && now > p->started + j->c.time_limit_s)
		p->overtime = true;
	if (!p->killed && (p->overtime || (woken && !is_wanted(j, p->job.id)))) {
		worker_signal(&p->worker, SIGTERM);
		p->killed = now;
	}
	if (p->killed && now > p->killed + GRACE_S)
		worker_signal(&p->worker, SIGKILL);
}

/* What chaos does to a job that has just been taken.  False: it is not there any more. */
static bool spare(struct jobs *j, struct place *p)
{
	switch (chaos_job(j->c.chaos, p->job.kind)) {
	case CHAOS_JOB_FAIL:
		snprintf(p->broken, sizeof(p->broken), "the job was made to fail (by --chaos)");
		return true;
	case CHAOS_JOB_VANISH:
		queue_vanish(j->store, p->job.id);
		autopilot_next(j->store, p->job.project);
		atomic_store(&j->woken, true);
		return false;
	default:
		return true;
	}
}

static void start_worker(struct jobs *j, struct place *p)
{
	const char *const argv[] = {j->c.worker, NULL};
	struct worker_limits limits = {j->c.memory_mb, (long)ceil(j->c.time_limit_s),
				       WORKER_ANSWER_MAX};
	struct err e = {0};
	char *line = files_job_line(j->c.projects, &p->job);

	if (!line)
		err_nomem(&e);
	if (line && worker_start(&p->worker, argv, line, &limits, &e))
		return;
	warn(j, &e);
	snprintf(p->broken, sizeof(p->broken), "%s", e.text);
}

static bool start_next(struct jobs *j, struct place *p)
{
	struct err e = {0};
	bool got;

	store_begin(j->store);
	got = queue_take(j->store, &p->job) && spare(j, p);
	if (!store_end(j->store, true, &e))
		not_read(j, &e);
	if (!got || e.kind) {
		vacate(p);
		return false;
	}
	if (!p->broken[0])
		start_worker(j, p);
	if (p->broken[0])
		atomic_store(&j->woken, true);
	p->taken = true;
	p->started = steady();
	return true;
}

/* An upload that could not be fetched. */
static void give_up(struct jobs *j, struct queue_job *job, const char *why)
{
	struct err e = {0};

	if (!store_failure(j, job, why, &e))
		not_read(j, &e);
	tidy(j, job);
	queue_job_release(job);
}

static void start_transfers(struct jobs *j)
{
	long long after = 0;

	for (size_t i = 0; i < FETCHES_MAX; i++)
		if (j->transfer[i].fetch && j->transfer[i].job.id > after)
			after = j->transfer[i].job.id;
	for (size_t i = 0; i < FETCHES_MAX; i++) {
		struct transfer *t = &j->transfer[i];
		struct err e = {0};
		const char *url;
		char *path;
		bool got;

		if (t->fetch)
			continue;
		store_begin(j->store);
		got = queue_next_fetch(j->store, after, &t->job);
		if (!store_end(j->store, true, &e))
			not_read(j, &e);
		if (!got || e.kind) {
			queue_job_release(&t->job);
			return;
		}
		after = t->job.id;
		url = json_str(t->job.spec, "url");
		path = files_table(j->c.projects, &t->job);
		if (path && url)
			t->fetch = fetch_start(j->multi, url, path, j->c.upload_max,
					       j->c.time_limit_s, &e);
		free(path);
		if (t->fetch)
			continue;
		give_up(j, &t->job, e.kind ? e.text : "out of memory");
	}
}

static void end_transfer(struct jobs *j, struct transfer *t, CURLcode code)
{
	struct err e = {0}, bad = {0};
	bool fetched = fetch_finish(t->fetch, code, &bad);

	fetch_free(t->fetch);
	t->fetch = NULL;
	atomic_store(&j->woken, true);
	if (!fetched) {
		give_up(j, &t->job, bad.text);
		return;
	}
	/* Where this fails, it is fetched again. */
	store_begin(j->store);
	queue_fetched(j->store, t->job.id);
	if (!store_end(j->store, true, &e))
		not_read(j, &e);
	tidy(j, &t->job);
	queue_job_release(&t->job);
}

/* Nobody waits for these any more. */
static void stop_transfers(struct jobs *j)
{
	for (size_t i = 0; i < FETCHES_MAX; i++) {
		struct transfer *t = &j->transfer[i];

		if (!t->fetch || is_wanted(j, t->job.id))
			continue;
		fetch_free(t->fetch);
		t->fetch = NULL;
		tidy(j, &t->job);
		queue_job_release(&t->job);
	}
}

static void transfers(struct jobs *j)
{
	CURLMsg *m;
	int n;

	curl_multi_perform(j->multi, &n);
	while ((m = curl_multi_info_read(j->multi, &n))) {
		CURL *easy = m->easy_handle;
		CURLcode code = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		for (size_t i = 0; i < FETCHES_MAX; i++)
			if (j->transfer[i].fetch &&
			    fetch_handle(j->transfer[i].fetch) == easy) {
				end_transfer(j, &j->transfer[i], code);
				break;
			}
	}
}

static size_t watch(struct jobs *j, double now, double *wait)
{
	size_t n = 0;

	*wait = j->again > 0 ? fmax(j->again - now, 0.001) : 60;
	for (long i = 0; i < j->c.places; i++) {
		const struct place *p = &j->place[i];
		const struct worker *w = &p->worker;
		const int fd[FDS_PER_PLACE] = {w->pidfd, w->in, w->out, w->err};
		double due = p->started + j->c.time_limit_s;

		if (!p->taken)
			continue;
		if (w->ended || p->broken[0])
			due = fmax(p->started + j->c.latency_s, p->retry);
		else if (p->killed)
			due = p->killed + GRACE_S;
		*wait = fmin(*wait, fmax(due - now, 0.001));
		for (size_t k = 0; k < FDS_PER_PLACE; k++)
			if (fd[k] >= 0 && !w->ended)
				j->fds[n++] = (struct curl_waitfd){
					.fd = fd[k],
					.events =
						k == 1 ? CURL_WAIT_POLLOUT : CURL_WAIT_POLLIN};
	}
	return n;
}

/* The workers are told, and after a while made, to end; what they did is redone. */
static void dismiss(struct jobs *j)
{
	double until = steady() + GRACE_S;
	bool busy = true;

	for (long i = 0; i < j->c.places; i++)
		worker_signal(&j->place[i].worker, SIGTERM);
	while (busy && steady() < until) {
		busy = false;
		for (long i = 0; i < j->c.places; i++) {
			struct worker *w = &j->place[i].worker;

			if (w->pid > 0)
				worker_pump(w);
			busy = busy || (w->pid > 0 && !w->ended);
		}
		if (busy)
			nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	}
	for (long i = 0; i < j->c.places; i++)
		vacate(&j->place[i]);
}

static void *supervise(void *ctx)
{
	struct jobs *j = ctx;

	while (!atomic_load(&j->stop)) {
		bool woken = atomic_exchange(&j->woken, false);
		double now = steady(), wait;
		size_t n;

		if (j->again > 0 && now >= j->again) {
			j->again = 0;
			woken = true;
		}
		transfers(j);
		for (long i = 0; i < j->c.places; i++)
			if (j->place[i].taken)
				look_after(j, &j->place[i], now, woken);
		if (woken || atomic_load(&j->woken)) {
			stop_transfers(j);
			start_transfers(j);
			for (long i = 0; i < j->c.places; i++)
				if (!j->place[i].taken && !start_next(j, &j->place[i]))
					break;
		}
		n = watch(j, steady(), &wait);
		if (!atomic_load(&j->woken))
			curl_multi_poll(j->multi, j->fds, (unsigned)n, (int)ceil(wait * 1000),
					NULL);
	}
	/* Here and not in jobs_stop: the workers die with this thread. */
	dismiss(j);
	return NULL;
}

struct jobs *jobs_start(const struct jobs_config *c, struct store *s, struct err *e)
{
	struct jobs *j = calloc(1, sizeof(*j));

	if (!j) {
		err_nomem(e);
		return NULL;
	}
	j->c = *c;
	j->store = s;
	atomic_init(&j->woken, true);
	atomic_init(&j->stop, false);
	j->multi = curl_multi_init();
	j->place = calloc((size_t)c->places, sizeof(*j->place));
	j->fds = calloc((size_t)c->places * FDS_PER_PLACE, sizeof(*j->fds));
	if (!j->multi || !j->place || !j->fds) {
		err_nomem(e);
		goto fail;
	}
	for (long i = 0; i < c->places; i++)
		j->place[i].worker = WORKER_NONE;
	store_begin(s);
	queue_recover(s);
	if (!store_end(s, true, e))
		goto fail;
	errno = pthread_create(&j->thread, NULL, supervise, j);
	if (errno) {
		err_errno(e, "thread");
		goto fail;
	}
	return j;
fail:
	curl_multi_cleanup(j->multi);
	free(j->place);
	free(j->fds);
	free(j);
	return NULL;
}

void jobs_wake(struct jobs *j)
{
	atomic_store(&j->woken, true);
	curl_multi_wakeup(j->multi);
}

void jobs_stop(struct jobs *j)
{
	if (!j)
		return;
	atomic_store(&j->stop, true);
	curl_multi_wakeup(j->multi);
	pthread_join(j->thread, NULL);
	for (size_t i = 0; i < FETCHES_MAX; i++) {
		fetch_free(j->transfer[i].fetch);
		queue_job_release(&j->transfer[i].job);
	}
	curl_multi_cleanup(j->multi);
	free(j->place);
	free(j->fds);
	free(j);
}
