/*
 * drive URL CLIENTS <requests: do requests as many clients at once.
 *
 * Each line is `METHOD PATH [JSON]`, the path below URL (http://127.0.0.1:PORT/...).  Each
 * client has a connection that is kept, takes the next line when its last one was answered, and
 * writes `STATUS MILLISECONDS LOCATION` for it; 000 where there was no answer.  A request is
 * sent a second time only where a kept connection turns out to be closed before a byte of the
 * answer. The token comes from DATAROBOT_API_TOKEN.  Ends with 1 where there was no answer
 * once.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MAX 8192

struct client {
	int fd;
	char *line;
	size_t room;
	char head[HEAD_MAX], location[1024];
	unsigned status;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned port;
static const char *base, *token;
static bool lost;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool dial(struct client *c)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		return false;
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return true;
}

static void hang_up(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

static bool send_all(int fd, const char *s, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, s, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		s += n;
		len -= (size_t)n;
	}
	return true;
}

static bool ask(struct client *c)
{
	char *path = strchr(c->line, ' '), *body, *all = NULL;
	int n = -1;
	bool ok;

	if (!path)
		return false;
	body = strchr(path + 1, ' ');
	n = asprintf(&all,
		     "%.*s %s%.*s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
		     "Authorization: Token %s\r\n%sContent-Length: %zu\r\n\r\n%s",
		     (int)(path - c->line), c->line, base,
		     body ? (int)(body - path - 1) : (int)strlen(path + 1), path + 1, port,
		     token, body ? "Content-Type: application/json\r\n" : "",
		     body ? strlen(body + 1) : 0, body ? body + 1 : "");
	ok = n >= 0 && send_all(c->fd, all, (size_t)n);
	free(all);
	return ok;
}

/* A header's value, up to the end of its line, or NULL. */
static const char *header(const struct client *c, const char *name)
{
	const char *s = strcasestr(c->head, name);

	return s ? s + strlen(name) : NULL;
}

/* *any: a byte of it came. */
static bool take(struct client *c, bool *any)
{
	char rest[65536], *end = NULL;
	const char *value;
	size_t n = 0, left;
	ssize_t got;

	*any = false;
	while (!end) {
		got = read(c->fd, c->head + n, sizeof(c->head) - 1 - n);
		if (got <= 0)
			return false;
		*any = true;
		n += (size_t)got;
		c->head[n] = '\0';
		end = strstr(c->head, "\r\n\r\n");
	}
	*end = '\0';
	if (sscanf(c->head, "HTTP/1.1 %u", &c->status) != 1)
		return false;
	value = header(c, "\r\nlocation: ");
	if (value)
		snprintf(c->location, sizeof(c->location), "%.*s", (int)strcspn(value, "\r"),
			 value);
	value = header(c, "\r\ncontent-length: ");
	left = value ? strtoul(value, NULL, 10) : 0;
	for (left -= n - (size_t)(end + 4 - c->head); left > 0; left -= (size_t)got)
		if ((got = read(c->fd, rest, left < sizeof(rest) ? left : sizeof(rest))) <= 0)
			return false;
	if (header(c, "\r\nconnection: close"))
		hang_up(c);
	return true;
}

static void one(struct client *c)
{
	bool kept = c->fd >= 0, any = false, ok;
	double began = now(), took;

	c->status = 0;
	*c->location = '\0';
	ok = (kept || dial(c)) && ask(c) && take(c, &any);
	if (!ok && kept && !any) {
		hang_up(c);
		ok = dial(c) && ask(c) && take(c, &any);
	}
	if (!ok) {
		hang_up(c);
		c->status = 0;
	}
	took = now() - began;
	pthread_mutex_lock(&lock);
	lost = lost || !ok;
	printf("%03u %.1f %s\n", c->status, 1e3 * took, c->location);
	pthread_mutex_unlock(&lock);
}

static bool next(struct client *c)
{
	ssize_t n;

	pthread_mutex_lock(&lock);
	n = getline(&c->line, &c->room, stdin);
	pthread_mutex_unlock(&lock);
	if (n > 0 && c->line[n - 1] == '\n')
		c->line[n - 1] = '\0';
	return n > 0;
}

static void *run(void *arg)
{
	struct client *c = arg;

	while (next(c))
		one(c);
	hang_up(c);
	free(c->line);
	return NULL;
}

int main(int argc, char **argv)
{
	size_t n = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	struct client *c = calloc(n, sizeof(*c));
	pthread_t *t = calloc(n, sizeof(*t));

	if (!c || !t || n == 0 || sscanf(argv[1], "http://127.0.0.1:%u", &port) != 1 ||
	    !(base = strchr(argv[1] + 7, '/')) || !(token = getenv("DATAROBOT_API_TOKEN"))) {
		fputs("usage: drive http://127.0.0.1:PORT/PATH/ CLIENTS <requests\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < n; i++) {
		c[i].fd = -1;
		if (pthread_create(&t[i], NULL, run, &c[i]) != 0)
			return 6;
	}
	for (size_t i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	free(c);
	free(t);
	return lost;
}
