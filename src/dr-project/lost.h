/*
 * lost: what became of a request whose answer was lost: the project is there, or it is
 * not, and only then may it be asked for again.
 */
#ifndef LOST_H
#define LOST_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "commands.h"
#include "dr/dr.h"
#include "dr/projects.h"

/*
 * The id of the one project that is there now, was not in `before` (a list of wire
 * projects), and has the name (or, without --name, the file) that was sent.  The service
 * lists a project only once it has read its table, so it is looked for up to a minute.
 * NULL: ERR_UNAVAILABLE where there is none or more than one, with why (the lost
 * answer's message) in front.
 */
char *lost_project(struct dr *dr, const cJSON *before, const char *source, const char *name,
		   const struct err *why, struct err *e);

enum lost_aim {
	LOST_ERROR,     /* see e */
	LOST_NOT_THERE, /* the project waits for its target */
	LOST_THERE,     /* it has the target, and the metric, that was asked for */
};

/* Whether the target was set; waits, up to timeout_s (0: for ever), while the service is
 * at it.  ERR_REFUSED where the project has another one. */
enum lost_aim lost_aim(struct dr *dr, const char *id, const struct dr_aim *aim,
		       double timeout_s, struct err *e);

#endif
