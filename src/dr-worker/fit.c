/* The job fit: train one blueprint with given values, and say how good it is. */
#include "job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "blueprints/search.h"
#include "data/prepared.h"
#include "json/json.h"

#define SEED_MAX 9007199254740991.0
#define TRAINING_ROWS_MIN 10
#define SAMPLE_TOLERANCE 0.5 /* percentage points */

struct request {
	const char *dir, *blueprint;
	const cJSON *values, *features;
	double sample_pct, seed;
	bool cross_validation, holdout;
};

/* How many rows the models of this fit are trained on. */
struct sizes {
	size_t fold;         /* of the rows outside a fold and the holdout */
	size_t fold_holdout; /* and of the holdout */
	size_t all;          /* of all rows outside the holdout, for its score; 0: fold 0's */
	size_t training;     /* as reported */
};

struct fit {
	struct request r;
	struct prepared p;
	struct catalogue catalogue;
	const struct blueprint *blueprint;
	struct settings settings;
	bool *use;
	struct pipeline line;
	struct sizes sizes;
	uint32_t *train, *apply;      /* room for all rows */
	double *y, *out;              /* of the rows of `apply` */
	double (*score)[METRICS_MAX]; /* of each fold, then of the holdout */
	long iterations;
};

static bool read_request(const cJSON *job, struct request *r, struct err *e)
{
	static const char *const fields[] = {
		"job",      "dir",        "blueprint",        "values",
		"features", "sample_pct", "cross_validation", "holdout",
		"seed",     NULL};

	*r = (struct request){.cross_validation = true, .holdout = true, .seed = -1};
	r->values = json_get(job, "values");
	r->features = json_get(job, "features");
	if (r->values && !cJSON_IsObject(r->values))
		return err_set(e, ERR_INPUT, "field 'values' must be an object");
	if (r->features && !cJSON_IsArray(r->features))
		return err_set(e, ERR_INPUT, "field 'features' must be an array");
	return job_knows(job, fields, e) && job_required(job, "dir", &r->dir, e) &&
	       job_required(job, "blueprint", &r->blueprint, e) &&
	       job_number(job, "sample_pct", 0.01, 100, &r->sample_pct, e) &&
	       job_flag(job, "cross_validation", &r->cross_validation, e) &&
	       job_flag(job, "holdout", &r->holdout, e) &&
	       (!json_get(job, "seed") || job_whole(job, "seed", SEED_MAX, &r->seed, e));
}

/* Which columns may be used: those of the list that the blueprint reads. */
static bool choose_columns(struct fit *f, struct err *e)
{
	const struct frame *frame = &f->p.frame;
	const cJSON *name;
	size_t n = 0;

	if (!(f->use = calloc(frame->cols, sizeof *f->use)))
		return err_nomem(e);
	for (size_t i = 0; !f->r.features && i < frame->cols; i++)
		f->use[i] = !frame->column[i].low_information;
	cJSON_ArrayForEach (name, f->r.features) {
		const struct column *c =
			cJSON_IsString(name) ? frame_find(frame, name->valuestring) : NULL;

		if (!c)
			return err_set(e, ERR_INPUT, "field 'features': no column '%s'",
				       cJSON_IsString(name) ? name->valuestring : "");
		f->use[c - frame->column] = true;
	}
	f->use[f->p.target] = false;
	for (size_t i = 0; i < frame->cols; i++)
		n += f->use[i] = f->use[i] && pipeline_reads(f->blueprint, &frame->column[i]);
	return true;
}

/* Dr-worker(1), "Sample sizes", says why. */
static bool choose_sizes(struct fit *f, struct err *e)
{
	const struct partition *part = &f->p.partition;
	size_t held = partition_size(part, PARTITION_HOLDOUT), open = part->rows - held;
	size_t largest = open - partition_size(part, 0);
	double largest_pct = 100 * (double)largest / (double)part->rows;
	double pct = f->r.sample_pct ? f->r.sample_pct : largest_pct;
	size_t want = (size_t)lround(pct / 100 * (double)part->rows);
	struct sizes *s = &f->sizes;

	/* The folds of 10,001 rows are not quite 16 %: 64 means four of them all the same. */
	if (fabs(pct - largest_pct) < SAMPLE_TOLERANCE) {
		s->fold = part->rows; /* all that there are */
		s->training = largest;
	} else if (want <= largest) {
		s->fold = s->training = want;
	} else {
		s->fold = part->rows;
		s->fold_holdout = want > open ? want - open : 0;
		s->all = want < open ? want : open;
		s->training = want;
	}
	return s->training >= TRAINING_ROWS_MIN ||
	       err_set(e, ERR_REFUSED,
		       "a sample of %zu rows is too small: at least %d are needed", s->training,
		       TRAINING_ROWS_MIN);
}

static bool open_fit(struct fit *f, struct err *e)
{
	size_t rows;

	if (!prepared_read(&f->p, f->r.dir, e) || !catalogue_make(&f->catalogue, &f->p, e))
		return false;
	if (!(f->blueprint = catalogue_find(&f->catalogue, f->r.blueprint)))
		return err_set(e, ERR_INPUT, "no blueprint '%s'", f->r.blueprint);
	rows = f->p.frame.rows;
	f->train = malloc(rows * sizeof *f->train);
	f->apply = malloc(rows * sizeof *f->apply);
	f->y = malloc(rows * sizeof *f->y);
	f->out = malloc(rows * sizeof *f->out);
	f->score = calloc(f->p.partition.reps + 1, sizeof *f->score);
	if (!f->train || !f->apply || !f->y || !f->out || !f->score)
		return err_nomem(e);
	return settings_read(&f->settings, f->blueprint, f->r.values, e) &&
	       choose_columns(f, e) && choose_sizes(f, e) &&
	       pipeline_init(&f->line, &f->p, f->blueprint, &f->settings, f->use,
			     f->r.seed < 0 ? f->p.seed : (uint64_t)f->r.seed, e);
}

static void close_fit(struct fit *f)
{
	pipeline_release(&f->line);
	free(f->score);
	free(f->out);
	free(f->y);
	free(f->apply);
	free(f->train);
	free(f->use);
	settings_release(&f->settings);
	catalogue_release(&f->catalogue);
	prepared_release(&f->p);
}

/* Score the predictions of the rows from `first` on. */
static bool score(struct fit *f, size_t first, size_t n, double *to, struct err *e)
{
	for (size_t i = first; i < first + n; i++)
		f->y[i] = f->p.y[f->apply[i]];
	return metrics_score(f->p.regression, f->y + first, f->out + first, n, to, e);
}

/* Train on the n rows of f->train; score a fold (or PARTITION_NO_FOLD) and, on demand, the
 * holdout. */
static bool fit_model(struct fit *f, size_t n, unsigned fold, bool holdout, struct err *e)
{
	const struct partition *part = &f->p.partition;
	size_t n_fold = partition_rows(part, fold, f->apply), n_held = 0;
	long iterations;

	if (holdout)
		n_held = partition_rows(part, PARTITION_HOLDOUT, f->apply + n_fold);
	if (!pipeline_encode(&f->line, f->train, n, e) ||
	    !pipeline_learn(&f->line, f->train, n, f->apply, n_fold + n_held, f->out,
			    &iterations, e))
		return false;
	if (!fold)
		f->iterations = iterations;
	return (!n_fold || score(f, 0, n_fold, f->score[fold], e)) &&
	       (!n_held || score(f, n_fold, n_held, f->score[part->reps], e));
}

static bool fit_models(struct fit *f, struct err *e)
{
	const struct partition *part = &f->p.partition;
	unsigned folds = f->r.cross_validation ? part->reps : 1;
	bool holdout = f->r.holdout && partition_size(part, PARTITION_HOLDOUT);
	size_t n;

	for (size_t i = 0; i < METRICS_MAX; i++)
		f->score[part->reps][i] = NAN;
	/* Chosen once, on the rows that fold 0's model is trained on, for all folds. */
	n = partition_training(part, 0, f->sizes.fold, f->sizes.fold_holdout, f->train);
	if (!search_run(&f->line, &f->settings, f->train, n, e))
		return false;
	for (unsigned k = 0; k < folds; k++) {
		n = partition_training(part, k, f->sizes.fold, f->sizes.fold_holdout, f->train);
		if (!fit_model(f, n, k, !k && holdout && !f->sizes.all, e))
			return false;
	}
	if (!holdout || !f->sizes.all)
		return true;
	n = partition_training(part, PARTITION_NO_FOLD, f->sizes.all, 0, f->train);
	return fit_model(f, n, PARTITION_NO_FOLD, true, e);
}

static cJSON *number_json(double v)
{
	return isfinite(v) ? cJSON_CreateNumber(v) : cJSON_CreateNull();
}

static cJSON *metrics_json(const struct fit *f)
{
	const struct metric *metric[METRICS_MAX];
	size_t n = metrics_list(f->p.regression, metric);
	unsigned reps = f->p.partition.reps, folds = f->r.cross_validation ? reps : 1;
	cJSON *all = cJSON_CreateObject();

	for (size_t i = 0; all && i < n; i++) {
		cJSON *o = cJSON_AddObjectToObject(all, metric[i]->name);
		cJSON *list = o ? cJSON_AddArrayToObject(o, "folds") : NULL;

		for (unsigned k = 0; list && k < folds; k++)
			cJSON_AddItemToArray(list, number_json(f->score[k][i]));
		if (!list || !json_set(o, "holdout", number_json(f->score[reps][i]))) {
			cJSON_Delete(all);
			return NULL;
		}
	}
	return all;
}

static cJSON *features_json(const struct fit *f)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; list && i < f->p.frame.cols; i++)
		if (f->use[i])
			cJSON_AddItemToArray(list,
					     cJSON_CreateString(f->p.frame.column[i].name));
	return list;
}

static cJSON *describe(const struct fit *f, double seconds, struct err *e)
{
	cJSON *o = cJSON_CreateObject();

	if (o && json_set(o, "metrics", metrics_json(f)) &&
	    json_set(o, "values", settings_json(&f->settings)) &&
	    json_set(o, "iterations",
		     f->iterations < 0 ? cJSON_CreateNull()
				       : cJSON_CreateNumber((double)f->iterations)) &&
	    json_set_num(o, "training_rows", (double)f->sizes.training) &&
	    json_set_num(o, "seconds", seconds) && json_set(o, "features", features_json(f)))
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
	struct fit f = {.iterations = -1};
	double start = now();
	cJSON *result = NULL;

	if (read_request(job, &f.r, e) && open_fit(&f, e) && fit_models(&f, e))
		result = describe(&f, round(1000 * (now() - start)) / 1000, e);
	close_fit(&f);
	return result;
}
