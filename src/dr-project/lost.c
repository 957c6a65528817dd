#include "lost.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "json/json.h"

#define LOOK_FOR_S 60.0

/* ---- a project ---- */

static bool holds(const cJSON *list, const char *id)
{
	const cJSON *p;
	bool found = false;

	cJSON_ArrayForEach (p, list) {
		found = found || dr_is_id(p, "id", id);
	}
	return found;
}

static bool is_named(const cJSON *p, const char *source, const char *name)
{
	const char *slash = strrchr(source, '/');
	const char *has = json_str(p, name ? "projectName" : "fileName");
	const char *wants = name ? name : slash ? slash + 1 : source;

	/* Of a URL the server may make another file name. */
	return has ? strcmp(has, wants) == 0 || (!name && strstr(source, "://")) : !name;
}

/* The id of the new one; *n how many there are.  NULL: none, or e is set. */
static char *find_new(const cJSON *list, const cJSON *before, const char *source,
		      const char *name, int *n, struct err *e)
{
	const cJSON *p;
	char *found = NULL;

	*n = 0;
	cJSON_ArrayForEach (p, list) {
		char *id = dr_id(p, "id");

		if (!id && dr_has_id(p, "id"))
			err_nomem(e);
		if (id && is_named(p, source, name) && !holds(before, id)) {
			free(found);
			found = id;
			++*n;
		} else {
			free(id);
		}
	}
	return found;
}

char *lost_project(struct dr *dr, const cJSON *before, const char *source, const char *name,
		   const struct err *why, struct err *e)
{
	struct dr_wait w = {.limit_s = LOOK_FOR_S, .what = source};
	char *id = NULL;
	int n = 0;

	cli_warn("%s; looking for the project", why->text);
	while (!id && dr_wait(dr, &w, e)) {
		cJSON *list = dr_project_list(dr, name, e);

		if (!list)
			return NULL;
		id = find_new(list, before, source, name, &n, e);
		cJSON_Delete(list);
		if (e->kind != ERR_NONE) {
			free(id);
			return NULL;
		}
	}
	if (n == 1)
		return id;
	free(id);
	if (n > 1 || e->kind == ERR_LIMIT)
		err_set(e, ERR_UNAVAILABLE, "%.700s; %s appeared: see dr-project list",
			why->text,
			n > 1 ? "more than one new project" : "within a minute no new project");
	return NULL;
}

/* ---- a target ---- */

static bool same(const char *wanted, const char *has)
{
	return !wanted || (has && strcmp(wanted, has) == 0);
}

enum lost_aim lost_aim(struct dr *dr, const char *id, const struct dr_aim *aim,
		       double timeout_s, struct err *e)
{
	struct dr_wait w = {.limit_s = timeout_s, .what = id};
	enum lost_aim found = LOST_ERROR;
	bool working = true;

	while (working && dr_wait(dr, &w, e)) {
		cJSON *p = dr_project_get(dr, id, e);
		const char *stage = p ? json_str(p, "stage") : NULL;

		working = false;
		if (!p)
			break;
		if (stage && strcmp(stage, "aim") == 0)
			found = LOST_NOT_THERE;
		else if (!json_str(p, "target"))
			working = true;
		else if (same(aim->target, json_str(p, "target")) &&
			 same(aim->metric, json_str(p, "metric")))
			found = LOST_THERE;
		else
			err_set(e, ERR_REFUSED, "project %s has another target: '%.200s', %s",
				id, json_str(p, "target"),
				json_str(p, "metric") ? json_str(p, "metric") : "no metric");
		cJSON_Delete(p);
	}
	return found;
}
