/* tuning: a model's parameters, and a new model with other values of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/submit.h"
#include "routes/blueprint.h"
#include "routes/job.h"
#include "routes/search.h"
#include "routes/value.h"

/* Of all lists of one request. */
#define VALUES_MAX 10000

/* The model that is tuned. */
struct base {
	struct blueprint blueprint;
	char *list, *description;
	double pct;
	bool cross_validation;   /* unless the model was to be scored on validation alone */
	cJSON *used;             /* values in use, {parameterId: value} */
	cJSON *features;         /* of its list, for submit_fit */
	const cJSON *parameters; /* of the blueprint, borrowed */
};

static void base_release(struct base *b)
{
	blueprint_release(&b->blueprint);
	free(b->list);
	free(b->description);
	cJSON_Delete(b->used);
	cJSON_Delete(b->features);
}

/* False: answered 404 or 422. base_release in any case. */
static bool base_load(struct web_request *r, struct service *sv, struct base *b)
{
	sqlite3_stmt *q;

	*b = (struct base){0};
	if (!common_project(r, sv, r->arg[0]))
		return false;
	q = store_query(sv->store,
			"SELECT blueprint, featurelist, description, sample_pct, used,"
			" spec ->> 'scoring' IS NULL FROM model"
			" WHERE project = ? AND id = ?",
			"ss", r->arg[0], r->arg[1]);
	if (!store_next(sv->store, q))
		return web_error(r, 404, "there is no model '%s'", r->arg[1]);
	b->list = strdup(store_text(q, 1));
	b->description = store_text(q, 2) ? strdup(store_text(q, 2)) : NULL;
	b->pct = store_real(q, 3);
	b->used = store_json(q, 4);
	b->cross_validation = store_int(q, 5);
	if (!b->list || !blueprint_load(sv, r->arg[0], store_text(q, 0), &b->blueprint) ||
	    !submit_features(sv->store, r->arg[0], b->list, &b->features))
		return web_error(r, 500, "the model's blueprint or list cannot be read");
	if (b->blueprint.members)
		return web_error(r, 422, "a blend has no parameters to tune; tune its models");
	b->parameters = json_get(b->blueprint.body, "parameters");
	if (!cJSON_IsArray(b->parameters) || !b->parameters->child)
		return web_error(r, 422, "this model has no parameters to tune");
	return true;
}

/* What was asked for: by this model's request, or the blueprint's own. */
static const cJSON *current_of(const struct base *b, const cJSON *parameter)
{
	const cJSON *asked = json_get(b->blueprint.asked, json_str(parameter, "parameterId"));

	return asked ? asked : cJSON_GetObjectItemCaseSensitive(parameter, "currentValue");
}

/* What the model works with; after a search, what was found. */
static const cJSON *default_of(const struct base *b, const cJSON *parameter)
{
	const cJSON *used = json_get(b->used, json_str(parameter, "parameterId"));

	return used ? used : cJSON_GetObjectItemCaseSensitive(parameter, "defaultValue");
}

static cJSON *parameter_of(const struct base *b, const cJSON *p)
{
	static const char *const same[] = {"parameterName", "parameterId", "vertexId",
					   "taskName"};
	cJSON *v = cJSON_CreateObject();
	bool ok = v;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		ok = ok && json_set_str(v, same[i], json_str(p, same[i]));
	ok = ok && json_set(v, "defaultValue", cJSON_Duplicate(default_of(b, p), true)) &&
	     json_set(v, "currentValue", cJSON_Duplicate(current_of(b, p), true)) &&
	     json_set(v, "constraints", cJSON_Duplicate(json_get(p, "constraints"), true));
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

void route_tuning_get(struct web_request *r, void *ctx)
{
	struct base b;
	cJSON *v = NULL, *list;
	const cJSON *p;
	bool ok = true;

	if (base_load(r, ctx, &b)) {
		v = cJSON_CreateObject();
		ok = set_text(v, "tuningDescription", b.description);
		list = cJSON_AddArrayToObject(v, "tuningParameters");
		cJSON_ArrayForEach (p, b.parameters) {
			cJSON *one = parameter_of(&b, p);

			ok = ok && one && cJSON_AddItemToArray(list, one);
		}
		if (!ok) {
			cJSON_Delete(v);
			v = NULL;
		}
		web_json(r, 200, v);
	}
	base_release(&b);
}

static const cJSON *find_parameter(const cJSON *parameters, const char *id)
{
	const cJSON *p;

	cJSON_ArrayForEach (p, parameters) {
		const char *have = json_str(p, "parameterId");

		if (id && have && strcmp(have, id) == 0)
			return p;
	}
	return NULL;
}

/* Every entry names a parameter of this model, and none twice. */
static bool check_ids(struct web_request *r, const struct base *b, const cJSON *entries)
{
	const cJSON *i, *k;

	if (!cJSON_IsArray(entries))
		return web_invalid(r, "tuningParameters", "is required: a list");
	cJSON_ArrayForEach (i, entries) {
		const char *id = json_str(i, "parameterId");

		if (!id)
			return web_invalid(r, "tuningParameters",
					   "every entry needs a parameterId and a value");
		cJSON_ArrayForEach (k, i) {
			if (strcmp(k->string, "parameterId") != 0 &&
			    strcmp(k->string, "value") != 0)
				return web_invalid(r, k->string, "%s is not allowed key",
						   k->string);
		}
		if (!find_parameter(b->parameters, id))
			return web_invalid(r, "parameterId",
					   "the model has no parameter with the id '%s'", id);
		for (k = entries->child; k != i; k = k->next)
			if (strcmp(json_str(k, "parameterId"), id) == 0)
				return web_invalid(r, "parameterId", "'%s' is there twice", id);
	}
	return true;
}

/* Lists only where they can be searched; clients compare the text. */
static bool check_lists(struct web_request *r, const struct base *b, const cJSON *entries)
{
	const cJSON *i;
	int all = 0;

	cJSON_ArrayForEach (i, entries) {
		const cJSON *p = find_parameter(b->parameters, json_str(i, "parameterId"));
		const cJSON *value = json_get(i, "value");
		int n = cJSON_IsArray(value) ? cJSON_GetArraySize(value) : 1;

		const cJSON *constraints = json_get(p, "constraints");

		if (n == 0 && !value_is_list(constraints))
			return web_invalid(r, json_str(p, "parameterName"),
					   "the list is empty");
		if (n > 1 && !value_takes_list(constraints) && !value_is_list(constraints))
			return web_error(r, 422, "Only one value allowed for this parameter");
		all += n;
		if (all > VALUES_MAX)
			return web_error(r, 413, "Tuning request is too large");
	}
	return true;
}

static bool refuse_value(struct web_request *r, const cJSON *p, const cJSON *value)
{
	char allowed[512];
	char *text = json_string(value);

	value_describe(json_get(p, "constraints"), allowed, sizeof(allowed));
	web_invalid(r, json_str(p, "parameterName"), "must be %s, not %.100s (%s)", allowed,
		    text ? text : "null", json_str(p, "taskName"));
	free(text);
	return false;
}

/* The value as the worker takes it; NULL: answered 422. */
static cJSON *clean_value(struct web_request *r, const cJSON *p, const cJSON *value)
{
	const cJSON *constraints = json_get(p, "constraints"), *one;
	cJSON *list, *v;
	bool one_element = cJSON_IsArray(value) && value->child && !value->child->next;

	if ((v = value_check(constraints, value)))
		return v;
	if (one_element && (v = value_check(constraints, value->child)))
		return v;
	if (one_element || !cJSON_IsArray(value) || !value_takes_list(constraints)) {
		refuse_value(r, p, one_element ? value->child : value);
		return NULL;
	}
	list = cJSON_CreateArray();
	cJSON_ArrayForEach (one, value) {
		v = value_check(constraints, one);
		if (!v || !cJSON_AddItemToArray(list, v)) {
			refuse_value(r, p, one);
			cJSON_Delete(list);
			return NULL;
		}
	}
	return list;
}

/* Those of the values that are lists to be searched over. NULL: out of memory. */
static cJSON *searched(const struct base *b, const cJSON *asked)
{
	cJSON *lists = cJSON_CreateObject();
	const cJSON *v;

	cJSON_ArrayForEach (v, asked) {
		const cJSON *p = find_parameter(b->parameters, v->string);
		cJSON *one =
			cJSON_IsArray(v) ? value_check(json_get(p, "constraints"), v) : NULL;

		if (cJSON_IsArray(v) && !one &&
		    !json_set(lists, v->string, cJSON_Duplicate(v, true))) {
			cJSON_Delete(lists);
			return NULL;
		}
		cJSON_Delete(one);
	}
	return lists;
}

/* What the base was asked for and what is asked for now, by parameter. */
static cJSON *merge(struct web_request *r, const struct base *b, const cJSON *entries)
{
	cJSON *all = b->blueprint.asked ? cJSON_Duplicate(b->blueprint.asked, true)
					: cJSON_CreateObject();
	const cJSON *i, *nothing;
	cJSON *null = cJSON_CreateNull();

	cJSON_ArrayForEach (i, entries) {
		const char *id = json_str(i, "parameterId");
		const cJSON *p = find_parameter(b->parameters, id);
		cJSON *v;

		/* Clients leave out a value that is null. */
		nothing = json_get(i, "value") ? json_get(i, "value") : null;
		v = clean_value(r, p, nothing);
		if (!v || !json_set(all, id, v)) {
			if (v)
				web_json(r, 500, NULL);
			cJSON_Delete(all);
			all = NULL;
			break;
		}
	}
	cJSON_Delete(null);
	return all;
}

/* The value of every parameter, so that asking for what is there already and not
 * asking are the same. */
static bool fingerprint_of(const char *model, const struct base *b, const cJSON *asked,
			   const cJSON *search, char out[QUEUE_FINGERPRINT_LEN + 1])
{
	cJSON *all = cJSON_CreateObject();
	const cJSON *p;
	bool ok = all;

	cJSON_ArrayForEach (p, b->parameters) {
		const char *id = json_str(p, "parameterId");
		const cJSON *v = json_get(asked, id);

		v = v ? v : current_of(b, p);
		ok = ok && json_set(all, id, cJSON_Duplicate(v, true));
	}
	ok = ok && (!search || json_set(all, "search", cJSON_Duplicate(search, true)));
	ok = ok && submit_tune_fingerprint(model, all, out);
	cJSON_Delete(all);
	return ok;
}

/* Values and the way to search over them make the blueprint. */
static bool id_of(const struct base *b, const cJSON *asked, const cJSON *search, char out[33])
{
	cJSON *both;
	bool ok;

	if (!search)
		return submit_blueprint_id(b->blueprint.base, asked, out);
	both = cJSON_CreateObject();
	ok = json_set(both, "values", cJSON_Duplicate(asked, true)) &&
	     json_set(both, "search", cJSON_Duplicate(search, true)) &&
	     submit_blueprint_id(b->blueprint.base, both, out);
	cJSON_Delete(both);
	return ok;
}

static void submit(struct web_request *r, struct service *sv, const struct base *b,
		   const cJSON *asked, const cJSON *search, const char *description)
{
	char fingerprint[QUEUE_FINGERPRINT_LEN + 1], blueprint[33];
	cJSON *spec = submit_fit(b->blueprint.base, asked, search, b->features, b->pct,
				 b->cross_validation);
	struct submit job = {.project = r->arg[0],
			     .kind = "fit",
			     .blueprint = blueprint,
			     .featurelist = b->list,
			     .description = description,
			     .fingerprint = fingerprint,
			     .sample_pct = b->pct,
			     .spec = spec};

	if (!spec || (!b->cross_validation && !submit_validated(spec)) ||
	    !fingerprint_of(r->arg[1], b, asked, search, fingerprint) ||
	    !id_of(b, asked, search, blueprint)) {
		web_json(r, 500, NULL);
	} else if (!job_is_there(r, sv, r->arg[0], fingerprint, b->cross_validation) &&
		   !job_queue_full(r, sv)) {
		store_run(sv->store,
			  "INSERT OR IGNORE INTO blueprint (project, id, base, asked, search,"
			  " summary) VALUES (?, ?, ?, ?, ?, ?)",
			  "sssjjj", r->arg[0], blueprint, b->blueprint.base, asked, search,
			  b->blueprint.summary);
		job_accepted(r, sv, r->arg[0], job.kind, submit_job(sv->store, &job));
	}
	cJSON_Delete(spec);
}

static bool check_description(struct web_request *r)
{
	const cJSON *v = json_get(r->body, "tuningDescription");

	return !v || cJSON_IsString(v) || web_invalid(r, "tuningDescription", "must be a text");
}

void route_tuning_post(struct web_request *r, void *ctx)
{
	static const char *const fields[] = {"tuningParameters", "tuningDescription",
					     SEARCH_FIELDS, NULL};
	const cJSON *entries = json_get(r->body, "tuningParameters"), *how;
	struct base b;
	cJSON *asked = NULL, *search = NULL, *lists = NULL;

	if (base_load(r, ctx, &b) && common_only(r, fields) && check_description(r) &&
	    check_ids(r, &b, entries) && check_lists(r, &b, entries) &&
	    search_read(r, &search) && (asked = merge(r, &b, entries))) {
		/* A list that is not named is searched over once more, in the same way. */
		how = search ? search : b.blueprint.search;
		lists = searched(&b, asked);
		if (!lists)
			web_json(r, 500, NULL);
		else if (search_fits(r, how, lists))
			submit(r, ctx, &b, asked, lists->child ? how : NULL,
			       json_str(r->body, "tuningDescription"));
	}
	cJSON_Delete(lists);
	cJSON_Delete(asked);
	cJSON_Delete(search);
	base_release(&b);
}
