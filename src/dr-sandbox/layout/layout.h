/*
 * layout: places of a chart's boxes and edges, by graphviz' dot where it is there.
 *
 * Nobody waits for it: who asks is told that it will come, and a thread of its own runs
 * dot, one graph at a time, as a process with limits on time, memory and output.  What
 * came of it, failures too, is kept in memory for the last 64 graphs.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <cjson/cJSON.h>

#include "err/err.h"

struct layout;

/* dot is looked for in the absolute folders of $PATH; where it is not, or ends with an
 * error, every answer is LAYOUT_NONE.  NULL: ERR_SYSTEM. */
struct layout *layout_start(struct err *e);

/* Ends a dot that runs. NULL is allowed. */
void layout_stop(struct layout *l);

enum layout_state {
	LAYOUT_NONE, /* there will be none */
	LAYOUT_SOON, /* ask again */
	LAYOUT_DONE, /* *places is set, as graph_read gives it, the caller's */
};

/* chart and lines as in graph_source. From any thread. */
enum layout_state layout_get(struct layout *l, const cJSON *chart, const char *lines,
			     cJSON **places);

#endif
