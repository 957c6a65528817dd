/* route: which handler answers a path; and who may ask at all. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sha2.h>

#include "web/private.h"

#define PREFIX "/api/v2/"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool decode(char *s)
{
	const char *in = s;
	char *out = s;

	while (*in) {
		if (in[0] == '%' && hex(in[1]) >= 0 && hex(in[2]) >= 0) {
			*out = (char)(hex(in[1]) * 16 + hex(in[2]));
			if (*out++ == '\0')
				return false;
			in += 3;
		} else {
			*out++ = *in++;
		}
	}
	*out = '\0';
	return json_utf8_prefix(s, (size_t)(out - s)) == (size_t)(out - s);
}

/*
 * Compare a path with a pattern, piece by piece.  Where both agree, the {} pieces
 * of the path are noted in start/len.
 */
static bool matches(const char *pattern, const char *path, const char *start[], size_t len[])
{
	size_t n = 0;

	while (*pattern) {
		size_t want = strcspn(pattern, "/"), have = strcspn(path, "/");
		bool arg = want == 2 && pattern[0] == '{';

		if (path[have] != pattern[want] || (arg && have == 0) ||
		    (!arg && (have != want || memcmp(pattern, path, want) != 0)))
			return false;
		if (arg) {
			start[n] = path;
			len[n++] = have;
		}
		pattern += want + (pattern[want] == '/');
		path += have + (path[have] == '/');
	}
	return *path == '\0';
}

static bool take_args(struct web_request *r, const char *pattern, const char *path)
{
	const char *start[WEB_ARGS_MAX] = {0};
	size_t len[WEB_ARGS_MAX] = {0};

	matches(pattern, path, start, len);
	for (size_t i = 0; i < WEB_ARGS_MAX && start[i]; i++) {
		char *piece = r->p->path + (start[i] - path);

		piece[len[i]] = '\0';
		if (!decode(piece))
			return web_error(r, 400, "the path is not UTF-8 text");
		r->arg[i] = piece;
	}
	return true;
}

/* Note a method that the path has, for the answer 405. */
static void allow(struct web_request *r, const char *method)
{
	char *list = r->p->allow;
	size_t n = strlen(list);

	r->allow = list;
	if (strstr(list, method)) /* none is part of another */
		return;
	snprintf(list + n, sizeof(r->p->allow) - n, "%s%s", n ? ", " : "", method);
}

static bool find(struct web_request *r, const char *path, bool open)
{
	const struct web_route *route = r->p->web->c.routes;
	const char *method = strcmp(r->method, "HEAD") == 0 ? "GET" : r->method;

	for (; route->method; route++) {
		const char *start[WEB_ARGS_MAX] = {0};
		size_t len[WEB_ARGS_MAX];

		if (open != !!(route->flags & WEB_OPEN) ||
		    !matches(route->pattern, path, start, len))
			continue;
		if (strcmp(route->method, method) != 0) {
			allow(r, route->method);
			continue;
		}
		r->allow = NULL;
		r->p->route = route;
		r->p->path = strdup(path);
		if (!r->p->path)
			return web_error(r, 500, "out of memory");
		return take_args(r, route->pattern, path);
	}
	if (r->allow)
		return web_error(r, 405, "%s is not possible here; %s is", method, r->allow);
	if (path[0] && path[strlen(path) - 1] != '/')
		return web_error(r, 404, "there is no such path; all of them end with a slash");
	return web_error(r, 404, "dr-sandbox does not offer this path");
}

bool route_find(struct web_request *r, const char *url)
{
	bool open = strncmp(url, PREFIX, strlen(PREFIX)) != 0;

	if (!open && !guard_token(r))
		return false;
	return find(r, open ? url + (url[0] == '/') : url + strlen(PREFIX), open);
}

/* The name without its port. */
bool guard_host(struct web_request *r)
{
	static const char *const ours[] = {"127.0.0.1", "localhost", "[::1]"};
	const char *host = MHD_lookup_connection_value(r->p->connection, MHD_HEADER_KIND,
						       MHD_HTTP_HEADER_HOST);
	size_t len;

	if (!host)
		return web_error(r, 400, "the Host header is missing");
	len = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		const char *port = host + len;

		if (len != strlen(ours[i]) || strncasecmp(host, ours[i], len) != 0)
			continue;
		if (*port == '\0' ||
		    (*port == ':' && strspn(port + 1, "0123456789") == strlen(port + 1)))
			return true;
	}
	return web_error(r, 403, "dr-sandbox answers to 127.0.0.1 and localhost only");
}

bool guard_token(struct web_request *r)
{
	const char *h = MHD_lookup_connection_value(r->p->connection, MHD_HEADER_KIND,
						    MHD_HTTP_HEADER_AUTHORIZATION);
	uint8_t hash[SHA256_DIGEST_LENGTH];
	unsigned differ = 0;
	SHA2_CTX sha;
	size_t scheme;

	if (!h)
		return web_error(r, 401, "the Authorization header is missing");
	scheme = strcspn(h, " ");
	if (!(scheme == 5 && strncasecmp(h, "Token", 5) == 0) &&
	    !(scheme == 6 && strncasecmp(h, "Bearer", 6) == 0))
		return web_error(r, 401, "the Authorization header must be `Token ...`");
	h += scheme + strspn(h + scheme, " ");
	SHA256Init(&sha);
	SHA256Update(&sha, (const uint8_t *)h, strlen(h));
	SHA256Final(hash, &sha);
	/* All bytes are looked at, so that the time says nothing. */
	for (size_t i = 0; i < sizeof(hash); i++)
		differ |= (unsigned)(hash[i] ^ r->p->web->c.token_hash[i]);
	return !differ || web_error(r, 401, "the API token is not the one of this service");
}
