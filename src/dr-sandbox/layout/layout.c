#include "layout/layout.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "jobs/worker.h"
#include "layout/graph.h"

#define KEPT 64
#define TIME_S 5
#define MEMORY_MB 1024
#define OUTPUT_MAX ((size_t)1 << 20)
#define LOOK_MS 100 /* how soon layout_stop is noticed */

struct graph {
	struct graph *next;
	char *source;
	size_t nodes;
	enum layout_state state;
	cJSON *places;
};

struct layout {
	char *dot; /* NULL: not there */
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t asked;
	struct graph *first; /* the last asked for is the first */
	bool stop;
};

static void graph_free(struct graph *g)
{
	cJSON_Delete(g->places);
	free(g->source);
	free(g);
}

/* ---- running dot ---- */

static char *find_dot(void)
{
	const char *path = getenv("PATH");
	char *found;

	while (path && *path) {
		size_t n = strcspn(path, ":");

		if (path[0] == '/' && asprintf(&found, "%.*s/dot", (int)n, path) >= 0) {
			if (access(found, X_OK) == 0)
				return found;
			free(found);
		}
		path += n + (path[n] == ':');
	}
	return NULL;
}

static bool stopped(struct layout *l)
{
	bool yes;

	pthread_mutex_lock(&l->lock);
	yes = l->stop;
	pthread_mutex_unlock(&l->lock);
	return yes;
}

static double steady(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Takes source over. */
static cJSON *run(struct layout *l, char *source, size_t nodes)
{
	const char *const argv[] = {l->dot, "-Tplain", NULL};
	struct worker_limits limits = {MEMORY_MB, TIME_S, OUTPUT_MAX};
	double end = steady() + TIME_S;
	cJSON *places = NULL;
	struct err e = {0};
	struct worker w;

	if (!worker_start(&w, argv, source, &limits, &e))
		return NULL;
	for (worker_pump(&w); !w.ended && !stopped(l) && steady() < end; worker_pump(&w)) {
		struct pollfd fds[] = {{w.in, POLLOUT, 0},
				       {w.out, POLLIN, 0},
				       {w.err, POLLIN, 0},
				       {w.pidfd, POLLIN, 0}};

		poll(fds, sizeof(fds) / sizeof(fds[0]), LOOK_MS);
	}
	if (w.ended && w.code == CLD_EXITED && w.status == 0 && w.answer.s && !w.answer.failed)
		places = graph_read(w.answer.s, nodes);
	worker_release(&w);
	return places;
}

/* ---- the graphs ---- */

/* The one that was asked for first of those that wait. */
static struct graph *next_graph(struct layout *l)
{
	struct graph *found = NULL;

	for (struct graph *g = l->first; g; g = g->next)
		if (g->state == LAYOUT_SOON)
			found = g;
	return found;
}

/* A graph that waits is never dropped, so it stays while its dot runs unlocked. */
static void *work(void *arg)
{
	struct layout *l = arg;

	pthread_mutex_lock(&l->lock);
	while (!l->stop) {
		struct graph *g = next_graph(l);
		cJSON *places = NULL;
		char *source;

		if (!g) {
			pthread_cond_wait(&l->asked, &l->lock);
			continue;
		}
		source = strdup(g->source);
		pthread_mutex_unlock(&l->lock);
		if (source)
			places = run(l, source, g->nodes);
		pthread_mutex_lock(&l->lock);
		g->places = places;
		g->state = places ? LAYOUT_DONE : LAYOUT_NONE;
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

/* The graph of this source, moved to the front, or NULL; *n is then how many there are. */
static struct graph *take_graph(struct layout *l, const char *source, size_t *n)
{
	struct graph *g;

	*n = 0;
	for (struct graph **p = &l->first; (g = *p); p = &g->next) {
		++*n;
		if (strcmp(g->source, source) != 0)
			continue;
		*p = g->next;
		g->next = l->first;
		l->first = g;
		return g;
	}
	return NULL;
}

/* Drop the one that has not been asked for the longest; false: all of them wait. */
static bool drop_one(struct layout *l)
{
	struct graph **last = NULL, *g;

	for (struct graph **p = &l->first; *p; p = &(*p)->next)
		if ((*p)->state != LAYOUT_SOON)
			last = p;
	if (!last)
		return false;
	g = *last;
	*last = g->next;
	graph_free(g);
	return true;
}

/* Takes source over. */
static struct graph *add_graph(struct layout *l, char *source, size_t nodes, size_t have)
{
	struct graph *g;

	if ((have >= KEPT && !drop_one(l)) || !(g = calloc(1, sizeof(*g)))) {
		free(source);
		return NULL;
	}
	*g = (struct graph){l->first, source, nodes, LAYOUT_SOON, NULL};
	l->first = g;
	pthread_cond_signal(&l->asked);
	return g;
}

enum layout_state layout_get(struct layout *l, const cJSON *chart, const char *lines,
			     cJSON **places)
{
	size_t nodes = (size_t)cJSON_GetArraySize(json_get(chart, "nodes")), have;
	char *source = l->dot ? graph_source(chart, lines) : NULL;
	enum layout_state state = LAYOUT_NONE;
	struct graph *g;

	*places = NULL;
	if (!source)
		return LAYOUT_NONE;
	pthread_mutex_lock(&l->lock);
	if ((g = take_graph(l, source, &have)))
		free(source);
	else
		g = add_graph(l, source, nodes, have);
	if (g)
		state = g->state;
	if (state == LAYOUT_DONE && !(*places = cJSON_Duplicate(g->places, true)))
		state = LAYOUT_NONE;
	pthread_mutex_unlock(&l->lock);
	return state;
}

struct layout *layout_start(struct err *e)
{
	struct layout *l = calloc(1, sizeof(*l));

	if (!l) {
		err_nomem(e);
		return NULL;
	}
	l->dot = find_dot();
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->asked, NULL);
	if (pthread_create(&l->thread, NULL, work, l) == 0)
		return l;
	err_set(e, ERR_SYSTEM, "a thread cannot be started");
	free(l->dot);
	free(l);
	return NULL;
}

void layout_stop(struct layout *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_cond_signal(&l->asked);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
	while (l->first) {
		struct graph *g = l->first;

		l->first = g->next;
		graph_free(g);
	}
	pthread_cond_destroy(&l->asked);
	pthread_mutex_destroy(&l->lock);
	free(l->dot);
	free(l);
}
