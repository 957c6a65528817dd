#include "layout/graph.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

/* Of a box, in pixels, as page.js draws it; dot reckons in inches of 72. */
#define WIDTH 168.0
#define LINE 15.0
#define BORDER 12.0
#define LINES_MAX 20
#define INCH 72.0

#define POINTS_MAX 1000 /* of one edge */

/* ---- to dot ---- */

__attribute__((format(printf, 2, 3))) static void add(struct json_text *t, const char *fmt, ...)
{
	char line[128];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	json_text_add(t, line, (size_t)n);
}

static long index_of(const cJSON *nodes, const char *id)
{
	const cJSON *n;
	long i = 0;

	cJSON_ArrayForEach (n, nodes) {
		const char *own = json_str(n, "id");

		if (own && id && strcmp(own, id) == 0)
			return i;
		i++;
	}
	return -1;
}

/* The next number of a list, or 1. */
static long next_lines(const char **list)
{
	char *end;
	long v;

	if (!*list || !**list)
		return 1;
	v = strtol(*list, &end, 10);
	*list = *end == ',' ? end + 1 : NULL;
	return v < 1 ? 1 : v > LINES_MAX ? LINES_MAX : v;
}

char *graph_source(const cJSON *chart, const char *lines)
{
	const cJSON *nodes = json_get(chart, "nodes"), *edges = json_get(chart, "edges"), *edge;
	int n = cJSON_GetArraySize(nodes);
	struct json_text t = {0};

	if (n < 1 || n > GRAPH_NODES_MAX || cJSON_GetArraySize(edges) > GRAPH_EDGES_MAX)
		return NULL;
	add(&t, "digraph { nodesep=0.36; ranksep=0.6;\n");
	add(&t, "edge [arrowhead=none];\n");
	add(&t, "node [shape=box, fixedsize=true, label=\"\", width=%.4f];\n", WIDTH / INCH);
	for (int i = 0; i < n; i++)
		add(&t, "n%d [height=%.4f];\n", i,
		    ((double)next_lines(&lines) * LINE + BORDER) / INCH);
	cJSON_ArrayForEach (edge, edges) {
		long from = index_of(nodes, cJSON_GetStringValue(cJSON_GetArrayItem(edge, 0)));
		long to = index_of(nodes, cJSON_GetStringValue(cJSON_GetArrayItem(edge, 1)));

		if (from >= 0 && to >= 0)
			add(&t, "n%ld -> n%ld;\n", from, to);
	}
	add(&t, "}\n");
	if (!t.failed)
		return t.s;
	json_text_release(&t);
	return NULL;
}

/* ---- from dot ---- */

struct reader {
	const char *at;
	double height; /* of the picture; dot counts upwards */
	bool bad;
};

/* A number of dot's, in pixels, with one decimal. */
static double number(struct reader *r)
{
	char *end;
	double v = strtod(r->at, &end);

	r->bad = r->bad || end == r->at || !(fabs(v) < 1e5);
	r->at = end;
	return r->bad ? 0 : round(v * INCH * 10) / 10;
}

static bool add_point(cJSON *list, struct reader *r)
{
	double x = number(r), y = r->height - number(r);

	return !r->bad && cJSON_AddItemToArray(list, cJSON_CreateNumber(x)) &&
	       cJSON_AddItemToArray(list, cJSON_CreateNumber(round(y * 10) / 10));
}

/* `node n3 X Y ...` */
static bool read_node(struct reader *r, cJSON *nodes, size_t *n)
{
	cJSON *place = cJSON_CreateArray();
	char *end;
	long i;

	if (strncmp(r->at, " n", 2) != 0)
		r->at = "";
	else
		r->at += 2;
	/* dot keeps the order in which nodes were named. */
	i = strtol(r->at, &end, 10);
	r->bad = end == r->at || i != (long)*n;
	r->at = end;
	++*n;
	if (!r->bad && add_point(place, r) && cJSON_AddItemToArray(nodes, place))
		return true;
	cJSON_Delete(place);
	return false;
}

/* `edge n1 n2 COUNT X Y X Y ...` */
static bool read_edge(struct reader *r, cJSON *edges)
{
	cJSON *points = cJSON_CreateArray();
	long count = -1;
	int used = 0;
	bool ok = sscanf(r->at, " n%*d n%*d %ld%n", &count, &used) == 1 && count >= 4 &&
		  count <= POINTS_MAX && count % 3 == 1;

	r->at += used;
	for (long i = 0; ok && i < count; i++)
		ok = points && add_point(points, r);
	if (ok && cJSON_AddItemToArray(edges, points))
		return true;
	cJSON_Delete(points);
	return false;
}

/* `graph SCALE WIDTH HEIGHT` */
static bool read_graph(struct reader *r, cJSON *v)
{
	double width;

	number(r);
	width = number(r);
	r->height = number(r);
	return !r->bad && json_set_num(v, "width", width) &&
	       json_set_num(v, "height", r->height);
}

static bool read_line(struct reader *r, cJSON *v, cJSON *nodes, cJSON *edges, size_t *n)
{
	bool first = !json_get(v, "width");
	size_t word = strcspn(r->at, " \n");
	const char *line = r->at;

	r->at += word;
	if (word == 5 && memcmp(line, "graph", 5) == 0)
		return first && read_graph(r, v);
	if (word == 4 && memcmp(line, "node", 4) == 0)
		return !first && read_node(r, nodes, n);
	return word == 4 && memcmp(line, "edge", 4) == 0 && !first && read_edge(r, edges);
}

cJSON *graph_read(const char *plain, size_t n)
{
	struct reader r = {.at = plain};
	cJSON *v = cJSON_CreateObject();
	cJSON *nodes = cJSON_AddArrayToObject(v, "nodes");
	cJSON *edges = cJSON_AddArrayToObject(v, "edges");
	bool ok = nodes && edges;
	size_t have = 0;

	while (ok && strncmp(r.at, "stop", 4) != 0) {
		ok = read_line(&r, v, nodes, edges, &have);
		r.at += strcspn(r.at, "\n");
		r.at += *r.at == '\n';
	}
	if (ok && have == n && json_get(v, "width"))
		return v;
	cJSON_Delete(v);
	return NULL;
}
