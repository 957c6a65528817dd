#include "learners/multinomial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learners/enet.h"
#include "learners/split.h"

#define STEPS 40       /* lambdas at most */
#define STEP_RATIO 0.6 /* of one lambda to the one before it */
#define PATIENCE 2     /* lambdas that may lose more than the best before we stop */
#define CYCLES 10      /* over the classes at one lambda, at most */
#define NEWTON_MAX 3   /* of one class in one cycle: the others will move */
#define LEAST 1e-300

struct fit {
	const struct multinomial *m;
	size_t rows, classes;
	double *w;         /* rows: 1 for those that are learned from */
	double *y;         /* classes x rows: is it of the class? */
	double *offset;    /* rows, of the class that is being solved */
	double *top, *sum; /* rows: the largest eta, and sum_j exp(eta_j - top) */
	struct enet *one;  /* of each class */
	double null_loss;
};

static void close_fit(struct fit *f)
{
	for (size_t k = 0; f->one && k < f->classes; k++)
		enet_release(&f->one[k]);
	free(f->one);
	free(f->sum);
	free(f->top);
	free(f->offset);
	free(f->y);
	free(f->w);
}

/* Room, and the n rows that are learned from. */
static bool open_fit(struct fit *f, const struct multinomial *m, const uint32_t *row, size_t n,
		     struct err *e)
{
	*f = (struct fit){.m = m, .rows = m->x->rows, .classes = m->classes};
	f->w = calloc(f->rows + 1, sizeof *f->w);
	f->y = calloc(f->rows * f->classes + 1, sizeof *f->y);
	f->offset = calloc(f->rows + 1, sizeof *f->offset);
	f->top = malloc((f->rows + 1) * sizeof *f->top);
	f->sum = malloc((f->rows + 1) * sizeof *f->sum);
	f->one = calloc(f->classes, sizeof *f->one);
	if (!f->w || !f->y || !f->offset || !f->top || !f->sum || !f->one)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++) {
		f->w[row[i]] = 1;
		f->y[(size_t)m->y[row[i]] * f->rows + row[i]] = 1;
	}
	for (size_t k = 0; k < f->classes; k++) {
		f->one[k] = (struct enet){
			.x = m->x,
			.w = f->w,
			.y = f->y + k * f->rows,
			.offset = f->offset,
			.binomial = true,
			.no_intercept = m->no_intercept,
			.alpha = m->alpha,
			.tolerance = m->tolerance,
			.newton_max = m->newton_max < NEWTON_MAX ? m->newton_max : NEWTON_MAX,
		};
		if (!enet_init(&f->one[k], e))
			return false;
	}
	return true;
}

/* Put the models together: the largest eta of each row, and the sum beside it. */
static void add_up(struct fit *f)
{
	for (size_t i = 0; i < f->rows; i++)
		f->top[i] = f->one[0].eta[i];
	for (size_t k = 1; k < f->classes; k++)
		for (size_t i = 0; i < f->rows; i++)
			f->top[i] = fmax(f->top[i], f->one[k].eta[i]);
	memset(f->sum, 0, f->rows * sizeof *f->sum);
	for (size_t k = 0; k < f->classes; k++)
		for (size_t i = 0; i < f->rows; i++)
			f->sum[i] += exp(f->one[k].eta[i] - f->top[i]);
}

/* Loss of some rows, add_up having been done. */
static double loss_of(const struct fit *f, const uint32_t *row, size_t n)
{
	double loss = 0;

	for (size_t i = 0; i < n; i++) {
		size_t r = row[i], k = (size_t)f->m->y[r];

		loss += f->top[r] + log(f->sum[r]) - f->one[k].eta[r];
	}
	return loss;
}

/* Every class once to its best at this lambda, the others being held. */
static void cycle(struct fit *f, double lambda)
{
	for (size_t k = 0; k < f->classes; k++) {
		struct enet *one = &f->one[k];

		for (size_t i = 0; i < f->rows; i++) {
			f->sum[i] -= exp(one->eta[i] - f->top[i]);
			f->offset[i] = -f->top[i] - log(fmax(f->sum[i], LEAST));
		}
		enet_offset_moved(one);
		enet_solve(one, lambda);
		for (size_t i = 0; i < f->rows; i++)
			f->sum[i] += exp(one->eta[i] - f->top[i]);
	}
	add_up(f); /* what was taken away and added has left its rounding */
}

static void solve(struct fit *f, double lambda, const uint32_t *row, size_t n)
{
	double before = loss_of(f, row, n);

	for (int i = 0; i < CYCLES; i++) {
		double loss;

		cycle(f, lambda);
		loss = loss_of(f, row, n);
		if (fabs(before - loss) < f->m->tolerance * f->null_loss)
			break;
		before = loss;
	}
}

/* Begin with the constant model; returns the lambda at which it is the solution. */
static double start(struct fit *f, const uint32_t *row, size_t n)
{
	double largest = 0;

	for (size_t k = 0; k < f->classes; k++)
		largest = fmax(largest, enet_lambda_max(&f->one[k]));
	add_up(f);
	f->null_loss = loss_of(f, row, n);
	if (largest > 0)
		solve(f, largest, row, n);
	return largest;
}

/* Learn from `stay` of the rows, look at the others; returns the best lambda, or m->lambda. */
static bool choose(struct multinomial *m, double *best, struct err *e)
{
	uint32_t *row = malloc((m->n + 1) * sizeof *row);
	struct fit f = {0};
	size_t stay = 0;
	double lambda;
	bool ok = row || err_nomem(e);

	if (ok) {
		memcpy(row, m->train, m->n * sizeof *row);
		ok = split_rows(row, m->n, m->level, MULTINOMIAL_INNER_SHARE, m->seed, &stay,
				e) &&
		     open_fit(&f, m, row, stay, e);
	}
	if (ok) {
		size_t aside = m->n - stay;
		int at = 0;

		*best = lambda = start(&f, row, stay);
		m->loss = loss_of(&f, row + stay, aside) / (double)aside;
		for (int step = 1; lambda > 0 && step <= STEPS && step <= at + PATIENCE;
		     step++) {
			double loss;

			if (lambda * STEP_RATIO <= m->lambda)
				step = STEPS;
			lambda = fmax(lambda * STEP_RATIO, m->lambda);
			solve(&f, lambda, row, stay);
			loss = loss_of(&f, row + stay, aside) / (double)aside;
			if (!(m->lambda > 0) && loss >= m->loss)
				continue;
			m->loss = loss;
			*best = lambda;
			at = step;
		}
	}
	close_fit(&f);
	free(row);
	return ok;
}

bool multinomial_fit(struct multinomial *m, struct err *e)
{
	struct fit f = {0};
	double best = m->lambda, lambda;
	bool ok = ((m->lambda > 0 && !m->want_loss) || choose(m, &best, e)) &&
		  open_fit(&f, m, m->train, m->n, e);

	if (ok) {
		lambda = start(&f, m->train, m->n);
		if (lambda < best)
			solve(&f, best, m->train, m->n);
		while (lambda > best) {
			lambda = fmax(lambda * STEP_RATIO, best);
			solve(&f, lambda, m->train, m->n);
		}
		for (size_t k = 0; k < f.classes; k++)
			memcpy(m->eta + k * f.rows, f.one[k].eta, f.rows * sizeof *m->eta);
	}
	close_fit(&f);
	return ok;
}

void multinomial_probabilities(const double *eta, size_t rows, size_t classes, size_t row,
			       double *p)
{
	double top = eta[row], sum = 0;

	for (size_t k = 1; k < classes; k++)
		top = fmax(top, eta[k * rows + row]);
	for (size_t k = 0; k < classes; k++)
		sum += p[k] = exp(eta[k * rows + row] - top);
	for (size_t k = 0; k < classes; k++)
		p[k] /= sum;
}
