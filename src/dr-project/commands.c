#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "dr/jobs.h"
#include "dr/projects.h"
#include "json/json.h"
#include "lost.h"
#include "ndjson/ndjson.h"

#define AIM_PAUSE_MAX_S 8

static bool put(const cJSON *project, struct err *e)
{
	cJSON *rec = dr_record(project);
	bool ok = rec ? ndjson_put(stdout, rec, e) : err_nomem(e);

	cJSON_Delete(rec);
	return ok;
}

bool command_show(struct dr *dr, const char *id, const struct settings *set, struct err *e)
{
	cJSON *project = dr_project_get(dr, id, e);
	bool ok = project && put(project, e);

	(void)set;
	cJSON_Delete(project);
	return ok;
}

bool command_list(struct dr *dr, const char *none, const struct settings *set, struct err *e)
{
	cJSON *list = dr_project_list(dr, set->name, e), *project;
	bool ok = list;

	(void)none;
	cJSON_ArrayForEach (project, list)
		ok = ok && put(project, e);
	cJSON_Delete(list);
	return ok;
}

static void show_progress(const char *text, void *what)
{
	cli_progress("%s: %s", (const char *)what, text);
}

/* Wait for a status and say what it was that failed. Frees location. */
static char *finish(struct dr *dr, char *location, const char *what, double timeout_s,
		    struct err *e)
{
	char *result;

	if (!location)
		return NULL;
	result = dr_status_wait(dr, location, timeout_s, show_progress, (void *)what, e);
	cli_progress("%s", "");
	if (!result)
		err_prefix(e, "%s", what);
	free(location);
	return result;
}

bool command_create(struct dr *dr, const char *source, const struct settings *set,
		    struct err *e)
{
	/* Where the answer is lost, what is new in this list is the project. */
	cJSON *before = dr_project_check(source, e) ? dr_project_list(dr, set->name, e) : NULL;
	bool unknown = false, ok = false;
	char *location = before ? dr_project_create(dr, source, set->name, &unknown, e) : NULL;
	char *result = finish(dr, location, source, set->timeout_s, e);
	char *id = dr_last_part(result);
	struct err why = *e;

	if (unknown) {
		*e = (struct err){0};
		id = lost_project(dr, before, source, set->name, &why, e);
	}
	if (id)
		ok = command_show(dr, id, set, e);
	else if (dr_has_last_part(result))
		err_nomem(e);
	else if (result)
		err_set(e, ERR_REFUSED, "the server names no project");
	free(id);
	free(result);
	cJSON_Delete(before);
	return ok;
}

/* One look: *done, or what there is to tell. */
static bool look(struct dr *dr, const char *id, bool *done, struct err *e)
{
	cJSON *status = dr_project_status(dr, id, e);
	cJSON *project = status ? dr_project_get(dr, id, e) : NULL;
	bool ok = project;

	if (ok && !json_get(project, "target"))
		ok = err_set(e, ERR_INPUT, "project %s has no target: start it first", id);
	if (ok) {
		const char *text = json_str(status, "stageDescription");

		*done = dr_project_is_done(project, status);
		cli_progress("%s: %s", id, text ? text : "");
	}
	cJSON_Delete(project);
	cJSON_Delete(status);
	return ok;
}

bool command_wait(struct dr *dr, const char *id, const struct settings *set, struct err *e)
{
	struct dr_wait w = {.limit_s = set->timeout_s, .what = id};
	bool done = false, ok = true;

	while (ok && !done)
		ok = dr_wait(dr, &w, e) && look(dr, id, &done, e);
	cli_progress("%s", "");
	return ok && command_show(dr, id, set, e);
}

/* Set the target, once: where the answer is lost, or says that there is one, look. */
static bool aim_at(struct dr *dr, const char *id, const struct settings *set, struct err *e)
{
	struct dr_aim aim = {.target = set->target, .metric = set->metric, .mode = set->mode};

	for (int pause_s = 1;; pause_s *= 2) {
		bool unknown;
		char *location = dr_project_aim(dr, id, &aim, &unknown, e), *result;
		struct err why = *e;
		enum lost_aim found;

		if (location) {
			result = finish(dr, location, id, set->timeout_s, e);
			free(result);
			return result;
		}
		if (!unknown && why.kind != ERR_REFUSED)
			return false;
		if (unknown)
			cli_warn("%s; looking at the project", why.text);
		*e = (struct err){0};
		found = lost_aim(dr, id, &aim, set->timeout_s, e);
		if (found == LOST_THERE && !unknown)
			cli_note("project %s has this target already", id);
		if (found == LOST_THERE)
			return true;
		if (found == LOST_ERROR && unknown)
			return false;
		/* It was refused, or there is no more use in asking. */
		if (!unknown || pause_s > AIM_PAUSE_MAX_S) {
			*e = why;
			return false;
		}
		if (!http_take_retry(dr_http(dr), e) || !http_sleep(dr_http(dr), pause_s, e))
			return false;
	}
}

bool command_start(struct dr *dr, const char *id, const struct settings *set, struct err *e)
{
	if (set->workers && !dr_project_set_workers(dr, id, set->workers, e))
		return false;
	if (!aim_at(dr, id, set, e))
		return false;
	return set->wait ? command_wait(dr, id, set, e) : command_show(dr, id, set, e);
}

bool command_unlock_holdout(struct dr *dr, const char *id, const struct settings *set,
			    struct err *e)
{
	return dr_project_unlock_holdout(dr, id, e) && command_show(dr, id, set, e);
}

/* Servers do not tell the number: the record has what they were told. */
bool command_workers(struct dr *dr, const char *id, const struct settings *set, struct err *e)
{
	cJSON *project = NULL;
	bool ok = dr_project_set_workers(dr, id, set->workers, e) &&
		  (project = dr_project_get(dr, id, e));

	if (ok)
		ok = json_set_num(project, "workerCount", (double)set->workers)
			     ? put(project, e)
			     : err_nomem(e);
	cJSON_Delete(project);
	return ok;
}

/* The record is that of what is gone, for the log of whoever did it. */
bool command_delete(struct dr *dr, const char *id, const struct settings *set, struct err *e)
{
	cJSON *project = dr_project_get(dr, id, e);
	bool ok = project && (!set->yes || dr_project_delete(dr, id, e));

	if (ok)
		ok = json_set(project, "deleted", cJSON_CreateBool(set->yes)) ? put(project, e)
									      : err_nomem(e);
	if (ok && !set->yes)
		cli_note("nothing was deleted: with --yes project %s is, for good", id);
	cJSON_Delete(project);
	return ok;
}
