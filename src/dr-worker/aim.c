/* The job aim: given its target, make a table ready for training. */
#include "job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "blueprints/blueprint.h"
#include "data/candidates.h"
#include "data/prepared.h"
#include "data/scheme.h"
#include "data/summary.h"
#include "data/target.h"
#include "json/json.h"

#define SEED_MAX 9007199254740991.0

struct request {
	const char *csv, *dir, *target, *metric;
	const cJSON *positive;
	struct scheme scheme;
	double seed;
	enum target_kind kind;
};

static bool read_kind(const cJSON *job, enum target_kind *kind, struct err *e)
{
	static const char *const name[] = {"Binary", "Regression", "Multiclass"};
	const char *type = NULL;

	if (!job_text(job, "target_type", &type, e))
		return false;
	*kind = TARGET_ANY;
	for (size_t i = 0; type && i < sizeof name / sizeof *name; i++)
		if (!strcmp(type, name[i]))
			*kind = (enum target_kind)(TARGET_BINARY + i);
	return !type || *kind != TARGET_ANY ||
	       err_set(e, ERR_INPUT,
		       "field 'target_type' must be Binary, Regression or Multiclass");
}

static bool read_request(const cJSON *job, struct request *r, struct err *e)
{
	static const char *const fields[] = {"job",
					     "csv",
					     "dir",
					     "target",
					     "target_type",
					     "metric",
					     "positive_class",
					     "seed",
					     SCHEME_FIELDS,
					     NULL};

	*r = (struct request){0};
	r->positive = json_get(job, "positive_class");
	if (!job_knows(job, fields, e) || !job_required(job, "csv", &r->csv, e) ||
	    !job_required(job, "dir", &r->dir, e) ||
	    !job_required(job, "target", &r->target, e) ||
	    !job_text(job, "metric", &r->metric, e) || !read_kind(job, &r->kind, e) ||
	    !job_whole(job, "seed", SEED_MAX, &r->seed, e))
		return false;
	return scheme_read(&r->scheme, job, e);
}

/* Rows whose target is missing teach nothing: they are left out, as DataRobot does. */
static bool drop_missing(struct prepared *p, struct err *e)
{
	struct frame *f = &p->frame;
	const struct column *c = &f->column[p->target];
	bool *keep = malloc(f->rows * sizeof *keep);
	size_t n = 0;

	if (!keep || !(p->row_id = malloc(f->rows * sizeof *p->row_id))) {
		free(keep);
		return err_nomem(e);
	}
	for (size_t row = 0; row < f->rows; row++)
		if ((keep[row] = c->code[row] != FRAME_NA))
			p->row_id[n++] = (uint32_t)row;
	if (n < f->rows)
		frame_filter(f, keep);
	free(keep);
	return f->rows >= TARGET_TABLE_MIN ||
	       err_set(e, ERR_REFUSED,
		       "the table has %zu rows with a target; at least %d are needed", f->rows,
		       TARGET_TABLE_MIN);
}

/* What of the target decides which metrics have a value for it. */
static void look_at_target(const struct prepared *p, bool *negative, bool *zero)
{
	*negative = *zero = false;
	for (size_t row = 0; p->regression && row < p->frame.rows; row++) {
		*negative = *negative || p->y[row] < 0;
		*zero = *zero || p->y[row] == 0;
	}
}

static bool choose_metric(struct prepared *p, const char *name, struct err *e)
{
	const struct metric *list[METRICS_MAX];
	bool negative, zero;

	metrics_list(prepared_kind(p), list);
	p->metric = metrics_find(prepared_kind(p), name ? name : list[0]->name);
	if (!p->metric)
		return err_set(e, ERR_REFUSED,
			       "the metric '%s' is not available for a %s target", name,
			       prepared_kind_name(p));
	look_at_target(p, &negative, &zero);
	return metrics_defined(p->metric, negative, zero) ||
	       err_set(e, ERR_REFUSED,
		       "the metric '%s' is not defined for a target with zeros "
		       "or negative numbers like this one",
		       p->metric->name);
}

/* Fill p and t from the request's file. */
static bool prepare(const struct request *r, struct prepared *p, struct target *t,
		    struct err *e)
{
	const struct column *c;

	if (!frame_read_table(&p->frame, r->csv, e))
		return false;
	if (!(c = frame_find(&p->frame, r->target)))
		return err_set(e, ERR_REFUSED, "the table has no column '%s'", r->target);
	p->target = (size_t)(c - p->frame.column);
	p->seed = (uint64_t)r->seed;
	if (!drop_missing(p, e) || !target_read(t, c, p->frame.rows, r->kind, r->positive, e))
		return false;
	p->classes = t->n_classes;
	p->regression = !p->classes;
	p->y = t->y;
	t->y = NULL;
	if (!choose_metric(p, r->metric, e))
		return false;
	return scheme_make(&r->scheme, p, e);
}

/* Those that can be asked for. */
static cJSON *metrics_json(const struct prepared *p)
{
	bool negative, zero;

	look_at_target(p, &negative, &zero);
	return candidates_metrics(prepared_kind(p), negative, zero);
}

static cJSON *features_json(const struct prepared *p, struct err *e)
{
	cJSON *list = summary_features(&p->frame), *o = list ? list->child : NULL;
	double *importance = malloc(p->frame.cols * sizeof *importance);

	if (!list || !importance || !summary_importance(p, importance, e))
		goto fail;
	for (size_t i = 0; o; i++, o = o->next)
		if (!json_set(o, "importance",
			      isfinite(importance[i]) ? cJSON_CreateNumber(importance[i])
						      : cJSON_CreateNull()))
			goto fail;
	free(importance);
	return list;
fail:
	free(importance);
	cJSON_Delete(list);
	return NULL;
}

/* The target belongs to both lists, as it does in DataRobot's. */
static cJSON *featurelists_json(const struct prepared *p)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *raw = o ? cJSON_AddArrayToObject(o, "Raw Features") : NULL;
	cJSON *informative = o ? cJSON_AddArrayToObject(o, "Informative Features") : NULL;

	bool ok = raw && informative;

	for (size_t i = 0; ok && i < p->frame.cols; i++) {
		const struct column *c = &p->frame.column[i];

		ok = json_append(raw, cJSON_CreateString(c->name)) &&
		     ((c->low_information && i != p->target) ||
		      json_append(informative, cJSON_CreateString(c->name)));
	}
	if (ok)
		return o;
	cJSON_Delete(o);
	return NULL;
}

static cJSON *blueprints_json(const struct prepared *p, struct err *e)
{
	struct catalogue c;
	cJSON *list = cJSON_CreateArray();

	if (!catalogue_make(&c, p, e)) {
		cJSON_Delete(list);
		return NULL;
	}
	for (size_t i = 0; list && i < c.n; i++) {
		if (!json_append(list, blueprint_json(&c.blueprint[i]))) {
			cJSON_Delete(list);
			list = NULL;
		}
	}
	catalogue_release(&c);
	return list;
}

static cJSON *describe(const struct prepared *p, struct target *t, const struct request *r,
		       struct err *e)
{
	cJSON *o = cJSON_CreateObject();
	bool ok = o && json_set_str(o, "target_type", prepared_kind_name(p)) &&
		  json_set(o, "positive_class", t->positive_class);

	t->positive_class = NULL;
	ok = ok && json_set(o, "classes", t->classes);
	t->classes = NULL;
	if (ok && json_set_str(o, "metric", p->metric->name) &&
	    json_set(o, "metrics", metrics_json(p)) &&
	    json_set_num(o, "rows", (double)p->frame.rows) &&
	    json_set(o, "partition", scheme_json(&r->scheme, p)) &&
	    json_set(o, "features", features_json(p, e)) &&
	    json_set(o, "targets", candidates_json()) &&
	    json_set(o, "featurelists", featurelists_json(p)) &&
	    json_set(o, "blueprints", blueprints_json(p, e)))
		return o;
	cJSON_Delete(o);
	err_nomem(e); /* nothing else can fail here */
	return NULL;
}

cJSON *job_aim(const cJSON *job, struct err *e)
{
	struct request r;
	struct prepared p = {0};
	struct target t = {0};
	cJSON *result = NULL;

	if (read_request(job, &r, e) && prepare(&r, &p, &t, e) &&
	    (result = describe(&p, &t, &r, e)) && !prepared_write(&p, r.dir, e)) {
		cJSON_Delete(result);
		result = NULL;
	}
	target_release(&t);
	prepared_release(&p);
	return result;
}
