#include "json/json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define DEPTH_MAX 512

/* Length of the UTF-8 sequence at s (RFC 3629: no surrogates, no overlong forms,
 * nothing above U+10FFFF), or 0. */
static size_t sequence(const unsigned char *s, size_t len)
{
	static const struct {
		unsigned char lo, hi, next_lo, next_hi;
		size_t len;
	} forms[] = {
		{0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (s[0] < forms[i].lo || s[0] > forms[i].hi)
			continue;
		if (forms[i].len > len)
			return 0;
		if (forms[i].len > 1 && (s[1] < forms[i].next_lo || s[1] > forms[i].next_hi))
			return 0;
		for (size_t k = 2; k < forms[i].len; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].len;
	}
	return 0;
}

size_t json_utf8_prefix(const char *s, size_t len)
{
	size_t i = 0, n;

	while (i < len && (n = sequence((const unsigned char *)s + i, len - i)) > 0)
		i += n;
	return i;
}

/* Do these bytes begin a UTF-8 sequence that the end of the text cuts short? */
static bool sequence_cut(const char *s, size_t len)
{
	char whole[4];

	if (len == 0 || len > 3)
		return false;
	memcpy(whole, s, len);
	/* 0x80 and 0xbf are the ends of what may follow; some first bytes take one only. */
	for (size_t n = len + 1; n <= 4; n++) {
		memset(whole + len, 0x80, n - len);
		if (sequence((const unsigned char *)whole, n) == n)
			return true;
		memset(whole + len, 0xbf, n - len);
		if (sequence((const unsigned char *)whole, n) == n)
			return true;
	}
	return false;
}

/*
 * What cJSON lets through and we do not: bytes that are not UTF-8, control characters
 * in a string or as white space, a NUL (raw or escaped, it would cut the string short), and
 * nesting that could exhaust the stack.  On refusal *at is where.  *cut as in json.h.
 */
static const char *refuse(const char *s, size_t len, size_t *at, bool *cut)
{
	size_t good = json_utf8_prefix(s, len), depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < good; i++) {
		*at = i;
		if (in_string && s[i] == '\\') {
			if (good - i >= 6 && memcmp(s + i, "\\u0000", 6) == 0)
				return "a NUL character";
			i++;
		} else if (s[i] == '"') {
			in_string = !in_string;
		} else if (in_string) {
			if ((unsigned char)s[i] < 0x20)
				return "a control character in a string";
		} else if ((unsigned char)s[i] < 0x20 && !strchr("\t\n\r", s[i])) {
			return "a control character";
		} else if (s[i] == '[' || s[i] == '{') {
			if (++depth > DEPTH_MAX)
				return "nested too deeply";
		} else if ((s[i] == ']' || s[i] == '}') && depth > 0) {
			depth--;
		}
	}
	*at = good;
	*cut = (in_string || depth > 0) && (good == len || sequence_cut(s + good, len - good));
	if (good == len)
		return NULL;
	return s[good] ? "not UTF-8" : "a NUL byte";
}

static bool numbers_finite(const cJSON *v)
{
	for (; v; v = v->next)
		if ((cJSON_IsNumber(v) && !isfinite(v->valuedouble)) ||
		    !numbers_finite(v->child))
			return false;
	return true;
}

static size_t skip_space(const char *s, size_t i, size_t len)
{
	while (i < len && strchr(" \t\r\n", s[i]))
		i++;
	return i;
}

/* Take away all fields but these. */
static void prune(cJSON *obj, const char *const *fields)
{
	cJSON *item = cJSON_IsObject(obj) ? obj->child : NULL, *next;

	for (; item; item = next) {
		size_t i = 0;

		next = item->next;
		while (fields[i] && strcmp(fields[i], item->string) != 0)
			i++;
		if (!fields[i])
			cJSON_Delete(cJSON_DetachItemViaPointer(obj, item));
	}
}

/* A list, of which one item at a time is there with all its fields.  NULL: *end is where it
 * could not be read, or memory is out. */
static cJSON *read_items(const char *s, size_t len, const char *const *fields, const char **end)
{
	size_t i = skip_space(s, skip_space(s, 0, len) + 1, len);
	cJSON *all = cJSON_CreateArray(), *item;
	bool more = i < len && s[i] != ']';

	*end = s;
	while (all && more) {
		if (!(item = cJSON_ParseWithLengthOpts(s + i, len - i, end, false)))
			goto fail;
		/* What no double holds is to be found by the caller. */
		if (numbers_finite(item))
			prune(item, fields);
		cJSON_AddItemToArray(all, item);
		i = skip_space(s, (size_t)(*end - s), len);
		if ((more = i < len && s[i] == ','))
			i++;
	}
	*end = s + i;
	if (all && i < len && s[i] == ']') {
		(*end)++;
		return all;
	}
fail:
	cJSON_Delete(all);
	return NULL;
}

static cJSON *read_value(const char *s, size_t len, const char *const *fields, const char **end)
{
	size_t start = skip_space(s, 0, len);

	if (fields && start < len && s[start] == '[')
		return read_items(s, len, fields, end);
	return cJSON_ParseWithLengthOpts(s, len, end, false);
}

static cJSON *parse(const char *s, size_t len, const char *const *fields, bool *cut,
		    struct err *e)
{
	const char *why, *end = s;
	size_t at;
	bool open = false;
	cJSON *v = NULL;

	if (!(why = refuse(s, len, &at, &open))) {
		errno = 0; /* cJSON does not say why it failed; malloc does */
		v = read_value(s, len, fields, &end);
		if (!v && errno == ENOMEM) {
			if (cut)
				*cut = false;
			err_nomem(e);
			return NULL;
		}
		at = skip_space(s, end ? (size_t)(end - s) : 0, len);
		why = !v ? "not JSON" : at < len ? "more text behind the value" : NULL;
		if (!why && !numbers_finite(v)) {
			why = "a number that no double holds";
			at = 0;
		}
	}
	if (cut)
		*cut = open;
	if (!why)
		return v;
	cJSON_Delete(v);
	err_set(e, ERR_INPUT, "%s at byte %zu", why, at + 1);
	return NULL;
}

cJSON *json_parse(const char *s, size_t len, bool *cut, struct err *e)
{
	return parse(s, len, NULL, cut, e);
}

cJSON *json_parse_brief(const char *s, size_t len, const char *const *fields, struct err *e)
{
	return parse(s, len, fields, NULL, e);
}
