/*
 * graph: a blueprint's chart as graphviz' dot is told it, and what dot makes of it.
 *
 * dot is told the boxes' sizes and the edges, and gives their places.  No label goes
 * there and no markup comes back: what the picture says is written by the browser, so
 * foreign words have nothing to escape from.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include <stddef.h>

#include <cjson/cJSON.h>

/* A chart with more than these is not drawn by dot. */
#define GRAPH_NODES_MAX 500
#define GRAPH_EDGES_MAX 2000

/*
 * The text for `dot -Tplain` of a chart, {"nodes": [{"id"}], "edges": [[from, to]]};
 * edges of nodes that are not there are left out.  lines (may be NULL) says how many
 * lines of text each node has, in their order: `1,2,1`; 1 where it does not say.
 * NULL: it is no chart, it is empty or too large, or memory is out.  Freed by the caller.
 */
char *graph_source(const cJSON *chart, const char *lines);

/*
 * What `dot -Tplain` wrote, as pixels from the upper left corner: {"width", "height",
 * "nodes": [[x, y], ...] (of the middle of each box, in the chart's order), "edges":
 * [[x, y, x, y, ...], ...] (a start and three points for each Bezier curve from there)}.
 * NULL where it is not that, for n nodes, or memory is out.
 */
cJSON *graph_read(const char *plain, size_t n);

#endif
