/*
 * load URL SECONDS CONNECTIONS PID: ask for a URL again and again.
 *
 * Connections are kept alive, each with one request in flight.  The token comes from the
 * environment variable DATAROBOT_API_TOKEN.  Prints a line of JSON: requests in all, seconds
 * of the clock and of the processor that the process PID took, the status and the size of
 * the last answer.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 256
#define ANSWER_MAX ((size_t)4 << 20)

struct connection {
	char *text;
	size_t len;
};

static char request[4096];
static int status;
static size_t answer;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(6);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds of the processor that a process has had. */
static double used(const char *pid)
{
	char path[64], text[1024];
	unsigned long user = 0, system = 0;
	FILE *f;
	size_t n;
	char *rest;

	snprintf(path, sizeof path, "/proc/%s/stat", pid);
	if (!(f = fopen(path, "r")))
		die(path);
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	/* The name before this may hold anything. */
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			    &user, &system) != 2)
		die(path);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static int dial(unsigned port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)port),
				.sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a))
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

static void ask(int fd)
{
	size_t len = strlen(request);

	if (send(fd, request, len, MSG_NOSIGNAL) != (ssize_t)len)
		die("send");
}

/* Read what is there; true: the answer is whole. */
static bool hear(int fd, struct connection *c)
{
	ssize_t n = recv(fd, c->text + c->len, ANSWER_MAX - c->len - 1, 0);
	const char *body, *length;
	size_t size;

	if (n <= 0)
		die("recv");
	c->len += (size_t)n;
	c->text[c->len] = '\0';
	if (!(body = strstr(c->text, "\r\n\r\n")))
		return false;
	body += 4;
	length = strcasestr(c->text, "\r\nContent-Length:");
	size = length && length < body ? strtoul(length + 17, NULL, 10) : 0;
	if (c->len < (size_t)(body - c->text) + size)
		return false;
	status = (int)strtol(c->text + 9, NULL, 10);
	answer = size;
	c->len = 0;
	return true;
}

static long run(struct pollfd *p, struct connection *c, nfds_t n, double until)
{
	long answers = 0;

	for (nfds_t i = 0; i < n; i++)
		ask(p[i].fd);
	while (now() < until) {
		if (poll(p, n, 1000) < 0)
			die("poll");
		for (nfds_t i = 0; i < n; i++)
			if (p[i].revents && hear(p[i].fd, &c[i])) {
				answers++;
				ask(p[i].fd);
			}
	}
	return answers;
}

int main(int argc, char **argv)
{
	static struct pollfd p[CONNECTIONS_MAX];
	static struct connection c[CONNECTIONS_MAX];
	const char *token = getenv("DATAROBOT_API_TOKEN");
	char host[64], path[1024];
	unsigned port;
	double start, cpu;
	nfds_t n;
	long answers;

	if (argc != 5 || !token ||
	    sscanf(argv[1], "http://%63[^:]:%u%1023s", host, &port, path) != 3 ||
	    (n = strtoul(argv[3], NULL, 10)) < 1 || n > CONNECTIONS_MAX) {
		fputs("usage: load URL SECONDS CONNECTIONS PID\n", stderr);
		return 2;
	}
	snprintf(request, sizeof request,
		 "GET %s HTTP/1.1\r\nHost: %s:%u\r\nAuthorization: Token %s\r\n\r\n", path,
		 host, port, token);
	for (nfds_t i = 0; i < n; i++) {
		p[i] = (struct pollfd){.fd = dial(port), .events = POLLIN};
		if (!(c[i].text = malloc(ANSWER_MAX)))
			die("memory");
	}
	start = now();
	cpu = used(argv[4]);
	answers = run(p, c, n, start + strtod(argv[2], NULL));
	printf("{\"requests\":%ld,\"seconds\":%.3f,\"processor\":%.3f,\"status\":%d,"
	       "\"bytes\":%zu}\n",
	       answers, now() - start, used(argv[4]) - cpu, status, answer);
	for (nfds_t i = 0; i < n; i++)
		free(c[i].text);
	return 0;
}
