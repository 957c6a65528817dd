/* lines: what a tool wrote, as lines that can be compared between runs. */
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>
#include <stddef.h>

struct lines {
	char **line; /* sorted; times and durations are taken out */
	size_t n;
	bool torn; /* the last one did not end, and is not among them */
};

/* A file that is not there has no lines. */
struct lines lines_read(const char *path);
void lines_free(struct lines *l);

/* Those of a file are added. */
void lines_join(struct lines *l, const char *path);

/* Each line of a, as often, is in b; the same lines. */
bool lines_within(const struct lines *a, const struct lines *b);
bool lines_equal(const struct lines *a, const struct lines *b);

/* Each trial of b is in a, with all the states that it has in b. */
bool lines_settle_as(const struct lines *a, const struct lines *b);

/* Each trial of all (or each line, where they are no trials) is in a or in b, in a state of
 * `all`. */
bool lines_have_trials(const struct lines *a, const struct lines *b, const struct lines *all);

#endif
