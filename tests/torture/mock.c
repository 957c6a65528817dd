#include "mock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define ENTRIES 512
#define ANSWERS 64
#define REQUEST_MAX ((size_t)4 << 20)

struct text {
	char *s;
	size_t len;
};

struct entry {
	struct text key;
	bool post;
	struct text answer[ANSWERS]; /* head and body; our port is 0 there */
	size_t n, asked;
};

struct mock {
	int upstream, fd, port;
	bool learning;
	struct entry entry[ENTRIES];
	size_t n;
	pthread_mutex_t lock;
	pthread_t thread;
};

struct visit {
	struct mock *m;
	int fd;
};

static int address(int fd, int port, bool serve)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	socklen_t len = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!serve)
		return connect(fd, (struct sockaddr *)&a, len);
	if (bind(fd, (struct sockaddr *)&a, len) || listen(fd, 128) ||
	    getsockname(fd, (struct sockaddr *)&a, &len))
		return -1;
	return ntohs(a.sin_port);
}

static bool write_all(int fd, const char *s, size_t n)
{
	while (n > 0) {
		ssize_t put = send(fd, s, n, MSG_NOSIGNAL);

		if (put <= 0)
			return false;
		s += put;
		n -= (size_t)put;
	}
	return true;
}

/* One message; its length, 0 where none comes.  An answer without a length ends with the
 * connection. */
static size_t read_message(int fd, char *buf, bool answer, size_t *head)
{
	size_t n = 0, want = 0;

	while (n < REQUEST_MAX - 1) {
		ssize_t got = read(fd, buf + n, REQUEST_MAX - 1 - n);
		const char *end, *length;

		if (got <= 0)
			return want == SIZE_MAX ? n : 0;
		n += (size_t)got;
		buf[n] = '\0';
		if (!want && (end = strstr(buf, "\r\n\r\n"))) {
			length = strcasestr(buf, "\r\nContent-Length:");
			*head = want = (size_t)(end - buf) + 4;
			if (length && length < end)
				want += strtoul(length + 17, NULL, 10);
			else if (answer)
				want = SIZE_MAX;
		}
		if (want && n >= want)
			return n;
	}
	return 0;
}

/* All of `from` become `to`; the result is the caller's. */
static struct text replace(const char *s, size_t len, const char *from, const char *to)
{
	size_t n = strlen(from), m = strlen(to), out = 0;
	char *t = malloc(len * (m > n ? m : n) / n + m + 1);

	for (size_t i = 0; i < len;) {
		if (len - i >= n && memcmp(s + i, from, n) == 0) {
			memcpy(t + out, to, m);
			out += m;
			i += n;
		} else {
			t[out++] = s[i++];
		}
	}
	t[out] = '\0';
	return (struct text){t, out};
}

static struct text replace_port(const char *s, size_t len, int from, int to)
{
	char old[32], new[32];

	snprintf(old, sizeof(old), "127.0.0.1:%d", from);
	snprintf(new, sizeof(new), "127.0.0.1:%d", to);
	return replace(s, len, old, new);
}

/* Head and body with another address, and the length that the body then has. */
static struct text readdress(const struct text *a, size_t head, int from, int to)
{
	char *line, *result;
	struct text t, top, body;
	size_t at;

	t = replace_port(a->s, head, from, to);
	top = replace(t.s, t.len, "\r\nConnection: close", "");
	free(t.s);
	body = replace_port(a->s + head, a->len - head, from, to);
	result = malloc(top.len + body.len + 64);
	line = strcasestr(top.s, "\r\nContent-Length:");
	at = line ? (size_t)(line - top.s) : top.len - 4;
	memcpy(result, top.s, at);
	at += (size_t)sprintf(result + at, "\r\nContent-Length: %zu", body.len);
	if (line)
		line = strstr(line + 2, "\r\n");
	else
		line = top.s + top.len - 4;
	memcpy(result + at, line, (size_t)(top.s + top.len - line));
	at += (size_t)(top.s + top.len - line);
	memcpy(result + at, body.s, body.len);
	at += body.len;
	free(top.s);
	free(body.s);
	return (struct text){result, at};
}

static struct text ask(struct mock *m, const char *request, size_t n, size_t *head)
{
	const char *line = strstr(request, "\r\n");
	char *buf = malloc(REQUEST_MAX);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct text t = {buf, 0};

	if (address(fd, m->upstream, false) == 0 &&
	    write_all(fd, request, (size_t)(line - request)) &&
	    write_all(fd, "\r\nConnection: close", 19) &&
	    write_all(fd, line, n - (size_t)(line - request)))
		t.len = read_message(fd, buf, true, head);
	close(fd);
	if (!t.len)
		fprintf(stderr, "mock: no answer to %.*s\n", (int)(line - request), request);
	return t;
}

static size_t head_of(const struct text *a)
{
	return (size_t)(strstr(a->s, "\r\n\r\n") - a->s) + 4;
}

static struct entry *find(struct mock *m, const struct text *key, bool post)
{
	struct entry *e = m->entry;

	for (; e < m->entry + m->n; e++)
		if (e->key.len == key->len && memcmp(e->key.s, key->s, key->len) == 0) {
			free(key->s);
			return e;
		}
	if (m->n == ENTRIES)
		abort();
	m->n++;
	*e = (struct entry){.key = *key, .post = post};
	return e;
}

/* The first line, and the body unless it is an upload. */
static struct text key_of(const char *s, size_t n, size_t head)
{
	size_t line = (size_t)(strstr(s, "\r\n") - s);
	size_t body = strcasestr(s, "multipart/form-data") ? 0 : n - head;
	char *k = malloc(line + body + 1);

	memcpy(k, s, line);
	memcpy(k + line, s + head, body);
	return (struct text){k, line + body};
}

/* The answer is the caller's. */
static struct text answer(struct mock *m, const char *request, size_t n, size_t head)
{
	struct text key = key_of(request, n, head), got;
	struct entry *e;

	pthread_mutex_lock(&m->lock);
	e = find(m, &key, strncmp(request, "POST", 4) == 0);
	if (e->n < ANSWERS && (e->n == 0 || (m->learning && e->asked >= e->n))) {
		struct text t = ask(m, request, n, &head);

		if (t.len == 0) {
			pthread_mutex_unlock(&m->lock);
			return t;
		}
		/* It takes its address from the request, that is, from us. */
		e->answer[e->n++] = readdress(&t, head, m->port, 0);
		free(t.s);
	}
	got = e->answer[e->asked < e->n ? e->asked : e->n - 1];
	e->asked++;
	got = readdress(&got, head_of(&got), 0, m->port);
	pthread_mutex_unlock(&m->lock);
	return got;
}

static void *serve(void *arg)
{
	struct visit v = *(struct visit *)arg;
	char *buf = malloc(REQUEST_MAX);
	size_t n, head;

	free(arg);
	while (buf && (n = read_message(v.fd, buf, false, &head)) > 0) {
		struct text t;
		bool ok;

		if (strcasestr(buf, "100-continue"))
			write_all(v.fd, "HTTP/1.1 100 Continue\r\n\r\n", 25);
		t = answer(v.m, buf, n, head);
		ok = t.len > 0 && write_all(v.fd, t.s, t.len);
		free(t.s);
		if (!ok)
			break;
	}
	free(buf);
	close(v.fd);
	return NULL;
}

static void *take(void *arg)
{
	struct mock *m = arg;

	for (;;) {
		struct visit *v = malloc(sizeof(*v));
		pthread_t t;

		v->m = m;
		v->fd = accept4(m->fd, NULL, NULL, SOCK_CLOEXEC);
		if (v->fd < 0 || pthread_create(&t, NULL, serve, v))
			abort();
		pthread_detach(t);
	}
	return NULL;
}

static struct mock *open_up(struct mock *m)
{
	m->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (m->fd < 0 || (m->port = address(m->fd, 0, true)) < 0 ||
	    pthread_create(&m->thread, NULL, take, m))
		return NULL;
	return m;
}

struct mock *mock_start(int upstream)
{
	struct mock *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->upstream = upstream;
	pthread_mutex_init(&m->lock, NULL);
	return open_up(m);
}

struct mock *mock_fork(struct mock *m)
{
	close(m->fd);
	pthread_mutex_init(&m->lock, NULL);
	return open_up(m);
}

int mock_port(const struct mock *m)
{
	return m->port;
}

void mock_learn(struct mock *m, bool learning)
{
	m->learning = learning;
}

void mock_restart(struct mock *m)
{
	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < m->n; i++)
		m->entry[i].asked = 0;
	pthread_mutex_unlock(&m->lock);
}

void mock_accepted(struct mock *m, size_t *all, size_t *doubled)
{
	*all = *doubled = 0;
	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < m->n; i++) {
		const struct entry *e = &m->entry[i];

		for (size_t k = 0; e->post && k < e->asked; k++) {
			const struct text *t = &e->answer[k < e->n ? k : e->n - 1];

			if (t->len > 9 && t->s[9] == '2') {
				++*all;
				*doubled += k > 0;
			}
		}
	}
	pthread_mutex_unlock(&m->lock);
}
