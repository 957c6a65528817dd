/*
 * server: a scripted HTTP server on a port of 127.0.0.1, for tests of the client.
 *
 * Each request, in the order of arrival over all connections, is answered by the
 * next step of the script, the last step for ever after.  What was asked is kept.
 */
#ifndef SERVER_H
#define SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct step {
	const char *answer; /* its bytes; NULL: close without an answer */
	bool close;         /* close after it */
	bool reset;         /* close so that the client sees a reset */
	double delay_s;     /* before it */
};

#define SERVER_REQUESTS 32
#define SERVER_TEXT 4096

struct server {
	int fd, port;
	const struct step *script;
	size_t steps;
	pthread_mutex_t lock;
	pthread_cond_t left;
	pthread_t thread;
	size_t requests, connections, open;
	char text[SERVER_REQUESTS][SERVER_TEXT]; /* of each request, head and body */
	char endpoint[64];
};

struct server_connection {
	struct server *s;
	int fd;
};

/* Read one request; its length, 0 at the end of the connection. */
static size_t server_read(int fd, char *buf, size_t size)
{
	size_t n = 0, want = 0;

	for (;;) {
		ssize_t got = read(fd, buf + n, size - 1 - n);
		char *end, *length;

		if (got <= 0)
			return 0;
		n += (size_t)got;
		buf[n] = '\0';
		if (!want && (end = strstr(buf, "\r\n\r\n"))) {
			length = strcasestr(buf, "content-length:");
			want = (size_t)(end + 4 - buf) +
			       (length && length < end ? strtoul(length + 15, NULL, 10) : 0);
		}
		if ((want && n >= want) || n == size - 1)
			return n;
	}
}

static bool server_answer(int fd, const struct step *step)
{
	struct linger hard = {1, 0};

	usleep((useconds_t)(step->delay_s * 1e6));
	if (step->answer)
		(void)!send(fd, step->answer, strlen(step->answer), MSG_NOSIGNAL);
	if (step->reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	return step->answer && !step->close && !step->reset;
}

static void *server_connection(void *arg)
{
	struct server_connection *c = arg;
	struct server *s = c->s;
	char buf[SERVER_TEXT];
	bool more = true;
	size_t n;

	while (more && (n = server_read(c->fd, buf, sizeof(buf)))) {
		size_t k;

		pthread_mutex_lock(&s->lock);
		k = s->requests++;
		memcpy(s->text[k % SERVER_REQUESTS], buf, n + 1);
		pthread_mutex_unlock(&s->lock);
		more = server_answer(c->fd, &s->script[k < s->steps ? k : s->steps - 1]);
	}
	close(c->fd);
	free(c);
	pthread_mutex_lock(&s->lock);
	s->open--;
	pthread_cond_signal(&s->left);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static void *server_run(void *arg)
{
	struct server *s = arg;
	int fd;

	while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
		struct server_connection *c = malloc(sizeof(*c));
		pthread_t t;

		pthread_mutex_lock(&s->lock);
		s->connections++;
		s->open++;
		pthread_mutex_unlock(&s->lock);
		*c = (struct server_connection){s, fd};
		pthread_create(&t, NULL, server_connection, c);
		pthread_detach(t);
	}
	return NULL;
}

static struct server *server_start(const struct step *script, size_t steps)
{
	struct server *s = calloc(1, sizeof(*s));
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);

	s->script = script;
	s->steps = steps;
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(s->fd, (struct sockaddr *)&at, sizeof(at)) || listen(s->fd, 64) ||
	    getsockname(s->fd, (struct sockaddr *)&at, &len))
		abort();
	s->port = ntohs(at.sin_port);
	snprintf(s->endpoint, sizeof(s->endpoint), "http://127.0.0.1:%d/api/v2", s->port);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->left, NULL);
	pthread_create(&s->thread, NULL, server_run, s);
	return s;
}

/* The client must be closed; steps that are late are waited for. */
static void server_stop(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	pthread_mutex_lock(&s->lock);
	while (s->open)
		pthread_cond_wait(&s->left, &s->lock);
	pthread_mutex_unlock(&s->lock);
	close(s->fd);
	free(s);
}

#endif
