/*
 * graph: what dot wrote, for a number of boxes that the first byte says; and a chart, as JSON,
 * that dot is to be told.
 *
 * Aims at src/dr-sandbox/layout/graph.c.
 */
#include "../fuzz.h"

#include "layout/graph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = size ? fuzz_text(data + 1, size - 1) : NULL, *lines, *source;
	struct err e = {0};
	cJSON *v, *chart;

	if (!s)
		return 0;
	if ((v = graph_read(s, data[0] % 8))) {
		must(cJSON_GetArraySize(json_get(v, "nodes")) == data[0] % 8);
		fuzz_round_trip(v);
	}
	cJSON_Delete(v);
	lines = strchr(s, '\n');
	chart = json_parse(s, lines ? (size_t)(lines - s) : size - 1, NULL, &e);
	source = chart ? graph_source(chart, lines ? lines + 1 : NULL) : NULL;
	free(source);
	cJSON_Delete(chart);
	free(s);
	return 0;
}
