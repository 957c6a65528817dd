#include "tasks/converter.h"

#include <stdbool.h>
#include <string.h>

#include "csv/utf8.h"

#define TAG_MAX 1000 /* bytes; a '<' without its '>' that near is no tag */
#define ENTITY_MAX 10

const struct task converter_task = {
	.name = "Converter for Text Mining",
	.title = "Text converter",
	.description = "Takes HTML tags out of the text and writes entities as characters.",
};

static bool is_letter(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}

/* Length of the tag at s, or 0. */
static size_t tag_length(const char *s, size_t len)
{
	const char *end;

	if (len < 3 || (!is_letter(s[1]) && s[1] != '/' && s[1] != '!'))
		return 0;
	end = memchr(s, '>', len < TAG_MAX ? len : TAG_MAX);
	return end ? (size_t)(end - s) + 1 : 0;
}

/* The character of a numbered entity's digits, or a space where it is none. */
static uint32_t numbered(const char *s, size_t len)
{
	unsigned base = len && (*s == 'x' || *s == 'X') ? 16 : 10;
	uint32_t v = 0;

	for (size_t i = base == 16; i < len; i++) {
		char ch = s[i] | 0x20;
		unsigned digit = ch >= 'a' && ch <= 'f' ? (unsigned)(ch - 'a') + 10
							: (unsigned)(s[i] - '0');

		if (digit >= base)
			return ' ';
		v = v * base + digit;
	}
	return v < ' ' || v > 0x10ffff || (v >= 0xd800 && v < 0xe000) ? ' ' : v;
}

/* Read the entity at s: how many bytes it has (0: it is none) and its character. */
static size_t entity(const char *s, size_t len, uint32_t *v)
{
	static const struct {
		const char *name;
		unsigned char v;
	} known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
	const char *end = memchr(s, ';', len < ENTITY_MAX ? len : ENTITY_MAX);
	size_t n;

	if (!end || end - s < 3)
		return 0;
	n = (size_t)(end - s) - 1; /* between the ampersand and the semicolon */
	*v = ' ';
	if (s[1] == '#') {
		*v = numbered(s + 2, n - 1);
		return n + 2;
	}
	for (size_t i = 0; i < n; i++)
		if (!is_letter(s[1 + i]))
			return 0;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i].name) == n && !memcmp(s + 1, known[i].name, n))
			*v = known[i].v;
	return n + 2;
}

size_t converter_clean(const char *s, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0, took; i < len; i += took) {
		uint32_t v = ' ';

		took = s[i] == '<'   ? tag_length(s + i, len - i)
		       : s[i] == '&' ? entity(s + i, len - i, &v)
				     : 0;
		if (took) {
			n += utf8_put(out + n, v);
			continue;
		}
		out[n++] = s[i];
		took = 1;
	}
	out[n] = '\0';
	return n;
}
