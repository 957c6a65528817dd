#include "blend.h"

#include <stdlib.h>

#include "blueprints/build.h"
#include "job.h"
#include "json/json.h"

static const struct task blend_task = {
	.name = "Average Blend",
	.title = "Average",
	.description =
		"The mean of what several models predict: where their errors differ they "
		"cancel out in part.",
};

struct training_member {
	const struct blueprint *blueprint;
	struct settings settings;
	bool *use;
	struct pipeline line;
};

static bool open_member(struct training *t, struct training_member *m, const cJSON *it,
			struct err *e)
{
	static const char *const fields[] = {"blueprint", "values", "features", NULL};
	const cJSON *values = json_get(it, "values"), *features = json_get(it, "features");
	const char *id;

	if (!cJSON_IsObject(it) || (values && !cJSON_IsObject(values)) ||
	    (features && !cJSON_IsArray(features)))
		return err_set(e, ERR_INPUT,
			       "each is an object of 'blueprint', 'values' (an "
			       "object) and 'features' (an array)");
	if (!job_knows(it, fields, e) || !job_required(it, "blueprint", &id, e))
		return false;
	if (!(m->blueprint = catalogue_find(&t->catalogue, id)))
		return err_set(e, ERR_INPUT, "no blueprint '%s'", id);
	if (!settings_read(&m->settings, m->blueprint, values, e))
		return false;
	for (size_t i = 0; i < m->settings.n; i++)
		if (m->settings.s[i].n > 1)
			return err_set(e, ERR_INPUT, "%s takes one value, not a list (%s)",
				       m->settings.s[i].param->name, m->settings.s[i].task);
	if (!(m->use = training_columns(&t->p, m->blueprint, features, e)))
		return false;
	for (size_t i = 0; i < t->p.frame.cols; i++)
		t->use[i] = t->use[i] || m->use[i];
	return true;
}

/* Data, each member as a node of its own, their mean, the prediction. */
static bool draw(struct training *t, struct err *e)
{
	struct blueprint *b = &t->blend;
	int mean = (int)t->members + 1;

	b->model_type = "AVG Blender";
	b->family = "BLENDER";
	b->family_name = "Blender";
	if (!build_node(b, 0, NODE_DATA, "Data", NULL, e))
		return false;
	for (int i = 1; i < mean; i++)
		if (!build_node(b, i, NODE_BIND, t->member[i - 1].blueprint->model_type, NULL,
				e) ||
		    !build_edge(b, 0, i, e))
			return false;
	if (!build_node(b, mean, NODE_BIND, blend_task.name, &blend_task, e))
		return false;
	for (int i = 1; i < mean; i++)
		if (!build_edge(b, i, mean, e))
			return false;
	t->blueprint = b;
	return build_node(b, mean + 1, NODE_PREDICTION, "Prediction", NULL, e) &&
	       build_edge(b, mean, mean + 1, e) && build_finish(b, e);
}

bool blend_open(struct training *t, struct err *e)
{
	int n = cJSON_GetArraySize(t->r.blend);
	const cJSON *it;

	if (n < 2 || n > BLEND_MEMBERS_MAX)
		return err_set(e, ERR_INPUT, "field 'blend' must be an array of 2 to %d models",
			       BLEND_MEMBERS_MAX);
	t->member = calloc((size_t)n, sizeof *t->member);
	t->use = calloc(t->p.frame.cols, sizeof *t->use);
	if (!t->member || !t->use)
		return err_nomem(e);
	cJSON_ArrayForEach (it, t->r.blend)
		if (!open_member(t, &t->member[t->members++], it, e))
			return err_prefix(e, "blend");
	return draw(t, e);
}

bool blend_start(struct training *t, struct err *e)
{
	for (size_t i = 0; i < t->members; i++) {
		struct training_member *m = &t->member[i];

		if (!pipeline_init(&m->line, &t->p, m->blueprint, &m->settings, m->use,
				   training_seed(t), e))
			return false;
		m->line.cache = t->cache;
	}
	return true;
}

void blend_close(struct training *t)
{
	for (size_t i = 0; i < t->members; i++) {
		struct training_member *m = &t->member[i];

		if (m->line.p)
			pipeline_release(&m->line);
		settings_release(&m->settings);
		free(m->use);
	}
	free(t->member);
	build_release(&t->blend);
}

bool blend_train(struct training *t, size_t n, size_t n_apply, struct err *e)
{
	size_t cells = n_apply * prepared_outputs(&t->p);
	double *one = malloc((cells + 1) * sizeof *one);
	bool ok = one || err_nomem(e);

	for (size_t i = 0; ok && i < cells; i++)
		t->out[i] = 0;
	for (size_t k = 0; ok && k < t->members; k++) {
		struct training_member *m = &t->member[k];

		ok = pipeline_encode(&m->line, t->train, n, e) &&
		     pipeline_learn(&m->line, t->train, n, t->apply, n_apply, one, NULL, e);
		for (size_t i = 0; ok && i < cells; i++)
			t->out[i] += one[i] / (double)t->members;
	}
	free(one);
	return ok;
}
