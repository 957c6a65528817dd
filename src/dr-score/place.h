/*
 * place: a project with trials to score.
 */
#ifndef PLACE_H
#define PLACE_H

#include "dr/dr.h"

struct place {
	char *id, *target;
	bool unlocked; /* the holdout */
	struct place *next;
};

/*
 * The project of this id, which the server is asked about once; borrowed from *places.
 * ERR_REFUSED where the partition is its locked holdout.
 */
struct place *place_find(struct place **places, struct dr *dr, const char *id,
			 const char *partition, struct err *e);
void place_free(struct place *places);

#endif
