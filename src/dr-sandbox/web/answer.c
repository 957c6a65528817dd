/* answer: what handlers say. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/private.h"

void web_text(struct web_request *r, unsigned status, const char *type, char *text)
{
	free(r->text);
	free(r->location);
	r->location = NULL;
	r->status = status;
	r->type = type;
	r->text = text;
}

void web_empty(struct web_request *r, unsigned status)
{
	web_text(r, status, NULL, NULL);
}

void web_json(struct web_request *r, unsigned status, cJSON *v)
{
	char *text = v ? json_string(v) : NULL;

	cJSON_Delete(v);
	if (text) {
		web_text(r, status, "application/json", text);
		return;
	}
	web_text(r, 500, "application/json", strdup("{\"message\":\"out of memory\"}"));
}

static void message(struct web_request *r, unsigned status, const char *text, const char *field,
		    const char *why)
{
	cJSON *v = cJSON_CreateObject();
	bool ok = json_set_str(v, "message", text);

	if (field) {
		cJSON *errors = cJSON_CreateObject();

		ok = ok && json_set_str(errors, field, why);
		ok = json_set(v, "errors", errors) && ok;
	}
	if (!ok) {
		cJSON_Delete(v);
		v = NULL;
	}
	web_json(r, status, v);
}

/* Foreign words in a text may have been cut in the middle of a character. */
static void format(char *out, size_t size, const char *fmt, va_list ap)
{
	vsnprintf(out, size, fmt, ap);
	out[json_utf8_prefix(out, strlen(out))] = '\0';
}

bool web_error(struct web_request *r, unsigned status, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	format(text, sizeof(text), fmt, ap);
	va_end(ap);
	message(r, status, text, NULL, NULL);
	return false;
}

bool web_invalid(struct web_request *r, const char *field, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	format(text, sizeof(text), fmt, ap);
	va_end(ap);
	message(r, 422, "Invalid field data", field, text);
	return false;
}

bool web_accepts(const struct web_request *r, const char *type)
{
	const char *accept = MHD_lookup_connection_value(r->p->connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_ACCEPT);

	return accept && strcasestr(accept, type);
}

static char *url(const struct web_request *r, const char *fmt, va_list ap)
{
	const char *host = MHD_lookup_connection_value(r->p->connection, MHD_HEADER_KIND,
						       MHD_HTTP_HEADER_HOST);
	char *rest = NULL, *all = NULL;

	if (vasprintf(&rest, fmt, ap) < 0)
		return NULL;
	if (asprintf(&all, "http://%s/api/v2/%s", host, rest) < 0)
		all = NULL;
	free(rest);
	return all;
}

char *web_url(const struct web_request *r, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = url(r, fmt, ap);
	va_end(ap);
	return s;
}

void web_location(struct web_request *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	free(r->location);
	r->location = url(r, fmt, ap);
	va_end(ap);
	if (!r->location)
		web_json(r, 500, NULL);
}
