#include "space/where.h"

#include <jq.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

struct where {
	jq_state *jq;
	char message[512]; /* the first that libjq had to say */
};

/* libjq calls this for each message; the last one only counts the errors. */
static void on_message(void *ctx, jv msg)
{
	struct where *w = ctx;
	const char *text;

	msg = jq_format_error(msg);
	text = jv_string_value(msg);
	if (!strncmp(text, "jq: error: ", 11))
		text += 11;
	if (!*w->message)
		snprintf(w->message, sizeof(w->message), "%s", text);
	jv_free(msg);
}

/* The stream of other inputs is empty. */
static jv no_input(jq_state *jq, void *ctx)
{
	(void)jq;
	(void)ctx;
	return jv_invalid();
}

/* One line, without jq's hints about its own command line. */
static void tidy(char *text)
{
	static const char *const hints[] = {" at <top-level>", " (Unix shell quoting issues?)"};

	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++) {
		char *end = strstr(text, hints[i]);

		if (end)
			*end = '\0';
	}
	for (char *p = text; *p; p++) {
		if ((unsigned char)*p < ' ')
			*p = ' ';
	}
	for (size_t n = strlen(text); n && (text[n - 1] == ' ' || text[n - 1] == ':'); n--)
		text[n - 1] = '\0';
}

struct where *where_new(const char *expression, struct err *e)
{
	struct where *w = calloc(1, sizeof(*w));

	if (!w || !(w->jq = jq_init())) {
		err_nomem(e);
		where_free(w);
		return NULL;
	}
	jq_set_error_cb(w->jq, on_message, w);
	jq_set_input_cb(w->jq, no_input, NULL);
	/* `import` fails on an empty search path, and crashes on a missing one. */
	jq_set_attr(w->jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
	if (!jq_compile(w->jq, expression)) {
		tidy(w->message);
		err_set(e, ERR_USAGE, "--where '%s': %s", expression,
			*w->message ? w->message : "does not compile");
		where_free(w);
		return NULL;
	}
	return w;
}

void where_free(struct where *w)
{
	if (!w)
		return;
	if (w->jq)
		jq_teardown(&w->jq);
	free(w);
}

/* Values are scalars, lists of them, and the one object around: no depth to fear. */
static jv to_jv(const cJSON *v)
{
	const cJSON *item;
	jv out;

	if (cJSON_IsString(v))
		return jv_string(v->valuestring);
	if (cJSON_IsNumber(v))
		return jv_number(v->valuedouble);
	if (cJSON_IsBool(v))
		return jv_bool(cJSON_IsTrue(v));
	if (cJSON_IsArray(v)) {
		out = jv_array();
		cJSON_ArrayForEach (item, v)
			out = jv_array_append(out, to_jv(item));
		return out;
	}
	if (cJSON_IsObject(v)) {
		out = jv_object();
		cJSON_ArrayForEach (item, v)
			out = jv_object_set(out, jv_string(item->string), to_jv(item));
		return out;
	}
	return jv_null();
}

static bool complain(const cJSON *params, const char *why, struct err *e)
{
	char *text = json_string(params);

	if (!text)
		return err_nomem(e);
	err_set(e, ERR_INPUT, "--where: %s at %s", why, text);
	free(text);
	return false;
}

bool where_keeps(struct where *w, const cJSON *params, struct err *e)
{
	char why[sizeof(w->message)];
	jv result, msg;
	bool keep = false;

	*w->message = '\0';
	jq_start(w->jq, to_jv(params), 0);
	result = jq_next(w->jq);
	if (!jv_is_valid(result)) {
		if (jv_invalid_has_msg(jv_copy(result))) {
			msg = jv_invalid_get_msg(result);
			if (jv_get_kind(msg) != JV_KIND_STRING)
				msg = jv_dump_string(msg, 0);
			snprintf(why, sizeof(why), "%s", jv_string_value(msg));
			jv_free(msg);
			tidy(why);
			return complain(params, why, e);
		}
		jv_free(result);
		return false;
	}
	switch (jv_get_kind(result)) {
	case JV_KIND_TRUE:
		keep = true;
		break;
	case JV_KIND_FALSE:
	case JV_KIND_NULL:
		break;
	default:
		msg = jv_dump_string(jv_copy(result), 0);
		snprintf(why, sizeof(why), "the expression gives %s, not true or false,",
			 jv_string_value(msg));
		jv_free(msg);
		complain(params, why, e);
	}
	jv_free(result);
	return keep;
}
