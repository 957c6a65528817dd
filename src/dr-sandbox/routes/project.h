/* project: the project object of the interface. */
#ifndef PROJECT_H
#define PROJECT_H

#include "routes/common.h"

#define PROJECT_COLUMNS                                                                        \
	"SELECT id, name, description, file_name, stage, created, autopilot_mode, target,"     \
	" target_type, metric, positive_class, holdout_unlocked, partition, rows, asked,"      \
	" worker_count FROM project"

/* A row of PROJECT_COLUMNS as the interface shows it. NULL: memory ran out. */
cJSON *project_row(struct web_request *r, struct service *sv, sqlite3_stmt *q);

#endif
