#include "place.h"

#include <stdlib.h>
#include <string.h>

#include "dr/projects.h"
#include "json/json.h"

static struct place *fetch(struct dr *dr, const char *id, const char *partition, struct err *e)
{
	cJSON *wire = dr_project_get(dr, id, e);
	const char *target = wire ? json_str(wire, "target") : NULL;
	struct place *p = NULL;

	if (wire && !target) {
		err_set(e, ERR_REFUSED, "project %s has no target yet", id);
	} else if (wire && dr_project_partition(wire, partition, e)) {
		p = calloc(1, sizeof(*p));
		if (!p || !(p->id = strdup(id)) || !(p->target = strdup(target))) {
			place_free(p);
			p = NULL;
			err_nomem(e);
		} else {
			p->unlocked = json_true(wire, "holdoutUnlocked");
		}
	}
	cJSON_Delete(wire);
	return p;
}

struct place *place_find(struct place **places, struct dr *dr, const char *id,
			 const char *partition, struct err *e)
{
	bool holdout = strcmp(partition, "holdout") == 0;
	struct place *p = *places;

	/* One that was locked may have been opened meanwhile, and is asked about again. */
	while (p && (strcmp(p->id, id) != 0 || (holdout && !p->unlocked)))
		p = p->next;
	if (p || !(p = fetch(dr, id, partition, e)))
		return p;
	p->next = *places;
	return *places = p;
}

void place_free(struct place *p)
{
	while (p) {
		struct place *next = p->next;

		free(p->target);
		free(p->id);
		free(p);
		p = next;
	}
}
