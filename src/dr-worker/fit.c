/* The job fit: train one blueprint with given values, and say how good it is. */
#include "job.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "blueprints/search.h"
#include "json/json.h"
#include "training.h"

struct fit {
	struct training t;
	bool cross_validation, holdout;
	double *y;                    /* of the rows that are scored */
	double (*score)[METRICS_MAX]; /* of each fold, then of the holdout */
};

static bool read_request(const cJSON *job, struct fit *f, struct training_request *r,
			 struct err *e)
{
	static const char *const fields[] = {"job", TRAINING_FIELDS, "cross_validation",
					     "holdout", NULL};

	f->cross_validation = f->holdout = true;
	return job_knows(job, fields, e) && training_request_read(r, job, e) &&
	       job_flag(job, "cross_validation", &f->cross_validation, e) &&
	       job_flag(job, "holdout", &f->holdout, e);
}

static bool open_fit(struct fit *f, const struct training_request *r, struct err *e)
{
	if (!training_open(&f->t, r, e) || !training_start(&f->t, e))
		return false;
	f->y = malloc(f->t.p.frame.rows * sizeof *f->y);
	f->score = calloc(f->t.p.partition.reps + 1, sizeof *f->score);
	return (f->y && f->score) || err_nomem(e);
}

static void close_fit(struct fit *f)
{
	free(f->score);
	free(f->y);
	training_close(&f->t);
}

static bool score(void *ctx, unsigned part, const uint32_t *row, const double *value, size_t n,
		  struct err *e)
{
	struct fit *f = ctx;
	const struct prepared *p = &f->t.p;

	for (size_t i = 0; i < n; i++)
		f->y[i] = p->y[row[i]];
	return metrics_score(prepared_kind(p), p->classes, f->y, value, n,
			     f->score[part == PARTITION_HOLDOUT ? p->partition.reps : part], e);
}

static bool fit_models(struct fit *f, struct err *e)
{
	struct training *t = &f->t;
	unsigned reps = t->p.partition.reps;
	struct training_parts parts = {
		f->cross_validation ? partition_folds(&t->p.partition) : 1, f->holdout};
	size_t n;

	for (size_t i = 0; i < METRICS_MAX; i++)
		f->score[reps][i] = NAN;
	/* Chosen once, on the rows that fold 0's model is trained on, for all folds. */
	n = partition_training(&t->p.partition, 0, t->sizes.fold, t->sizes.fold_holdout,
			       t->train);
	return search_run(&t->line, &t->settings, &t->r.search, t->train, n, e) &&
	       training_folds(t, &parts, score, f, e);
}

static cJSON *number_json(double v)
{
	return isfinite(v) ? cJSON_CreateNumber(v) : cJSON_CreateNull();
}

static cJSON *metrics_json(const struct fit *f)
{
	const struct metric *metric[METRICS_MAX];
	size_t n = metrics_list(prepared_kind(&f->t.p), metric);
	unsigned reps = f->t.p.partition.reps,
		 folds = f->cross_validation ? partition_folds(&f->t.p.partition) : 1;
	cJSON *all = cJSON_CreateObject();

	for (size_t i = 0; all && i < n; i++) {
		cJSON *o = cJSON_AddObjectToObject(all, metric[i]->name);
		cJSON *list = o ? cJSON_AddArrayToObject(o, "folds") : NULL;
		bool ok = list;

		for (unsigned k = 0; ok && k < folds; k++)
			ok = json_append(list, number_json(f->score[k][i]));
		if (!ok || !json_set(o, "holdout", number_json(f->score[reps][i]))) {
			cJSON_Delete(all);
			return NULL;
		}
	}
	return all;
}

static cJSON *features_json(const struct fit *f)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; list && i < f->t.p.frame.cols; i++)
		if (f->t.use[i] &&
		    !json_append(list, cJSON_CreateString(f->t.p.frame.column[i].name))) {
			cJSON_Delete(list);
			return NULL;
		}
	return list;
}

static cJSON *describe(const struct fit *f, double seconds, struct err *e)
{
	cJSON *o = cJSON_CreateObject();

	if (o && json_set(o, "metrics", metrics_json(f)) &&
	    json_set(o, "values", settings_json(&f->t.settings)) &&
	    json_set(o, "iterations",
		     f->t.iterations < 0 ? cJSON_CreateNull()
					 : cJSON_CreateNumber((double)f->t.iterations)) &&
	    json_set_num(o, "training_rows", (double)f->t.sizes.training) &&
	    json_set_num(o, "seconds", seconds) && json_set(o, "features", features_json(f)) &&
	    (!f->t.members || json_set(o, "blueprint", blueprint_json(f->t.blueprint))))
		return o;
	cJSON_Delete(o);
	err_nomem(e);
	return NULL;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

cJSON *job_fit(const cJSON *job, struct err *e)
{
	struct fit f = {0};
	struct training_request r;
	double start = now();
	cJSON *result = NULL;

	if (read_request(job, &f, &r, e) && open_fit(&f, &r, e) && fit_models(&f, e))
		result = describe(&f, round(1000 * (now() - start)) / 1000, e);
	close_fit(&f);
	return result;
}
