/*
 * learning: what a test of a learner needs: a table, a learner's parameters, a fit.
 *
 *	struct learning l = {.rows = 100, .cols = 2};
 *	learning_open(&l, &some_task);	then fill l.x (column after column) and l.in.y
 *	learning_set(&l, "depth", 3);
 *	learning_fit(&l, some_fit);	l.in.p[row] is the prediction of each row
 *
 * All rows are learned from and all are predicted, unless the test changes l.in.
 */
#ifndef LEARNING_H
#define LEARNING_H

#include <stdlib.h>

#include "../tap.h"
#include "data/mix.h"
#include "learners/learner.h"
#include "tasks/task.h"

#define LEARNING_PARAMS 64

struct learning {
	size_t rows, cols;
	struct learner_input in;
	struct matrix matrix;
	struct sparse sparse;
	float *x;
	double *y;
	uint32_t *row;
	uint8_t *level;
	struct param_value value[LEARNING_PARAMS];
};

__attribute__((unused)) static void learning_open(struct learning *l, const struct task *task)
{
	struct err e = {0};

	l->x = calloc(l->rows * (l->cols + 1), sizeof *l->x);
	l->y = calloc(l->rows, sizeof *l->y);
	l->row = calloc(l->rows, sizeof *l->row);
	l->level = calloc(l->rows, 1);
	for (size_t i = 0; i < l->rows; i++)
		l->row[i] = (uint32_t)i;
	for (size_t i = 0; i < task->n_params; i++)
		l->value[i] = task->params[i].initial;
	l->matrix = (struct matrix){l->rows, l->cols, l->cols, l->x};
	sparse_init(&l->sparse, l->rows, &e);
	l->in = (struct learner_input){
		.x = &l->matrix,
		.sparse = &l->sparse,
		.y = l->y,
		.train = l->row,
		.n_train = l->rows,
		.params = {task->params, task->n_params, l->value},
		.apply = l->row,
		.n_apply = l->rows,
		.p = calloc(l->rows, sizeof *l->in.p),
	};
}

__attribute__((unused)) static void learning_close(struct learning *l)
{
	free(l->in.p);
	sparse_release(&l->sparse);
	free(l->level);
	free(l->row);
	free(l->y);
	free(l->x);
}

__attribute__((unused)) static struct param_value *learning_value(struct learning *l,
								  const char *name)
{
	for (size_t i = 0; i < l->in.params.n; i++)
		if (!strcmp(l->in.params.table[i].name, name))
			return &l->value[i];
	ok(false, "the learner has a parameter %s", name);
	exit(1);
}

__attribute__((unused)) static void learning_set(struct learning *l, const char *name, double v)
{
	*learning_value(l, name) = (struct param_value){NULL, v};
}

__attribute__((unused)) static void learning_set_word(struct learning *l, const char *name,
						      const char *word)
{
	*learning_value(l, name) = (struct param_value){word, 0};
}

__attribute__((unused)) static bool learning_fit(struct learning *l, learner_fn *fit)
{
	struct err e = {0};

	for (size_t i = 0; i < l->rows; i++)
		l->level[i] = l->y[i] > 0;
	l->in.level = l->in.regression ? NULL : l->level;
	return ok(fit(&l->in, &e), "a fit%s%s", *e.text ? ": " : "", e.text);
}

/* Uniform in [0, 1): the i-th of a fixed sequence. */
__attribute__((unused)) static double learning_uniform(uint64_t i)
{
	return (double)(mix(5, i) >> 11) * 0x1p-53;
}

#endif
