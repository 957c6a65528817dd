/* graph: what dot is told, and what is read of what it says. */
#include "layout/graph.h"

#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "../tap.h"

static cJSON *tree(const char *text)
{
	struct err e = {0};

	return json_parse(text, strlen(text), NULL, &e);
}

static void source(const char *chart, const char *lines, const char *want, const char *what)
{
	cJSON *v = tree(chart);
	char *got = graph_source(v, lines), *at = got ? strstr(got, "n0 [") : NULL;

	is_str(at, want, what);
	free(got);
	cJSON_Delete(v);
}

static void sources(void)
{
	static const char two[] =
		"{\"nodes\":[{\"id\":\"1\",\"label\":\"\\\"];x\"},"
		"{\"id\":\"b\\\"\"}],\"edges\":[[\"1\",\"b\\\"\"],[\"1\",\"9\"],"
		"[1],\"x\",[\"b\\\"\"]]}";
	cJSON *many = cJSON_CreateObject(), *nodes = cJSON_AddArrayToObject(many, "nodes");

	source(two, NULL, "n0 [height=0.3750];\nn1 [height=0.3750];\nn0 -> n1;\n}\n",
	       "no word of a chart goes to dot");
	source(two, "2,3", "n0 [height=0.5833];\nn1 [height=0.7917];\nn0 -> n1;\n}\n",
	       "boxes are as high as their lines");
	source(two, "-7,99999999999999999999,5",
	       "n0 [height=0.3750];\nn1 [height=4.3333];\nn0 -> n1;\n}\n", "within limits");
	source(two, "x,5", "n0 [height=0.3750];\nn1 [height=0.3750];\nn0 -> n1;\n}\n",
	       "what is no list of numbers says nothing");
	source("{\"nodes\":[]}", NULL, NULL, "an empty chart is not drawn");
	source("{}", NULL, NULL, "nor is what is none");
	source("[]", NULL, NULL, "nor is a list");
	for (int i = 0; i <= GRAPH_NODES_MAX; i++)
		cJSON_AddItemToArray(nodes, cJSON_CreateObject());
	ok(!graph_source(many, NULL), "nor is one that is too large");
	cJSON_Delete(many);
}

static void reads(const char *plain, size_t n, const char *want, const char *what)
{
	cJSON *got = graph_read(plain, n);
	char *text = got ? json_string(got) : NULL;

	is_str(text, want, what);
	free(text);
	cJSON_Delete(got);
}

#define GRAPH "graph 1 2 3\n"
#define NODE(n, rest) "node n" #n " " rest "\n"
#define PLACE "1 2.5 2.3 0.4 \"\" solid box black lightgrey"
#define EDGE "edge n0 n1 4 1 3 1 2 1 1 1 0 solid black\n"

static void readings(void)
{
	reads(GRAPH NODE(0, PLACE) NODE(1, PLACE) EDGE "stop\n", 2,
	      "{\"nodes\":[[72,36],[72,36]],\"edges\":[[72,0,72,72,72,144,72,216]],"
	      "\"width\":144,\"height\":216}",
	      "places are pixels from above");
	reads(GRAPH NODE(0, PLACE) "stop\n", 2, NULL, "a box that is missing");
	reads(GRAPH NODE(1, PLACE) NODE(0, PLACE) "stop\n", 2, NULL, "another order");
	reads(GRAPH NODE(0, "nan 1") "stop\n", 1, NULL, "a place that is no number");
	reads(GRAPH NODE(0, "inf 1") "stop\n", 1, NULL, "nor finite");
	reads(GRAPH NODE(0, "1") "stop\n", 1, NULL, "a place that is cut");
	reads(GRAPH "node x 1 1\nstop\n", 1, NULL, "a box that was not asked for");
	reads(NODE(0, PLACE) GRAPH "stop\n", 1, NULL, "no size of the picture at first");
	reads(GRAPH GRAPH NODE(0, PLACE) "stop\n", 1, NULL, "two of them");
	reads(GRAPH NODE(0, PLACE) "edge n0 n1 5 1 1 1 1 1 1 1 1 1 1\nstop\n", 1, NULL,
	      "an edge that is no row of curves");
	reads(GRAPH NODE(0, PLACE) "edge n0 n1 999999997 1 1\nstop\n", 1, NULL,
	      "one of too many points");
	reads(GRAPH NODE(0, PLACE) "edge n0 n1 4 1 1 1 1 1 1 1\nstop\n", 1, NULL,
	      "one that is cut");
	reads(GRAPH NODE(0, PLACE), 1, NULL, "no end");
	reads("", 0, NULL, "nothing");
	reads("stop\n", 0, NULL, "an end alone");
	reads("hello\n", 0, NULL, "something else");
}

int main(void)
{
	sources();
	readings();
	return tap_end();
}
