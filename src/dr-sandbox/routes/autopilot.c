/* autopilot: pause, go on, and once more with another list of columns. */
#include "jobs/autopilot.h"

#include <stdio.h>
#include <string.h>

#include "routes/common.h"

void route_autopilot_command(struct web_request *r, void *ctx)
{
	static const char *const fields[] = {"command", NULL};
	struct service *sv = ctx;
	const char *command = json_str(r->body, "command");

	if (!common_project(r, sv, r->arg[0]) || !common_only(r, fields))
		return;
	if (!command || (strcmp(command, "start") != 0 && strcmp(command, "stop") != 0)) {
		web_invalid(r, "command", "must be start or stop");
		return;
	}
	store_run(sv->store, "UPDATE project SET paused = ? WHERE id = ?", "is",
		  (long long)(strcmp(command, "stop") == 0), r->arg[0]);
	sv->wake = true;
	web_empty(r, 202);
}

/* What could change the models and is not offered; false: answered 422. */
static bool asks_for_no_more(struct web_request *r)
{
	static const char *const not_offered[] = {"scoringCodeOnly", "autopilotClusterList",
						  "useGpu"};
	static const char *const flags[] = {"blendBestModels", "prepareModelForDeployment",
					    "considerBlendersInRecommendation"};

	for (size_t i = 0; i < sizeof(not_offered) / sizeof(not_offered[0]); i++) {
		const cJSON *v = json_get(r->body, not_offered[i]);

		if (v && !cJSON_IsNull(v) && !cJSON_IsFalse(v))
			return web_invalid(r, not_offered[i],
					   "is not supported by dr-sandbox; leave it out");
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		const cJSON *v = json_get(r->body, flags[i]);

		if (v && !cJSON_IsBool(v))
			return web_invalid(r, flags[i], "must be true or false");
	}
	return true;
}

static bool list_is_new(struct web_request *r, struct service *sv, const char *list)
{
	sqlite3_stmt *q = store_query(sv->store,
				      "SELECT (SELECT count(*) FROM autopilot WHERE project ="
				      " ?1 AND featurelist = ?2), p.stage FROM featurelist l"
				      " JOIN project p ON p.id = l.project"
				      " WHERE p.id = ?1 AND l.id = ?2",
				      "ss", r->arg[0], list);
	long long runs;

	if (!list)
		return web_invalid(r, "featurelistId", "is required: the id of a list");
	if (!store_next(sv->store, q))
		return web_invalid(r, "featurelistId", "there is no list '%s'", list);
	runs = store_int(q, 0);
	if (strcmp(store_text(q, 1), "modeling") != 0)
		return web_error(r, 422, "the project has no target yet");
	sqlite3_reset(q);
	return !runs || web_error(r, 422, "the autopilot has run on this list already");
}

void route_autopilot_start(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	const char *list = json_str(r->body, "featurelistId");
	const char *name = json_str(r->body, "mode");
	struct autopilot_wishes wishes;
	long long mode = AUTOPILOT_QUICK;

	if (!common_project(r, sv, r->arg[0]))
		return;
	if (name && (!autopilot_mode(name, &mode) || mode == AUTOPILOT_MANUAL)) {
		web_invalid(r, "mode", "'%s' is not one of auto, quick, comprehensive", name);
		return;
	}
	if (!list_is_new(r, sv, list) || !asks_for_no_more(r))
		return;
	store_run(sv->store, "UPDATE project SET autopilot_mode = ? WHERE id = ?", "is", mode,
		  r->arg[0]);
	wishes = autopilot_wishes(r->body, mode);
	autopilot_begin(sv->store, r->arg[0], list, mode, &wishes);
	sv->wake = true;
	web_empty(r, 201);
}
