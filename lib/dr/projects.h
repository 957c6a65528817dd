/*
 * dr/projects: a table of data, its target, and the models on it.
 */
#ifndef DR_PROJECTS_H
#define DR_PROJECTS_H

#include "dr/dr.h"

cJSON *dr_project_get(struct dr *dr, const char *id, struct err *e);

/* All projects, or those of this name. */
cJSON *dr_project_list(struct dr *dr, const char *name, struct err *e);

/* Whether a project can be created from it, as far as that shows without a server. */
bool dr_project_check(const char *source, struct err *e);

/*
 * Create a project from a regular file or a URL (http, https, s3, file: fetched by
 * the server), with a name or NULL.  Gives the Location of its status, for
 * dr_status_wait, whose result is the project's.  Where it fails, *unknown says whether
 * the project may be there all the same; it is not created twice here.
 */
char *dr_project_create(struct dr *dr, const char *source, const char *name, bool *unknown,
			struct err *e);

struct dr_aim {
	const char *target;
	const char *metric; /* NULL: the server's choice */
	const char *mode;   /* auto, quick, manual, comprehensive */
};

/* Set the target and start; gives the Location of the status.  Where it fails, *unknown
 * says whether the target may be set all the same. */
char *dr_project_aim(struct dr *dr, const char *id, const struct dr_aim *aim, bool *unknown,
		     struct err *e);

/* -1: as many as allowed. */
bool dr_project_set_workers(struct dr *dr, const char *id, long n, struct err *e);

/* For good. */
bool dr_project_unlock_holdout(struct dr *dr, const char *id, struct err *e);
bool dr_project_delete(struct dr *dr, const char *id, struct err *e);

/* {"autopilotDone", "stage", "stageDescription"} */
cJSON *dr_project_status(struct dr *dr, const char *id, struct err *e);

/* Whether the project has done what its mode says by itself: for `manual` no more
 * than the preparation of the data. */
bool dr_project_is_done(const cJSON *project, const cJSON *status);

/*
 * Whether scores on this partition may be looked at: ERR_REFUSED for that of a locked
 * holdout, with what opens it.  The project is as dr_project_get gives it.
 */
bool dr_project_partition(const cJSON *project, const char *partition, struct err *e);

/*
 * Whether a lower value of this metric is better, by the server's list for the
 * project's target; where that does not name it, by the names that are known.
 * metric NULL: the project's own.  *name (borrowed from project or metric) and
 * *minimize are set.  ERR_INPUT for a project without metric, for an unknown one.
 */
bool dr_project_metric(struct dr *dr, const cJSON *project, const char *metric,
		       const char **name, bool *minimize, struct err *e);

#endif
