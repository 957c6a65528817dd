#include "learners/booster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

bool booster_did(const struct booster *b, int status, struct err *e)
{
	const char *text;
	size_t len;

	if (!status)
		return true;
	text = b->lib->last_error();
	len = strcspn(text, "\n"); /* a stack trace follows */
	return err_set(e, ERR_SYSTEM, "xgboost: %.*s", (int)len, text);
}

static bool set_labels(const struct booster *b, const uint32_t *row, size_t n,
		       const double *label, DMatrixHandle m, struct err *e)
{
	float *y = malloc((n ? n : 1) * sizeof *y);
	bool ok;

	if (!y)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++)
		y[i] = (float)label[row[i]];
	ok = booster_did(b, b->lib->matrix_set(m, "label", y, n), e);
	free(y);
	return ok;
}

static bool set_margin(const struct booster *b, const uint32_t *row, size_t n,
		       const float *margin, DMatrixHandle m, struct err *e)
{
	float *y = malloc((n ? n : 1) * sizeof *y);
	bool ok;

	if (!y)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++)
		y[i] = margin[row[i]];
	ok = booster_did(b, b->lib->matrix_set(m, "base_margin", y, n), e);
	free(y);
	return ok;
}

bool booster_start(const struct booster *b, DMatrixHandle m, size_t n, const float *margin,
		   size_t outputs, struct err *e)
{
	float *all = malloc((n * outputs + 1) * sizeof *all);
	bool ok;

	if (!all)
		return err_nomem(e);
	for (size_t i = 0; i < n * outputs; i++)
		all[i] = margin[i % outputs];
	ok = booster_did(b, b->lib->matrix_set(m, "base_margin", all, n * outputs), e);
	free(all);
	return ok;
}

bool booster_matrix(const struct booster *b, const struct learner_input *in,
		    const uint32_t *row, size_t n, double missing, const double *label,
		    DMatrixHandle *out, struct err *e)
{
	float *x = matrix_gather(in->x, row, n, e);
	bool ok = x &&
		  booster_did(b, b->lib->matrix_create(x, n, in->x->cols, (float)missing, out),
			      e);

	free(x);
	return ok && (!label || set_labels(b, row, n, label, *out, e)) &&
	       (!in->margin || set_margin(b, row, n, in->margin, *out, e));
}

void booster_drop(const struct booster *b, DMatrixHandle m)
{
	if (m)
		b->lib->matrix_free(m);
}

bool booster_set(const struct booster *b, const char *name, const char *value, struct err *e)
{
	return booster_did(b, b->lib->set(b->handle, name, value), e);
}

bool booster_set_number(const struct booster *b, const char *name, double v, struct err *e)
{
	char text[JSON_NUMBER_MAX];

	json_number(v, text);
	return booster_set(b, name, text, e);
}

bool booster_predict(const struct booster *b, DMatrixHandle m, long rounds, const float **p,
		     struct err *e)
{
	bst_ulong const *shape;
	bst_ulong dims;
	char *config;
	bool ok;

	if (asprintf(&config,
		     "{\"type\":0,\"training\":false,\"iteration_begin\":0,"
		     "\"iteration_end\":%ld,\"strict_shape\":false}",
		     rounds) < 0)
		return err_nomem(e);
	ok = booster_did(b, b->lib->predict(b->handle, m, config, &shape, &dims, p), e);
	free(config);
	return ok;
}

void booster_release(struct booster *b)
{
	if (b->handle)
		b->lib->free(b->handle);
	b->handle = NULL;
}
