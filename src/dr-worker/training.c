#include "training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "blend.h"
#include "data/scheme.h"
#include "job.h"
#include "json/json.h"

#define SEED_MAX 9007199254740991.0
#define SAMPLE_TOLERANCE 0.5 /* percentage points */

bool training_request_read(struct training_request *r, const cJSON *job, struct err *e)
{
	*r = (struct training_request){.seed = -1, .cache = true};
	r->values = json_get(job, "values");
	r->features = json_get(job, "features");
	if (r->values && !cJSON_IsObject(r->values))
		return err_set(e, ERR_INPUT, "field 'values' must be an object");
	if (r->features && !cJSON_IsArray(r->features))
		return err_set(e, ERR_INPUT, "field 'features' must be an array");
	r->blend = json_get(job, "blend");
	if (r->blend && !cJSON_IsArray(r->blend))
		return err_set(e, ERR_INPUT, "field 'blend' must be an array");
	if (r->blend &&
	    (r->values || r->features || json_get(job, "blueprint") || json_get(job, "search")))
		return err_set(e, ERR_INPUT,
			       "a blend has no 'blueprint', 'values', 'features' and 'search' "
			       "of its own");
	return job_required(job, "dir", &r->dir, e) &&
	       (r->blend || job_required(job, "blueprint", &r->blueprint, e)) &&
	       job_number(job, "sample_pct", 0.01, 100, &r->sample_pct, e) &&
	       (!json_get(job, "seed") || job_whole(job, "seed", SEED_MAX, &r->seed, e)) &&
	       job_flag(job, "cache", &r->cache, e) &&
	       search_request_read(&r->search, json_get(job, "search"), e);
}

/* Which columns may be used: those of the list that the blueprint reads. */
bool *training_columns(const struct prepared *p, const struct blueprint *b,
		       const cJSON *features, struct err *e)
{
	const struct frame *frame = &p->frame;
	bool *use = calloc(frame->cols, sizeof *use);
	const cJSON *name;

	if (!use) {
		err_nomem(e);
		return NULL;
	}
	for (size_t i = 0; !features && i < frame->cols; i++)
		use[i] = !frame->column[i].low_information;
	cJSON_ArrayForEach (name, features) {
		const struct column *c =
			cJSON_IsString(name) ? frame_find(frame, name->valuestring) : NULL;

		if (!c) {
			err_set(e, ERR_INPUT, "field 'features': no column '%s'",
				cJSON_IsString(name) ? name->valuestring : "");
			free(use);
			return NULL;
		}
		use[c - frame->column] = true;
	}
	use[p->target] = false;
	for (size_t i = 0; i < frame->cols; i++)
		use[i] = use[i] && pipeline_reads(b, frame, i);
	return use;
}

uint64_t training_seed(const struct training *t)
{
	return t->r.seed < 0 ? t->p.seed : (uint64_t)t->r.seed;
}

static bool choose_sizes(struct training *t, struct err *e)
{
	const struct partition *part = &t->p.partition;
	size_t held = partition_size(part, PARTITION_HOLDOUT), open = part->rows - held;
	size_t largest = open - partition_size(part, 0);
	double largest_pct = 100 * (double)largest / (double)part->rows;
	double pct = t->r.sample_pct ? t->r.sample_pct : largest_pct;
	size_t want = (size_t)lround(pct / 100 * (double)part->rows);
	struct training_sizes *s = &t->sizes;

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
	return s->training >= SCHEME_TRAINING_ROWS_MIN ||
	       err_set(e, ERR_REFUSED,
		       "a sample of %zu rows is too small: at least %d are needed", s->training,
		       SCHEME_TRAINING_ROWS_MIN);
}

bool training_open(struct training *t, const struct training_request *r, struct err *e)
{
	t->r = *r;
	t->iterations = -1;
	if (!prepared_read(&t->p, r->dir, e) || !catalogue_make(&t->catalogue, &t->p, e))
		return false;
	if (r->blend)
		return blend_open(t, e) && choose_sizes(t, e);
	if (!(t->blueprint = catalogue_find(&t->catalogue, r->blueprint)))
		return err_set(e, ERR_INPUT, "no blueprint '%s'", r->blueprint);
	return settings_read(&t->settings, t->blueprint, r->values, e) &&
	       (t->use = training_columns(&t->p, t->blueprint, r->features, e)) &&
	       choose_sizes(t, e);
}

bool training_start(struct training *t, struct err *e)
{
	size_t rows = t->p.frame.rows;

	t->train = malloc(rows * sizeof *t->train);
	t->apply = malloc(rows * sizeof *t->apply);
	t->out = malloc(rows * prepared_outputs(&t->p) * sizeof *t->out);
	if (!t->train || !t->apply || !t->out)
		return err_nomem(e);
	if (t->r.cache)
		t->cache = cache_open(t->r.dir, CACHE_BYTES_MAX);
	if (t->members)
		return blend_start(t, e);
	if (!pipeline_init(&t->line, &t->p, t->blueprint, &t->settings, t->use,
			   training_seed(t), e))
		return false;
	t->line.cache = t->cache;
	return true;
}

void training_close(struct training *t)
{
	blend_close(t);
	if (t->line.p)
		pipeline_release(&t->line);
	cache_close(t->cache);
	free(t->out);
	free(t->apply);
	free(t->train);
	free(t->use);
	settings_release(&t->settings);
	catalogue_release(&t->catalogue);
	prepared_release(&t->p);
}

/* Train on the n rows of t->train, predict the n_apply rows of t->apply. */
static bool train(struct training *t, size_t n, size_t n_apply, long *iterations, struct err *e)
{
	if (t->members) {
		*iterations = -1;
		return blend_train(t, n, n_apply, e);
	}
	return pipeline_encode(&t->line, t->train, n, e) &&
	       pipeline_learn(&t->line, t->train, n, t->apply, n_apply, t->out, iterations, e);
}

/* The model of one fold, or of PARTITION_NO_FOLD, on the n rows of t->train. */
static bool one_fold(struct training *t, unsigned fold, size_t n, bool wanted, bool holdout,
		     training_take *take, void *ctx, struct err *e)
{
	const struct partition *part = &t->p.partition;
	size_t n_fold = wanted ? partition_rows(part, fold, t->apply) : 0, n_held = 0;
	long iterations;

	if (holdout)
		n_held = partition_rows(part, PARTITION_HOLDOUT, t->apply + n_fold);
	if (!train(t, n, n_fold + n_held, &iterations, e))
		return false;
	if (!fold)
		t->iterations = iterations;
	return (!n_fold || take(ctx, fold, t->apply, t->out, n_fold, e)) &&
	       (!n_held || take(ctx, PARTITION_HOLDOUT, t->apply + n_fold,
				t->out + n_fold * prepared_outputs(&t->p), n_held, e));
}

bool training_folds(struct training *t, const struct training_parts *parts, training_take *take,
		    void *ctx, struct err *e)
{
	const struct partition *part = &t->p.partition;
	bool holdout = parts->holdout && partition_size(part, PARTITION_HOLDOUT);
	size_t n;

	for (unsigned k = 0; k < part->reps; k++) {
		bool wanted = k < parts->folds, with = !k && holdout && !t->sizes.all;

		if (!wanted && !with)
			continue;
		n = partition_training(part, k, t->sizes.fold, t->sizes.fold_holdout, t->train);
		if (!one_fold(t, k, n, wanted, with, take, ctx, e))
			return false;
	}
	if (!holdout || !t->sizes.all)
		return true;
	n = partition_training(part, PARTITION_NO_FOLD, t->sizes.all, 0, t->train);
	return one_fold(t, PARTITION_NO_FOLD, n, false, true, take, ctx, e);
}

bool training_predict(struct training *t, size_t n, struct err *e)
{
	const struct partition *part = &t->p.partition;
	size_t n_train = t->sizes.all
				 ? partition_training(part, PARTITION_NO_FOLD, t->sizes.all,
						      t->sizes.fold_holdout, t->train)
				 : partition_training(part, 0, t->sizes.fold, 0, t->train);

	return train(t, n_train, n, &t->iterations, e);
}
