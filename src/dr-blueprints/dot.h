/*
 * dot: a blueprint's chart as the source of a picture, in graphviz's language.
 */
#ifndef DOT_H
#define DOT_H

#include <cjson/cJSON.h>

#include "err/err.h"

/*
 * `digraph "ID" {...}` of a wire chart ({"nodes": [{"id", "label"}], "edges": [[FROM,
 * TO]]}), left to right, in the order of the chart.  Labels are foreign text: whatever
 * they hold is shown as it is.  The caller's to free.
 * ERR_REFUSED for what is no chart, or one of more than 2,000 nodes or 20,000 edges.
 */
char *dot_of(const cJSON *chart, const char *blueprint, struct err *e);

#endif
