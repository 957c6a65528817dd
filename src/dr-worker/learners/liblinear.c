#include "learners/liblinear.h"

#include <linear.h>
#include <stdlib.h>

static void silent(const char *message)
{
	(void)message;
}

/* Room for cells of so many rows, each with a one and an end behind its own. */
static bool open_rows(struct liblinear *l, size_t rows, size_t cols, size_t cells,
		      struct err *e)
{
	*l = (struct liblinear){.rows = rows, .cols = cols};
	if (cells > LIBLINEAR_CELLS_MAX)
		return err_set(e, ERR_REFUSED,
			       "the table is too large for this model: more than %zu cells "
			       "once encoded",
			       LIBLINEAR_CELLS_MAX);
	l->cell = malloc((cells + 2 * rows + 1) * sizeof *l->cell);
	l->row = malloc((rows + 1) * sizeof *l->row);
	return (l->cell && l->row) || err_nomem(e);
}

static struct feature_node *end_row(const struct liblinear *l, struct feature_node *at)
{
	*at++ = (struct feature_node){(int)l->cols + 1, 1};
	*at++ = (struct feature_node){-1, 0};
	return at;
}

bool liblinear_sparse(struct liblinear *l, const struct sparse *x, struct err *e)
{
	struct feature_node *at;
	size_t *n;

	if (!open_rows(l, x->rows, x->cols, x->start[x->cols], e))
		return false;
	if (!(n = calloc(x->rows + 1, sizeof *n)))
		return err_nomem(e);
	for (size_t k = 0; k < x->start[x->cols]; k++)
		n[x->row[k]]++;
	at = l->cell;
	for (size_t i = 0; i < x->rows; i++) {
		l->row[i] = at;
		at = end_row(l, at + n[i]);
		n[i] = 0;
	}
	for (size_t j = 0; j < x->cols; j++)
		for (size_t k = x->start[j]; k < x->start[j + 1]; k++) {
			size_t i = x->row[k];

			l->row[i][n[i]++] = (struct feature_node){(int)j + 1, (double)x->x[k]};
		}
	free(n);
	return true;
}

void liblinear_release(struct liblinear *l)
{
	free(l->row);
	free(l->cell);
	*l = (struct liblinear){0};
}

static int solver_of(enum liblinear_kind kind)
{
	return kind == LIBLINEAR_LOGISTIC_L1 ? L1R_LR : L2R_LR;
}

/* The library's positive class is the one that it sees first. */
static double sign_of(const struct model *m)
{
	return m->label[0] > 0 ? 1 : -1;
}

static void apply(const struct liblinear *l, const double *w, double sign, double *eta)
{
	for (size_t i = 0; i < l->rows; i++) {
		eta[i] = 0;
		for (const struct feature_node *c = l->row[i]; c->index > 0; c++)
			eta[i] += sign * w[c->index - 1] * c->value;
	}
}

bool liblinear_train(const struct liblinear *l, const struct liblinear_problem *p, double *eta,
		     struct err *e)
{
	struct parameter how = {
		.solver_type = solver_of(p->kind), .eps = p->tolerance, .C = p->C};
	struct problem what = {.l = (int)p->n, .n = (int)l->cols + 1, .bias = 1};
	struct model *m = NULL;
	bool ok;

	what.y = malloc((p->n + 1) * sizeof *what.y);
	what.x = malloc((p->n + 1) * sizeof *what.x);
	for (size_t i = 0; what.y && what.x && i < p->n; i++) {
		what.x[i] = l->row[p->train[i]];
		what.y[i] = p->y[p->train[i]] > 0 ? 1 : -1;
	}
	if (what.y && what.x) {
		set_print_string_function(silent);
		srand((unsigned)p->seed);
		m = train(&what, &how);
	}
	ok = m || err_nomem(e);
	if (m) {
		apply(l, m->w, sign_of(m), eta);
		free_and_destroy_model(&m);
	}
	free(what.x);
	free(what.y);
	return ok;
}
