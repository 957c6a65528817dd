#include "project.h"

#include <stdlib.h>
#include <string.h>

#include "dr/projects.h"

static struct project *fetch(struct dr *dr, const char *id, const char *metric,
			     const char *partition, struct err *e)
{
	struct project *p = calloc(1, sizeof(*p));
	cJSON *wire = p ? dr_project_get(dr, id, e) : NULL;
	const char *name;
	bool ok = (p || err_nomem(e)) && wire &&
		  (!partition || dr_project_partition(wire, partition, e)) &&
		  dr_project_metric(dr, wire, metric, &name, &p->minimize, e);

	if (ok && (!(p->id = strdup(id)) || !(p->metric = strdup(name))))
		ok = err_nomem(e);
	/* It is not the record that is wrong, but what was asked of its project. */
	if (!ok && e->kind == ERR_INPUT)
		e->kind = ERR_USAGE;
	cJSON_Delete(wire);
	if (ok)
		return p;
	project_free(p);
	return NULL;
}

struct project *project_find(struct project **projects, struct dr *dr, const char *id,
			     const char *metric, const char *partition, struct err *e)
{
	struct project *p = *projects;

	while (p && strcmp(p->id, id) != 0)
		p = p->next;
	if (p || !(p = fetch(dr, id, metric, partition, e)))
		return p;
	p->next = *projects;
	return *projects = p;
}

void project_free(struct project *p)
{
	while (p) {
		struct project *next = p->next;

		free(p->metric);
		free(p->id);
		free(p);
		p = next;
	}
}
