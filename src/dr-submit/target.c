#include "target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dr/models.h"
#include "dr/tuning.h"
#include "json/json.h"

/* A record's own field, or what the options say instead. */
static const char *choose(const cJSON *rec, const char *field, const char *option,
			  const char *otherwise, struct err *e)
{
	const char *own = json_str(rec, field);

	if (own && option && strcmp(own, option) != 0) {
		err_set(e, ERR_USAGE, "it is for %s %s, and --%s says %s", field, own, field,
			option);
		return NULL;
	}
	if (own)
		return own;
	if (!option)
		option = otherwise;
	if (!option)
		err_set(e, ERR_USAGE, "no %s: give --%s", field, field);
	return option;
}

static struct target *find(struct target *t, const char *project, const char *model)
{
	while (t && (strcmp(t->model, model) != 0 || strcmp(t->project, project) != 0))
		t = t->next;
	return t;
}

static struct target *fetch(struct dr *dr, const char *project, const char *model,
			    struct err *e)
{
	struct target *t = calloc(1, sizeof(*t));

	if (t)
		t->sample_pct = NAN;
	if (!t || !(t->project = strdup(project)) || !(t->model = strdup(model)))
		err_nomem(e);
	else if ((t->parameters = dr_parameter_records(dr, project, model, e)))
		return t;
	target_free(t);
	return NULL;
}

static bool fetch_sample(struct dr *dr, struct target *t, struct err *e)
{
	cJSON *model = dr_model_get(dr, t->project, t->model, e);

	if (model)
		t->sample_pct = json_num(model, "samplePct", 0);
	cJSON_Delete(model);
	return model != NULL;
}

const struct target *target_of(struct target **targets, struct dr *dr,
			       const struct target_options *o, const cJSON *rec, struct err *e)
{
	const char *model = choose(rec, "model", o->model, NULL, e);
	const char *project =
		model ? choose(rec, "project", o->project, o->default_project, e) : NULL;
	struct target *t;

	if (!project)
		return NULL;
	if (!(t = find(*targets, project, model))) {
		if (!(t = fetch(dr, project, model, e)))
			return NULL;
		t->next = *targets;
		*targets = t;
	}
	if (json_get(json_get(rec, "fidelity"), "sample_pct") && isnan(t->sample_pct) &&
	    !fetch_sample(dr, t, e))
		return NULL;
	return t;
}

void target_free(struct target *t)
{
	while (t) {
		struct target *next = t->next;

		cJSON_Delete(t->parameters);
		free(t->model);
		free(t->project);
		free(t);
		t = next;
	}
}
