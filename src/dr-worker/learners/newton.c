/*
 * Notation: eta_i = z_i b, r_i = loss'(eta_i), v_i = loss''(eta_i); the gradient is
 * g = b + C Z' r, the Hessian H = I + C Z' diag(v) Z, both with the column of ones last.
 */
#include "learners/newton.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "la/la.h"

#define STEPS_MAX 100
#define HALVINGS_MAX 40
#define DESCENT 1e-4     /* share of the gain foretold by the gradient that a step must have */
#define BLOCK_ROWS 512   /* of a Hessian in floats, before it is added to that in doubles */
#define RIDGE_FIRST 1e-7 /* of the largest diagonal, where rounding has spoilt the Hessian */

struct newton {
	const struct newton_problem *p;
	size_t d; /* columns and the one */
	double *b, *g, *step, *H;
	double *r, *v, *along; /* n; along: what the whole step adds to eta */
	float *block, *part;   /* BLOCK_ROWS x d, d x d */
};

static double row_times(const struct newton *t, size_t i, const double *b)
{
	size_t cols = t->p->cols, j = 0;
	const float *z = t->p->z + i * cols;
	double s[4] = {0, 0, 0, 0}; /* so that each addition need not wait for the one before */

	for (; j + 4 <= cols; j += 4)
		for (size_t k = 0; k < 4; k++)
			s[k] += (double)z[j + k] * b[j + k];
	for (; j < cols; j++)
		s[0] += (double)z[j] * b[j];
	return (s[0] + s[1]) + (s[2] + s[3]) + b[cols];
}

/* Of a row; its first and second derivatives where they are wanted. */
static double loss(const struct newton_problem *p, double y, double eta, double *r, double *v)
{
	double positive = y > 0 ? 1 : 0, q;

	if (p->squares) {
		*r = 2 * (eta - y);
		*v = 2;
		return (eta - y) * (eta - y);
	}
	q = 1 / (1 + exp(-eta));
	*r = q - positive;
	*v = q * (1 - q);
	return log1p(exp(-fabs(eta))) + fmax(eta, 0) - positive * eta;
}

/* What is minimised, a share `by` of the step ahead. */
static double value(const struct newton *t, const double *eta, double by)
{
	double sum = 0, square = 0, r, v;

	for (size_t i = 0; i < t->p->n; i++)
		sum += loss(t->p, t->p->y[i], eta[i] + by * t->along[i], &r, &v);
	for (size_t j = 0; j < t->d; j++) {
		double b = t->b[j] + by * t->step[j];

		square += b * b;
	}
	return square / 2 + t->p->C * sum;
}

static void differentiate(struct newton *t, const double *eta)
{
	const struct newton_problem *p = t->p;

	memcpy(t->g, t->b, t->d * sizeof *t->g);
	for (size_t i = 0; i < p->n; i++) {
		const float *z = p->z + i * p->cols;
		double r;

		loss(p, p->y[i], eta[i], &t->r[i], &t->v[i]);
		r = p->C * t->r[i];
		for (size_t j = 0; j < p->cols; j++)
			t->g[j] += r * (double)z[j];
		t->g[p->cols] += r;
	}
}

static void add_block(struct newton *t, size_t first, size_t rows)
{
	const struct newton_problem *p = t->p;

	for (size_t i = 0; i < rows; i++) {
		const float *z = p->z + (first + i) * p->cols;
		float *to = t->block + i * t->d, root = (float)sqrt(t->v[first + i]);

		for (size_t j = 0; j < p->cols; j++)
			to[j] = root * z[j];
		to[p->cols] = root;
	}
	la_float_times((int)t->d, (int)t->d, (int)rows, t->block, true, t->block, false, 0,
		       t->part);
	for (size_t k = 0; k < t->d * t->d; k++)
		t->H[k] += p->C * (double)t->part[k];
}

static void make_hessian(struct newton *t)
{
	memset(t->H, 0, t->d * t->d * sizeof *t->H);
	for (size_t j = 0; j < t->d; j++)
		t->H[j * t->d + j] = 1;
	for (size_t i = 0; i < t->p->n; i += BLOCK_ROWS)
		add_block(t, i, t->p->n - i < BLOCK_ROWS ? t->p->n - i : BLOCK_ROWS);
}

/* step = -H^-1 g.  A Hessian that rounding has spoilt is made anew with a ridge. */
static bool make_step(struct newton *t)
{
	double ridge = 0, largest;

	for (make_hessian(t);; make_hessian(t)) {
		largest = 0;
		for (size_t j = 0; j < t->d; j++) {
			largest = fmax(largest, t->H[j * t->d + j]);
			t->H[j * t->d + j] += ridge;
		}
		if (la_chol((int)t->d, t->H))
			break;
		if (!(ridge < largest) || !isfinite(largest))
			return false;
		ridge = ridge > 0 ? 10 * ridge : RIDGE_FIRST * largest;
	}
	for (size_t j = 0; j < t->d; j++)
		t->step[j] = -t->g[j];
	la_chol_solve((int)t->d, t->H, 1, t->step);
	for (size_t i = 0; i < t->p->n; i++)
		t->along[i] = row_times(t, i, t->step);
	return true;
}

/* The share of the step after which the loss has fallen, or 0: it cannot any more. */
static double search(const struct newton *t, const double *eta)
{
	double from = value(t, eta, 0), slope = la_dot((int)t->d, t->g, t->step), by = 1;

	for (int i = 0; i < HALVINGS_MAX; i++, by /= 2)
		if (value(t, eta, by) <= from + DESCENT * by * slope)
			return by;
	return 0;
}

static bool open_fit(struct newton *t, struct err *e)
{
	size_t n = t->p->n, d = t->d;

	t->b = calloc(d, sizeof *t->b);
	t->g = malloc(d * sizeof *t->g);
	t->step = malloc(d * sizeof *t->step);
	t->H = malloc(d * d * sizeof *t->H);
	t->r = malloc((n + 1) * sizeof *t->r);
	t->v = malloc((n + 1) * sizeof *t->v);
	t->along = malloc((n + 1) * sizeof *t->along);
	t->block = malloc(BLOCK_ROWS * d * sizeof *t->block);
	t->part = malloc(d * d * sizeof *t->part);
	return (t->b && t->g && t->step && t->H && t->r && t->v && t->along && t->block &&
		t->part) ||
	       err_nomem(e);
}

static void close_fit(struct newton *t)
{
	free(t->part);
	free(t->block);
	free(t->along);
	free(t->v);
	free(t->r);
	free(t->H);
	free(t->step);
	free(t->g);
	free(t->b);
}

bool newton_fit(const struct newton_problem *p, double *eta, struct err *e)
{
	struct newton t = {.p = p, .d = p->cols + 1};
	bool ok = open_fit(&t, e);
	double first = 0;

	memset(eta, 0, p->rows * sizeof *eta);
	for (int i = 0; ok && i < STEPS_MAX; i++) {
		double length, by;

		differentiate(&t, eta);
		length = sqrt(la_dot((int)t.d, t.g, t.g));
		first = i ? first : length;
		if (!(length > p->tolerance * first) || !make_step(&t) ||
		    !(by = search(&t, eta)))
			break;
		for (size_t j = 0; j < t.d; j++)
			t.b[j] += by * t.step[j];
		for (size_t k = 0; k < p->n; k++)
			eta[k] += by * t.along[k];
	}
	for (size_t i = 0; ok && i < p->rows; i++)
		eta[i] = row_times(&t, i, t.b);
	close_fit(&t);
	return ok;
}
