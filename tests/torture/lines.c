#include "lines.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* `"2026-11-24T02:50:13.169Z"` becomes `"T"`. */
static void drop_times(char *s)
{
	static const char form[] = "\"dddd-dd-ddTdd:dd:dd.dddZ\"";
	char *to = s;

	while (*s) {
		size_t i = 0;

		while (form[i] &&
		       (form[i] == 'd' ? isdigit((unsigned char)s[i]) : s[i] == form[i]))
			i++;
		if (!form[i]) {
			memcpy(to, "\"T\"", 3);
			to += 3;
			s += i;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* How long a job took, and whether it was seen at work, is chance. */
static void drop_field(char *s, const char *name)
{
	char *at = strstr(s, name), *end;

	if (!at)
		return;
	end = at + strlen(name);
	end += strcspn(end, ",}");
	memmove(at, end, strlen(end) + 1);
}

struct lines lines_read(const char *path)
{
	struct lines l = {0};
	FILE *f = fopen(path, "re");
	char *s = NULL;
	size_t cap = 0;
	ssize_t n;

	while (f && (n = getline(&s, &cap, f)) > 0) {
		if (s[n - 1] != '\n') {
			l.torn = true;
			break;
		}
		s[n - 1] = '\0';
		drop_times(s);
		drop_field(s, ",\"seconds\":");
		drop_field(s, ",\"started_at\":");
		drop_field(s, ",\"taken_over\":");
		l.line = realloc(l.line, (l.n + 1) * sizeof(*l.line));
		l.line[l.n++] = strdup(s);
	}
	free(s);
	if (f)
		fclose(f);
	if (l.n)
		qsort(l.line, l.n, sizeof(*l.line), by_text);
	return l;
}

void lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->line[i]);
	free(l->line);
	*l = (struct lines){0};
}

void lines_join(struct lines *l, const char *path)
{
	struct lines more = lines_read(path);

	l->line = realloc(l->line, (l->n + more.n + 1) * sizeof(*l->line));
	for (size_t i = 0; i < more.n; i++)
		l->line[l->n++] = more.line[i];
	free(more.line);
	qsort(l->line, l->n, sizeof(*l->line), by_text);
}

bool lines_within(const struct lines *a, const struct lines *b)
{
	size_t k = 0;

	for (size_t i = 0; i < a->n; i++, k++) {
		while (k < b->n && strcmp(b->line[k], a->line[i]) < 0)
			k++;
		if (k == b->n || strcmp(b->line[k], a->line[i]) != 0)
			return false;
	}
	return true;
}

bool lines_equal(const struct lines *a, const struct lines *b)
{
	return a->n == b->n && lines_within(a, b);
}

static const char *field(const char *s, const char *name, size_t *len)
{
	const char *at = strstr(s, name);

	if (!at)
		return NULL;
	at += strlen(name);
	*len = strcspn(at, "\"");
	return at;
}

/* The same trial in the same state, or the same line. */
static bool alike(const char *a, const char *b)
{
	static const char *const names[] = {"\"trial\":\"", "\"state\":\""};
	size_t n = 0, m = 0;

	if (!field(a, names[0], &n))
		return strcmp(a, b) == 0;
	for (int i = 0; i < 2; i++) {
		const char *x = field(a, names[i], &n), *y = field(b, names[i], &m);

		if (!x || !y || n != m || memcmp(x, y, n) != 0)
			return false;
	}
	return true;
}

static bool has(const struct lines *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (alike(l->line[i], s))
			return true;
	return false;
}

bool lines_settle_as(const struct lines *a, const struct lines *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (!has(a, b->line[i]))
			return false;
	return !a->torn;
}

bool lines_have_trials(const struct lines *a, const struct lines *b, const struct lines *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (!has(a, all->line[i]) && !has(b, all->line[i]))
			return false;
	return true;
}
