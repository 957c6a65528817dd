/* aim: the target, the partition, and whether models are trained by themselves. */
#include <string.h>

#include "jobs/autopilot.h"
#include "jobs/submit.h"
#include "routes/aim.h"
#include "routes/options.h"

static bool check_target(struct web_request *r, struct service *sv)
{
	static const char *const types[] = {"Binary", "Regression", "Multiclass", NULL};
	const char *target = json_str(r->body, "target");
	const cJSON *positive = json_get(r->body, "positiveClass");
	sqlite3_stmt *q;

	if (!target)
		return web_invalid(r, "target", "is required: the name of a column");
	q = store_query(sv->store, "SELECT 1 FROM feature WHERE project = ? AND name = ?", "ss",
			r->arg[0], target);
	if (!store_next(sv->store, q))
		return web_invalid(r, "target", "there is no column '%s'", target);
	sqlite3_reset(q);
	if (positive && !cJSON_IsString(positive) && !cJSON_IsNumber(positive) &&
	    !cJSON_IsBool(positive))
		return web_invalid(r, "positiveClass", "must be a value of the target");
	return aim_one_of(r, "targetType", types, "Binary, Regression and Multiclass are") &&
	       aim_is_text(r, "metric");
}

static bool check_list(struct web_request *r, struct service *sv)
{
	const char *id = json_str(r->body, "featurelistId");
	sqlite3_stmt *q;

	if (!aim_is_text(r, "featurelistId") || !id)
		return !id && r->status == 0;
	q = store_query(sv->store, "SELECT 1 FROM featurelist WHERE project = ? AND id = ?",
			"ss", r->arg[0], id);
	if (!store_next(sv->store, q))
		return web_invalid(r, "featurelistId", "there is no list '%s'", id);
	sqlite3_reset(q);
	return true;
}

static bool find_mode(struct web_request *r, long long *number)
{
	const char *mode = json_str(r->body, "mode");
	const cJSON *quick = json_get(r->body, "quickrun");

	*number = AUTOPILOT_AUTO;
	if (!aim_is_text(r, "mode"))
		return false;
	if (quick && !cJSON_IsBool(quick))
		return web_invalid(r, "quickrun", "must be true or false");
	if (mode && !autopilot_mode(mode, number))
		return web_invalid(r, "mode",
				   "'%s' is not one of auto, quick, comprehensive, manual",
				   mode);
	/* The older client's way of saying quick. */
	if (mode && *number == AUTOPILOT_AUTO && cJSON_IsTrue(quick))
		*number = AUTOPILOT_QUICK;
	return true;
}

/* The worker's job line, without the paths. */
static cJSON *spec_of(const cJSON *body)
{
	static const char *const names[][2] = {
		{"target", "target"},
		{"metric", "metric"},
		{"positiveClass", "positive_class"},
		{"targetType", "target_type"},
		{"seed", "seed"},
	};
	cJSON *v = cJSON_CreateObject();
	bool ok = json_set_str(v, "job", "aim") && aim_put_partition(v, body);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const cJSON *given = json_get(body, names[i][0]);

		if (given)
			ok = json_set(v, names[i][1], cJSON_Duplicate(given, true)) && ok;
	}
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

static bool is_ready(struct web_request *r, struct service *sv)
{
	sqlite3_stmt *q = store_query(sv->store, "SELECT stage FROM project WHERE id = ?", "s",
				      r->arg[0]);
	const char *stage;
	bool ready;

	if (!store_next(sv->store, q))
		return common_project(r, sv, r->arg[0]);
	stage = store_text(q, 0);
	ready = strcmp(stage, "aim") == 0;
	if (!ready)
		web_error(r, 422,
			  strcmp(stage, "eda") == 0 ? "the table is still being read"
						    : "the project has its target already");
	sqlite3_reset(q);
	return ready;
}

void route_aim(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	char status[STORE_ID_LEN + 1];
	struct autopilot_wishes wishes;
	long long mode;
	cJSON *spec, *asked;

	if (!is_ready(r, sv) || !check_target(r, sv) || !aim_check_partition(r, sv) ||
	    !options_check(r) || !check_list(r, sv) || !find_mode(r, &mode))
		return;
	spec = spec_of(r->body);
	asked = options_keep(r->body);
	wishes = autopilot_wishes(r->body, mode);
	if (!spec || !asked ||
	    !json_set(asked, "blendBestModels", cJSON_CreateBool(wishes.blend))) {
		web_json(r, 500, NULL);
		goto out;
	}
	store_run(
		sv->store,
		"UPDATE project SET stage = 'eda2', asked = ?, autopilot_mode = ? WHERE id = ?",
		"jis", asked, mode, r->arg[0]);
	submit_status_job(sv->store, r->arg[0], "aim", "queue", spec, status);
	sv->wake = true;
	web_empty(r, 202);
	web_location(r, "status/%s/", status);
out:
	cJSON_Delete(spec);
	cJSON_Delete(asked);
}
