/*
 * routes: a request that is well-formed: a line `METHOD PATH?QUERY`, then its body.
 *
 * A body that begins with a brace is sent as JSON, one that begins with `--` as the form whose
 * boundary follows, any other as text.  The path is that below /api/v2/.
 *
 * Aims at src/dr-sandbox/routes/aim.c src/dr-sandbox/routes/aim_partition.c
 * src/dr-sandbox/routes/autopilot.c src/dr-sandbox/routes/blenders.c
 * src/dr-sandbox/routes/blueprints.c src/dr-sandbox/routes/common.c
 * src/dr-sandbox/routes/datasets.c src/dr-sandbox/routes/featurelists.c
 * src/dr-sandbox/routes/features.c src/dr-sandbox/routes/job.c src/dr-sandbox/routes/jobs.c
 * src/dr-sandbox/routes/leaderboard.c src/dr-sandbox/routes/model.c
 * src/dr-sandbox/routes/models.c src/dr-sandbox/routes/options.c
 * src/dr-sandbox/routes/predict.c src/dr-sandbox/routes/predicted.c
 * src/dr-sandbox/routes/prediction.c src/dr-sandbox/routes/project.c
 * src/dr-sandbox/routes/projects.c src/dr-sandbox/routes/search.c
 * src/dr-sandbox/routes/status.c src/dr-sandbox/routes/train.c
 * src/dr-sandbox/routes/trained.c src/dr-sandbox/routes/tuning.c
 * src/dr-sandbox/routes/value.c src/dr-sandbox/web/body.c src/dr-sandbox/web/form.c
 * src/dr-sandbox/web/route.c src/dr-sandbox/web/answer.c.
 */
#include "service.h"

#define ANSWER_MAX ((size_t)4 << 20)

static int connection = -1;
static char *answer;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	service_start();
	must((answer = malloc(ANSWER_MAX + 1)));
	return 0;
}

static bool send_all(const char *s, size_t len)
{
	while (len > 0) {
		ssize_t n = send(connection, s, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		s += n;
		len -= (size_t)n;
	}
	return true;
}

/* One answer; false where the connection ends before it. */
static bool receive(bool head_only)
{
	size_t n = 0, want = 0, head = 0;

	for (;;) {
		ssize_t got = read(connection, answer + n, ANSWER_MAX - n);
		char *end, *length;

		if (got <= 0)
			return false;
		n += (size_t)got;
		answer[n] = '\0';
		if (!want && (end = strstr(answer, "\r\n\r\n"))) {
			length = strcasestr(answer, "\r\ncontent-length:");
			head = (size_t)(end + 4 - answer);
			head_only = head_only || strncmp(answer, "HTTP/1.1 204", 12) == 0;
			must(head_only || (length && length < end));
			want = head + (head_only ? 0 : strtoul(length + 17, NULL, 10));
			must(want < ANSWER_MAX);
		}
		if (want && n >= want)
			break;
	}
	must(n == want);
	answer[head - 1] = '\0';
	check_answer(answer, answer + head, want - head);
	if (strcasestr(answer, "\r\nconnection: close")) {
		close(connection);
		connection = -1;
	}
	return true;
}

static void make(struct json_text *to, const char *line, const char *body, size_t len)
{
	const char *space = strchr(line, ' ');
	char head[512];
	int n;

	json_text_add(to, line, (size_t)(space - line));
	json_text_add(to, " /api/v2/", 9);
	json_text_add(to, space + 1, strlen(space + 1));
	n = snprintf(head, sizeof(head),
		     " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token %s\r\n"
		     "Content-Length: %zu\r\n",
		     service_home.token, len);
	json_text_add(to, head, (size_t)n);
	n = 0;
	if (len > 2 && memcmp(body, "--", 2) == 0)
		n = snprintf(head, sizeof(head),
			     "Content-Type: multipart/form-data; boundary=%.*s\r\n",
			     (int)strspn(body + 2, "abcdefghijklmnopqrstuvwxyz"), body + 2);
	else if (len > 0)
		n = snprintf(head, sizeof(head), "Content-Type: %s\r\n",
			     *body == '{' ? "application/json" : "text/plain");
	json_text_add(to, head, (size_t)n);
	json_text_add(to, "\r\n", 2);
	json_text_add(to, body, len);
}

/* A line that is one of HTTP; what is none is the business of the target `request`. */
static bool good_line(const char *s)
{
	size_t method = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (method == 0 || method > 10 || s[method] != ' ' || strlen(s) > 2000)
		return false;
	for (s += method + 1; *s; s++)
		if (*s <= ' ' || *s > '~')
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_text line = {0}, body = {0}, all = {0};
	char *first = fuzz_line(&data, &size);

	json_text_add(&line, "", 0);
	json_text_add(&body, "", 0);
	if (first)
		expand(first, strlen(first), &line);
	expand((const char *)data, size, &body);
	if (good_line(line.s)) {
		bool kept = connection >= 0, head = strncmp(line.s, "HEAD ", 5) == 0;

		make(&all, line.s, body.s, body.len);
		if (!kept)
			connection = dial();
		/* One that was kept may have been closed meanwhile. */
		if (!send_all(all.s, all.len) || !receive(head)) {
			close(connection);
			connection = dial();
			must(send_all(all.s, all.len) && receive(head));
		}
	}
	json_text_release(&all);
	json_text_release(&body);
	json_text_release(&line);
	free(first);
	return 0;
}
