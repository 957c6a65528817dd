/*
 * converter: text as people wrote it becomes text to be counted.
 *
 * HTML tags become a space, the common entities and numbered ones their character, others
 * a space.
 */
#ifndef CONVERTER_H
#define CONVERTER_H

#include <stddef.h>

#include "tasks/task.h"

extern const struct task converter_task;

/* Convert len bytes of UTF-8 into out, which has room for len + 1; the result is never
 * longer, NUL-terminated, and UTF-8.  Returns its length. */
size_t converter_clean(const char *s, size_t len, char *out);

#endif
