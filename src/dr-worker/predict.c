/* The job predict: what a model says of the table's own rows, or of new ones. */
#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blueprints/search.h"
#include "data/append.h"
#include "json/json.h"
#include "preds/preds.h"
#include "training.h"

struct predict {
	struct training t;
	const char *subset, *csv, *out; /* exactly one of the first two */
	bool holdout;
	size_t rows;   /* predicted */
	uint8_t *part; /* of each row of the table; PARTITION_NO_FOLD: not predicted */
	double *value; /* of each row of the table: prepared_outputs */
	char *path;
};

static const struct {
	const char *name;
	bool folds, validation; /* all folds; the first */
} subsets[] = {{"all", true, true}, {"validationAndHoldout", false, true}, {"holdout"}};

#define SUBSETS (sizeof subsets / sizeof *subsets)

static size_t find_subset(const char *name)
{
	size_t i = 0;

	while (i < SUBSETS && strcmp(subsets[i].name, name) != 0)
		i++;
	return i;
}

static bool read_request(const cJSON *job, struct predict *p, struct training_request *r,
			 struct err *e)
{
	static const char *const fields[] = {"job",     TRAINING_FIELDS, "subset", "csv",
					     "holdout", "out",           NULL};

	p->holdout = true;
	if (!job_knows(job, fields, e) || !training_request_read(r, job, e) ||
	    !job_text(job, "subset", &p->subset, e) || !job_text(job, "csv", &p->csv, e) ||
	    !job_flag(job, "holdout", &p->holdout, e) || !job_required(job, "out", &p->out, e))
		return false;
	if (!p->subset == !p->csv)
		return err_set(e, ERR_INPUT, "either 'subset' or 'csv' is needed");
	if (p->subset && find_subset(p->subset) == SUBSETS)
		return err_set(e, ERR_INPUT,
			       "field 'subset' must be all, validationAndHoldout or holdout");
	if (strchr(p->out, '/') || p->out[0] == '.' || !p->out[0])
		return err_set(e, ERR_INPUT, "field 'out' must be the name of a file in 'dir'");
	return true;
}

/* Values to be searched over are chosen as the job fit does. */
static bool choose_values(struct training *t, struct err *e)
{
	size_t n = partition_training(&t->p.partition, 0, t->sizes.fold, t->sizes.fold_holdout,
				      t->train);

	return search_run(&t->line, &t->settings, &t->r.search, t->train, n, e);
}

static bool keep(void *ctx, unsigned part, const uint32_t *row, const double *value, size_t n,
		 struct err *e)
{
	struct predict *p = ctx;
	size_t outputs = prepared_outputs(&p->t.p);

	(void)e;
	for (size_t i = 0; i < n; i++) {
		p->part[row[i]] = (uint8_t)part;
		memcpy(p->value + row[i] * outputs, value + i * outputs,
		       outputs * sizeof *value);
	}
	p->rows += n;
	return true;
}

static bool write_subset(struct predict *p, struct preds_writer *w, struct err *e)
{
	size_t outputs = prepared_outputs(&p->t.p);

	for (size_t i = 0; i < p->t.p.frame.rows; i++) {
		struct preds_row row = {p->t.p.row_id[i], p->part[i]};

		if (p->part[i] == PARTITION_NO_FOLD)
			continue;
		if (p->part[i] == PARTITION_HOLDOUT)
			row.part = PREDS_HOLDOUT;
		if (!preds_put(w, row, p->value + i * outputs, e))
			return false;
	}
	return true;
}

static bool predict_subset(struct predict *p, struct preds_writer *w, struct err *e)
{
	struct training *t = &p->t;
	size_t kind = find_subset(p->subset), rows = t->p.frame.rows;
	struct training_parts parts = {.holdout = p->holdout};

	if (subsets[kind].folds && t->p.partition.tvh)
		return err_set(e, ERR_REFUSED,
			       "without cross validation the rows trained on have no "
			       "predictions by a model that has not seen them");
	parts.folds = subsets[kind].folds ? t->p.partition.reps : subsets[kind].validation;
	if (!parts.folds && !(p->holdout && partition_size(&t->p.partition, PARTITION_HOLDOUT)))
		return err_set(e, ERR_REFUSED, "there are no rows in the holdout");
	p->part = malloc(rows);
	p->value = malloc(rows * prepared_outputs(&t->p) * sizeof *p->value);
	if (!p->part || !p->value)
		return err_nomem(e);
	memset(p->part, PARTITION_NO_FOLD, rows);
	return training_start(t, e) && choose_values(t, e) &&
	       training_folds(t, &parts, keep, p, e) && write_subset(p, w, e);
}

static bool predict_new(struct predict *p, struct preds_writer *w, struct err *e)
{
	struct training *t = &p->t;
	size_t first = t->p.frame.rows, outputs = prepared_outputs(&t->p);
	struct frame new;
	bool ok;

	if (!frame_read(&new, p->csv, e))
		return false;
	p->rows = new.rows;
	ok = append_rows(&t->p, &new, t->use, e);
	frame_release(&new);
	ok = ok && training_start(t, e) && choose_values(t, e);
	for (size_t i = 0; ok && i < p->rows; i++)
		t->apply[i] = (uint32_t)(first + i);
	ok = ok && training_predict(t, p->rows, e);
	for (size_t i = 0; ok && i < p->rows; i++)
		ok = preds_put(w, (struct preds_row){(uint32_t)i, PREDS_NO_PART},
			       t->out + i * outputs, e);
	return ok;
}

/* How the first row of a class spells it. */
static cJSON *label(const struct prepared *p, double y)
{
	const struct column *c = &p->frame.column[p->target];
	size_t row = 0;

	while (p->y[row] != y)
		row++;
	return c->type == COLUMN_NUMERIC ? cJSON_CreateNumber(column_number(c, row))
					 : cJSON_CreateString(column_value(c, c->code[row]));
}

/* The positive class of two first: its probability is what is stored.  Of more classes all, in
 * the order of what is stored. */
static cJSON *labels_json(const struct prepared *p)
{
	cJSON *list = cJSON_CreateArray();
	bool ok = list;

	if (p->regression) {
		ok = json_append(list, cJSON_CreateString(p->frame.column[p->target].name));
	} else if (p->classes > 2) {
		for (size_t k = 0; ok && k < p->classes; k++)
			ok = json_append(list, label(p, (double)k));
	} else {
		ok = json_append(list, label(p, 1)) && json_append(list, label(p, 0));
	}
	if (ok)
		return list;
	cJSON_Delete(list);
	return NULL;
}

static cJSON *describe(const struct predict *p, struct err *e)
{
	cJSON *o = cJSON_CreateObject();

	if (json_set_num(o, "rows", (double)p->rows) &&
	    json_set_str(o, "task", prepared_kind_name(&p->t.p)) &&
	    json_set(o, "labels", labels_json(&p->t.p)))
		return o;
	cJSON_Delete(o);
	err_nomem(e);
	return NULL;
}

cJSON *job_predict(const cJSON *job, struct err *e)
{
	struct predict p = {0};
	struct training_request r;
	struct preds_writer *w = NULL;
	cJSON *result = NULL;

	if (!read_request(job, &p, &r, e) || !training_open(&p.t, &r, e))
		goto out;
	if (asprintf(&p.path, "%s/%s", r.dir, p.out) < 0) {
		p.path = NULL;
		err_nomem(e);
		goto out;
	}
	if (!(w = preds_create(p.path, prepared_outputs(&p.t.p), e)) ||
	    !(p.csv ? predict_new : predict_subset)(&p, w, e) || !preds_finish(w, e))
		goto out;
	result = describe(&p, e);
out:
	preds_drop(w);
	free(p.path);
	free(p.value);
	free(p.part);
	training_close(&p.t);
	return result;
}
