#include "web/pace.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct held {
	struct held *next;
	struct MHD_Connection *connection;
	double due; /* on the steady clock */
};

struct pace {
	pthread_mutex_t lock;
	pthread_cond_t change;
	pthread_t thread;
	struct held *held;
	bool stop;
};

static double steady(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Lets those go on that are due, or all; returns when the next one is, or INFINITY. */
static double release(struct pace *p, bool all)
{
	double now = steady(), next = INFINITY;
	struct held **at = &p->held;

	while (*at) {
		struct held *h = *at;

		if (!all && h->due > now) {
			next = fmin(next, h->due);
			at = &h->next;
			continue;
		}
		*at = h->next;
		MHD_resume_connection(h->connection);
		free(h);
	}
	return next;
}

static void *run(void *ctx)
{
	struct pace *p = ctx;

	pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		double next = release(p, false);
		struct timespec until;

		if (isinf(next)) {
			pthread_cond_wait(&p->change, &p->lock);
			continue;
		}
		until.tv_sec = (time_t)next;
		until.tv_nsec = (long)((next - floor(next)) * 1e9);
		pthread_cond_timedwait(&p->change, &p->lock, &until);
	}
	release(p, true);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct pace *pace_start(struct err *e)
{
	struct pace *p = calloc(1, sizeof(*p));
	pthread_condattr_t steady_clock;

	if (!p) {
		err_nomem(e);
		return NULL;
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&steady_clock);
	pthread_condattr_setclock(&steady_clock, CLOCK_MONOTONIC);
	pthread_cond_init(&p->change, &steady_clock);
	pthread_condattr_destroy(&steady_clock);
	errno = pthread_create(&p->thread, NULL, run, p);
	if (!errno)
		return p;
	err_errno(e, "thread");
	p->stop = true;
	pace_free(p);
	return NULL;
}

bool pace_hold(struct pace *p, struct MHD_Connection *c, double seconds)
{
	struct held *h = calloc(1, sizeof(*h));
	bool held = false;

	if (!h)
		return false;
	*h = (struct held){.connection = c, .due = steady() + seconds};
	pthread_mutex_lock(&p->lock);
	if (!p->stop) {
		MHD_suspend_connection(c);
		h->next = p->held;
		p->held = h;
		held = true;
		pthread_cond_signal(&p->change);
	}
	pthread_mutex_unlock(&p->lock);
	if (!held)
		free(h);
	return held;
}

void pace_stop(struct pace *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_signal(&p->change);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
}

void pace_free(struct pace *p)
{
	if (!p)
		return;
	pthread_cond_destroy(&p->change);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
