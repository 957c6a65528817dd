/*
 * faults UPSTREAM-PORT RULES REQUESTS: a proxy on 127.0.0.1 that does to some
 * requests what a bad network or another server would.
 *
 * Prints its port.  Appends `METHOD PATH` of each request to the file REQUESTS.  Each
 * line of the file RULES is
 *
 *	SKIP TIMES METHOD PATTERN lose             forward it, and drop the answer
 *	SKIP TIMES METHOD PATTERN answer STATUS    answer with the rest of the line
 *	SKIP TIMES METHOD PATTERN stall            answer nothing, for ever
 *	SKIP TIMES METHOD PATTERN redirect URL     answer 302 to there
 *	SKIP TIMES METHOD PATTERN endless          answer 200 and a body without an end
 *
 * and applies to requests whose path holds PATTERN (an extended regular expression),
 * after SKIP of them, TIMES times (0: ever).  The first line that applies counts.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <regex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define RULES_MAX 32
#define REQUEST_MAX ((size_t)1 << 20)

struct rule {
	long skip, times; /* left; times < 0: ever */
	char method[16];
	regex_t pattern;
	char action[16];
	char text[4096]; /* STATUS BODY */
};

static struct rule rules[RULES_MAX];
static size_t n_rules;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int upstream;
static FILE *requests;

static void fail(const char *what)
{
	perror(what);
	exit(6);
}

static void read_rules(const char *path)
{
	FILE *f = fopen(path, "re");
	char line[8192], pattern[1024];

	if (!f)
		fail(path);
	while (n_rules < RULES_MAX && fgets(line, sizeof(line), f)) {
		struct rule *r = &rules[n_rules];
		int at = 0;

		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "%ld %ld %15s %1023s %15s %n", &r->skip, &r->times, r->method,
			   pattern, r->action, &at) < 5 ||
		    regcomp(&r->pattern, pattern, REG_EXTENDED | REG_NOSUB)) {
			fprintf(stderr, "faults: no rule: %s\n", line);
			exit(3);
		}
		snprintf(r->text, sizeof(r->text), "%s", line + at);
		if (r->times == 0)
			r->times = -1;
		n_rules++;
	}
	fclose(f);
}

static const struct rule *judge(const char *method, const char *path)
{
	const struct rule *found = NULL;

	pthread_mutex_lock(&lock);
	fprintf(requests, "%s %s\n", method, path);
	fflush(requests);
	for (size_t i = 0; i < n_rules; i++) {
		struct rule *r = &rules[i];

		if (strcmp(r->method, method) != 0 || r->times == 0 ||
		    regexec(&r->pattern, path, 0, NULL, 0))
			continue;
		if (r->skip > 0) {
			r->skip--;
			continue;
		}
		if (r->times > 0)
			r->times--;
		found = r;
		break;
	}
	pthread_mutex_unlock(&lock);
	return found;
}

/* One request, whole; its length, 0 where none comes. */
static size_t read_request(int fd, char *buf)
{
	size_t n = 0, want = 0;

	while (n < REQUEST_MAX - 1) {
		ssize_t got = read(fd, buf + n, REQUEST_MAX - 1 - n);
		const char *end, *length;

		if (got <= 0)
			return 0;
		n += (size_t)got;
		buf[n] = '\0';
		if (!want && (end = strstr(buf, "\r\n\r\n"))) {
			length = strcasestr(buf, "\r\nContent-Length:");
			want = (size_t)(end - buf) + 4;
			if (length && length < end)
				want += strtoul(length + 17, NULL, 10);
		}
		if (want && n >= want)
			return n;
	}
	return 0;
}

static bool write_all(int fd, const char *s, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, s, n);

		if (put <= 0)
			return false;
		s += put;
		n -= (size_t)put;
	}
	return true;
}

/* The first piece of an answer, with the word that no other will follow. */
static bool write_first(int fd, const char *s, size_t n, bool *first)
{
	const char *end = memchr(s, '\r', n);
	size_t line = end ? (size_t)(end - s) : n;

	*first = false;
	return write_all(fd, s, line) && write_all(fd, "\r\nConnection: close", 19) &&
	       write_all(fd, s + line, n - line);
}

/* The answer is at its end where the server closes. */
static void forward(int fd, char *buf, size_t n, bool lose)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)upstream)};
	char *line = strstr(buf, "\r\n");
	int up = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool first = true;
	ssize_t got;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (up < 0 || connect(up, (struct sockaddr *)&to, sizeof(to)) ||
	    !write_all(up, buf, (size_t)(line - buf)) ||
	    !write_all(up, "\r\nConnection: close", 19) ||
	    !write_all(up, line, n - (size_t)(line - buf)))
		fail("upstream");
	while ((got = read(up, buf, REQUEST_MAX)) > 0)
		if (!lose && !(first ? write_first(fd, buf, (size_t)got, &first)
				     : write_all(fd, buf, (size_t)got)))
			break;
	close(up);
}

static void answer(int fd, const char *text)
{
	const char *body = strchr(text, ' ');
	char head[256];

	body = body ? body + 1 : "";
	snprintf(head, sizeof(head),
		 "HTTP/1.1 %.3s Fault\r\nContent-Type: application/json\r\n"
		 "Content-Length: %zu\r\nConnection: close\r\n\r\n",
		 text, strlen(body));
	if (write_all(fd, head, strlen(head)))
		write_all(fd, body, strlen(body));
}

static void redirect(int fd, const char *url)
{
	char head[4608];

	snprintf(head, sizeof(head),
		 "HTTP/1.1 302 Fault\r\nLocation: %s\r\nContent-Length: 0\r\n"
		 "Connection: close\r\n\r\n",
		 url);
	write_all(fd, head, strlen(head));
}

/* Until the client hangs up. */
static void endless(int fd)
{
	static const char head[] = "HTTP/1.1 200 Fault\r\nContent-Type: text/csv\r\n"
				   "Connection: close\r\n\r\na,y\n";
	static const char row[] = "1,0\n2,1\n3,0\n4,1\n5,0\n6,1\n7,0\n8,1\n";
	bool more = write_all(fd, head, sizeof(head) - 1);

	while (more)
		more = write_all(fd, row, sizeof(row) - 1);
}

static void *serve(void *arg)
{
	int fd = *(int *)arg;
	char *buf = malloc(REQUEST_MAX), method[16], path[2048];
	const struct rule *r;
	size_t n;

	free(arg);
	if (buf && (n = read_request(fd, buf)) > 0 &&
	    sscanf(buf, "%15s %2047s", method, path) == 2) {
		r = judge(method, path);
		if (r && strcmp(r->action, "stall") == 0)
			pause();
		if (r && strcmp(r->action, "answer") == 0)
			answer(fd, r->text);
		else if (r && strcmp(r->action, "redirect") == 0)
			redirect(fd, r->text);
		else if (r && strcmp(r->action, "endless") == 0)
			endless(fd);
		else
			forward(fd, buf, n, r);
	}
	free(buf);
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc != 4)
		return 2;
	upstream = (int)strtol(argv[1], NULL, 10);
	read_rules(argv[2]);
	if (!(requests = fopen(argv[3], "ae")))
		fail(argv[3]);
	signal(SIGPIPE, SIG_IGN);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 64) ||
	    getsockname(fd, (struct sockaddr *)&at, &len))
		fail("listen");
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	for (;;) {
		pthread_t t;
		int *c = malloc(sizeof(*c));

		if (!c || (*c = accept(fd, NULL, NULL)) < 0 ||
		    pthread_create(&t, NULL, serve, c))
			fail("accept");
		pthread_detach(t);
	}
}
