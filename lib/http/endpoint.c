#include "http/private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_loopback(const char *host)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0;
}

/* The parts that decide where a request goes; all freed with curl_free. */
struct parts {
	char *scheme, *host, *port, *path, *user, *password, *query;
};

/* A part that need not be there; without memory it would seem not to be. */
static CURLUcode part_get(CURLU *u, CURLUPart what, char **to)
{
	CURLUcode code = curl_url_get(u, what, to, 0);

	return code == CURLUE_OUT_OF_MEMORY ? code : CURLUE_OK;
}

static CURLUcode parts_get(CURLU *u, struct parts *p)
{
	CURLUcode code;

	memset(p, 0, sizeof(*p));
	if ((code = part_get(u, CURLUPART_USER, &p->user)) ||
	    (code = part_get(u, CURLUPART_PASSWORD, &p->password)) ||
	    (code = part_get(u, CURLUPART_QUERY, &p->query)) ||
	    (code = curl_url_get(u, CURLUPART_SCHEME, &p->scheme, 0)) ||
	    (code = curl_url_get(u, CURLUPART_HOST, &p->host, 0)) ||
	    (code = curl_url_get(u, CURLUPART_PORT, &p->port, CURLU_DEFAULT_PORT)) ||
	    (code = curl_url_get(u, CURLUPART_PATH, &p->path, 0)))
		return code;
	return CURLUE_OK;
}

static void parts_release(struct parts *p)
{
	char *all[] = {p->scheme, p->host, p->port, p->path, p->user, p->password, p->query};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		curl_free(all[i]);
}

/* Of a call that failed; libcurl says so itself in most places only. */
static bool is_nomem(CURLUcode code)
{
	return code == CURLUE_OUT_OF_MEMORY || errno == ENOMEM;
}

static bool with_slash(const char *url, char **out)
{
	size_t n = strlen(url);

	while (n > 0 && url[n - 1] == '/')
		n--;
	return asprintf(out, "%.*s/", (int)n, url) >= 0;
}

bool endpoint_init(struct endpoint *ep, const char *url, struct err *e)
{
	CURLU *u = curl_url();
	struct parts p = {0};
	char *slashed = NULL, *whole = NULL;
	const char *after;
	CURLUcode code = CURLUE_OK;
	bool ok = false;

	memset(ep, 0, sizeof(*ep));
	if (!u || !with_slash(url, &slashed)) {
		err_nomem(e);
		goto out;
	}
	errno = 0;
	/* libcurl would take the first part of the path for the host. */
	after = strstr(url, "://");
	if (!after || after[3] == '/' || (code = curl_url_set(u, CURLUPART_URL, slashed, 0)) ||
	    (code = parts_get(u, &p)) || (code = curl_url_get(u, CURLUPART_URL, &whole, 0))) {
		if (is_nomem(code))
			err_nomem(e);
		else
			err_set(e, ERR_INPUT, "endpoint '%s' is not a URL", url);
		goto out;
	}
	if (p.user || p.password || p.query) {
		err_set(e, ERR_INPUT, "an endpoint is scheme, host and path and nothing else");
		goto out;
	}
	ep->loopback = is_loopback(p.host);
	if (strcmp(p.scheme, "https") != 0 && strcmp(p.scheme, "http") != 0) {
		err_set(e, ERR_INPUT, "endpoint '%s' is neither https nor http", url);
		goto out;
	}
	if (strcmp(p.scheme, "http") == 0 && !ep->loopback) {
		err_set(e, ERR_INPUT,
			"endpoint '%s' would send the token in clear: use https (http is for "
			"this machine only)",
			url);
		goto out;
	}
	ep->url = strdup(whole);
	if (!ep->url || asprintf(&ep->shown, "%s:%s", p.host, p.port) < 0) {
		ep->shown = NULL;
		err_nomem(e);
		goto out;
	}
	ok = true;
out:
	if (!ok)
		endpoint_release(ep);
	curl_free(whole);
	parts_release(&p);
	curl_url_cleanup(u);
	free(slashed);
	return ok;
}

void endpoint_release(struct endpoint *ep)
{
	free(ep->url);
	free(ep->shown);
	memset(ep, 0, sizeof(*ep));
}

/* libcurl has taken dots out of both paths, so a prefix is a folder above. */
static bool below(const struct parts *p, const struct parts *base)
{
	return !p->user && !p->password && strcmp(p->scheme, base->scheme) == 0 &&
	       strcasecmp(p->host, base->host) == 0 && strcmp(p->port, base->port) == 0 &&
	       strncmp(p->path, base->path, strlen(base->path)) == 0;
}

char *endpoint_resolve(const struct endpoint *ep, const char *ref, struct err *e)
{
	CURLU *u = curl_url();
	struct parts base = {0}, p = {0};
	char *whole = NULL, *url = NULL;
	CURLUcode code;

	if (!u || curl_url_set(u, CURLUPART_URL, ep->url, 0) || parts_get(u, &base)) {
		err_nomem(e);
		goto out;
	}
	errno = 0;
	if ((code = curl_url_set(u, CURLUPART_URL, ref, 0)) ||
	    (code = curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0)) ||
	    (code = parts_get(u, &p)) || !below(&p, &base) ||
	    (code = curl_url_get(u, CURLUPART_URL, &whole, 0))) {
		if (is_nomem(code))
			err_nomem(e);
		else
			err_set(e, ERR_REFUSED,
				"'%.200s' is not below the endpoint %s: no request goes there",
				ref, ep->url);
		goto out;
	}
	if (!(url = strdup(whole)))
		err_nomem(e);
out:
	curl_free(whole);
	parts_release(&p);
	parts_release(&base);
	curl_url_cleanup(u);
	return url;
}

bool endpoint_is_elsewhere(const struct endpoint *ep, const char *ref, bool *elsewhere)
{
	CURLU *u = curl_url();
	char *own = NULL, *host = NULL;
	CURLUcode code = CURLUE_OUT_OF_MEMORY;

	errno = 0;
	*elsewhere = !u || (code = curl_url_set(u, CURLUPART_URL, ep->url, 0)) ||
		     (code = curl_url_get(u, CURLUPART_HOST, &own, 0)) ||
		     (code = curl_url_set(u, CURLUPART_URL, ref, 0)) ||
		     (code = curl_url_get(u, CURLUPART_HOST, &host, 0)) ||
		     strcasecmp(own, host) != 0;
	curl_free(host);
	curl_free(own);
	curl_url_cleanup(u);
	return !*elsewhere || !is_nomem(code);
}
