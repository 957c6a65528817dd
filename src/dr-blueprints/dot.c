#include "dot.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json/json.h"

#define NODES_MAX 2000
#define EDGES_MAX 20000
#define WRAP 24 /* a line of a label is broken at the next space behind so many bytes */

static void add_text(struct json_text *t, const char *s)
{
	json_text_add(t, s, strlen(s));
}

__attribute__((format(printf, 2, 3))) static void add(struct json_text *t, const char *fmt, ...)
{
	char line[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	add_text(t, line);
}

/* dot reads escapes and HTML's entities in a label. */
static void add_label(struct json_text *t, const char *s)
{
	int column = 0;

	for (; *s; s++, column++) {
		unsigned char c = (unsigned char)*s;

		if (c == ' ' && column >= WRAP) {
			add_text(t, "\\n");
			column = -1;
		} else if (c == '"' || c == '\\') {
			add(t, "\\%c", c);
		} else if (c == '&') {
			add_text(t, "&amp;");
		} else if (iscntrl(c)) {
			add_text(t, " ");
		} else {
			json_text_add(t, s, 1);
		}
	}
}

/* Nodes are told by their numbers: an id may be anything. */
static bool add_node(struct json_text *t, const cJSON *node, int i)
{
	const char *id = json_str(node, "id"), *label = json_str(node, "label");

	if (!id)
		return false;
	add(t, "\tn%d [label=\"", i);
	add_label(t, label ? label : id);
	add_text(t, "\"];\n");
	return true;
}

static int index_of(const cJSON *nodes, const char *id)
{
	const cJSON *n;
	int i = 0;

	cJSON_ArrayForEach (n, nodes) {
		if (id && strcmp(json_str(n, "id"), id) == 0)
			return i;
		i++;
	}
	return -1;
}

static bool add_edge(struct json_text *t, const cJSON *nodes, const cJSON *edge)
{
	int from = index_of(nodes, cJSON_GetStringValue(cJSON_GetArrayItem(edge, 0)));
	int to = index_of(nodes, cJSON_GetStringValue(cJSON_GetArrayItem(edge, 1)));

	if (from < 0 || to < 0)
		return false;
	add(t, "\tn%d -> n%d;\n", from, to);
	return true;
}

char *dot_of(const cJSON *chart, const char *blueprint, struct err *e)
{
	const cJSON *nodes = json_get(chart, "nodes"), *edges = json_get(chart, "edges"), *v;
	int n = cJSON_GetArraySize(nodes), i = 0;
	struct json_text t = {0};
	bool ok = cJSON_IsArray(nodes) && cJSON_IsArray(edges) && n > 0 && n <= NODES_MAX &&
		  cJSON_GetArraySize(edges) <= EDGES_MAX;

	add_text(&t, "digraph \"");
	add_label(&t, blueprint);
	add_text(&t, "\" {\n\trankdir=LR;\n\tnode [shape=box, style=rounded];\n");
	cJSON_ArrayForEach (v, nodes)
		ok = ok && add_node(&t, v, i++);
	cJSON_ArrayForEach (v, edges)
		ok = ok && add_edge(&t, nodes, v);
	add_text(&t, "}\n");
	if (ok && !t.failed)
		return t.s;
	if (ok)
		err_nomem(e);
	else
		err_set(e, ERR_REFUSED, "blueprint %s: the answer holds no chart", blueprint);
	json_text_release(&t);
	return NULL;
}
