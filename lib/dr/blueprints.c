#include "dr/blueprints.h"

cJSON *dr_blueprints(struct dr *dr, const char *project, struct err *e)
{
	return dr_list(dr, dr_path(e, "projects", project, "blueprints"), project, e);
}

cJSON *dr_blueprint_get(struct dr *dr, const char *project, const char *id, struct err *e)
{
	return dr_get(dr, dr_path(e, "projects", project, "blueprints", id), id, e);
}

cJSON *dr_blueprint_chart(struct dr *dr, const char *project, const char *id, struct err *e)
{
	char *path = dr_path(e, "projects", project, "blueprints", id, "blueprintChart");

	return dr_get(dr, path, NULL, e);
}

cJSON *dr_blueprint_docs(struct dr *dr, const char *project, const char *id, struct err *e)
{
	char *path = dr_path(e, "projects", project, "blueprints", id, "blueprintDocs");

	return dr_list(dr, path, NULL, e);
}
