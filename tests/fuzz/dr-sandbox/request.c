/*
 * request: any bytes on a connection.  `@T` is a line with the token, `@H` one with the host.
 *
 * Aims at src/dr-sandbox/web/web.c src/dr-sandbox/web/body.c src/dr-sandbox/web/form.c
 * src/dr-sandbox/web/route.c src/dr-sandbox/web/clients.c.
 */
#include "service.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	service_start();
	return 0;
}

/* The first answer is looked at; others follow where requests did.  What is behind the head of
 * one to HEAD is none of it. */
static void look(char *s, size_t n)
{
	char *end = strstr(s, "\r\n\r\n"), *length = strcasestr(s, "\r\ncontent-length:");
	size_t len;

	/* 100 Continue stands in front of the answer, 204 has nothing behind it. */
	if (!end || strncmp(s, "HTTP/1.1 100", 12) == 0 || strncmp(s, "HTTP/1.1 204", 12) == 0)
		return;
	must(length && length < end);
	len = strtoul(length + 17, NULL, 10);
	end[2] = '\0';
	if ((size_t)(end + 4 - s) + len <= n)
		check_answer(s, end + 4, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_text text = {0}, all = {0}, got = {0};
	char buf[16384], line[256];
	int fd = dial();
	ssize_t n;

	json_text_add(&text, "", 0);
	json_text_add(&all, "", 0);
	for (; size > 0; data++, size--) {
		bool host = size > 1 && data[0] == '@' && data[1] == 'H';

		if (!host && !(size > 1 && data[0] == '@' && data[1] == 'T')) {
			json_text_add(&text, (const char *)data, 1);
			continue;
		}
		n = host ? snprintf(line, sizeof(line), "Host: localhost\r\n")
			 : snprintf(line, sizeof(line), "Authorization: Token %s\r\n",
				    service_home.token);
		json_text_add(&text, line, (size_t)n);
		data++, size--;
	}
	expand(text.s, text.len, &all);
	if (all.len)
		(void)!send(fd, all.s, all.len, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		json_text_add(&got, buf, (size_t)n);
	if (got.len && !memmem(all.s, all.len, "HEAD", 4))
		look(got.s, got.len);
	close(fd);
	json_text_release(&got);
	json_text_release(&all);
	json_text_release(&text);
	return 0;
}
