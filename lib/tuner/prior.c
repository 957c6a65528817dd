/* prior: see prior.h. */
#include "tuner/prior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gp/warp.h"

#define SCORES 3 /* without so many a log says nothing */

static void prior_release(struct prior *q)
{
	gp_free(q->gp);
	free(q->warped);
	free(q->y);
	free(q->x);
	free(q->rows);
	trials_release(&q->trials);
	free(q->name);
}

void priors_release(struct priors *p)
{
	for (size_t i = 0; i < p->n; i++)
		prior_release(&p->at[i]);
	free(p->at);
	p->at = NULL;
	p->n = 0;
}

bool priors_add(struct priors *p, const struct space *space, const char *name,
		const struct trial_log *log, size_t *scores, struct err *e)
{
	struct prior q = {.name = strdup(name)}, *more;

	*scores = 0;
	trials_init(&q.trials, space, NULL, NULL);
	q.trials.earlier = true;
	if (!q.name) {
		err_nomem(e);
		goto fail;
	}
	for (size_t i = 0; i < trial_log_count(log); i++)
		if (!trials_put(&q.trials, trial_log_at(log, i), NULL, e))
			goto fail;
	if ((*scores = q.trials.scored) < SCORES) {
		prior_release(&q);
		return true;
	}
	if (!(more = realloc(p->at, (p->n + 1) * sizeof(*more)))) {
		err_nomem(e);
		goto fail;
	}
	p->at = more;
	p->at[p->n++] = q;
	p->ready = false;
	return true;
fail:
	prior_release(&q);
	return false;
}

/* Of n trials, the best first, `most`: a third that is the best, and of the others evenly
 * spaced ones. */
static size_t thin(const struct known **rows, size_t n, size_t most)
{
	size_t best = most / 3;

	if (n <= most)
		return n;
	for (size_t i = best; i < most; i++)
		rows[i] = rows[best + (i - best) * (n - best) / (most - best)];
	return most;
}

static bool make(const struct priors *p, struct prior *q, struct err *e)
{
	size_t d = p->d;
	double *hyper = calloc(d + 2, sizeof(*hyper));
	struct warp warp = {0};
	bool good = false;

	if (!hyper || !(q->rows = trials_in_order(&q->trials))) {
		err_nomem(e);
		goto out;
	}
	qsort(q->rows, q->trials.final, sizeof(*q->rows), trials_by_score);
	q->n = thin(q->rows, q->trials.scored,
		    p->n * SCORES < PRIOR_MOST ? PRIOR_MOST / p->n : SCORES);
	q->x = calloc(q->n * d + 1, sizeof(*q->x));
	q->y = calloc(q->n + 1, sizeof(*q->y));
	q->warped = calloc(q->n + 1, sizeof(*q->warped));
	if (!q->x || !q->y || !q->warped) {
		err_nomem(e);
		goto out;
	}
	for (size_t i = 0; i < q->n; i++) {
		memcpy(q->x + i * d, q->rows[i]->x, d * sizeof(*q->x));
		q->y[i] = q->rows[i]->score;
	}
	good = warp_init(&warp, q->y, q->n, q->warped, e) &&
	       gp_learn(q->x, q->y, q->n, d, p->category, hyper, e) &&
	       (q->gp = gp_new(q->x, q->y, q->n, d, p->category, hyper, e));
out:
	warp_release(&warp);
	free(hyper);
	return good;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of n trials of this run those with scores: settings to the front of x, scores, none
 * beyond what counts, into z; their number. work: n. */
static size_t scored(double *x, size_t d, const double *y, size_t n, double *z, double *work)
{
	size_t m = 0;
	double most;

	for (size_t i = 0; i < n; i++) {
		if (isnan(y[i]))
			continue;
		memmove(x + m * d, x + i * d, d * sizeof(*x));
		z[m++] = y[i];
	}
	if (m < 4)
		return m;
	memcpy(work, z, m * sizeof(*z));
	qsort(work, m, sizeof(*work), ascending);
	most = work[m / 2] + 3 * (work[m / 2] - work[0]);
	for (size_t i = 0; i < m; i++)
		z[i] = fmin(z[i], most);
	return m;
}

/* Sum of squares about the mean. */
static double spread(const double *v, size_t n, double *mean)
{
	double sum = 0;

	*mean = 0;
	for (size_t i = 0; i < n; i++)
		*mean += v[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		sum += (v[i] - *mean) * (v[i] - *mean);
	return sum;
}

/* Scores per warped unit, as the log itself has it. */
static double unit_of(const struct prior *q)
{
	double mean, unit;

	gp_metric(q->gp, gp_best(q->gp, 0) - 1, 1, &mean, &unit);
	return unit;
}

/* a and b of prior.h, from n trials with scores; work: n twice. */
static void align(const struct prior *q, const char *metric, const double *x, const double *z,
		  size_t n, double *work, double *a, double *b)
{
	bool same = !metric || !q->trials.metric || !strcmp(metric, q->trials.metric);
	double of_y, of_m, ybar, mbar, s0;

	if (n > 0)
		gp_predict(q->gp, x, n, work, work + n);
	of_y = spread(z, n, &ybar);
	of_m = spread(work, n, &mbar);
	s0 = same ? unit_of(q) : n > 1 ? sqrt(of_y / (double)n) : 1;
	if (!(s0 > 0))
		s0 = of_y > 0 ? sqrt(of_y / (double)n) : 1;
	if (n == 0) { /* as the log itself has it */
		*b = s0;
		gp_metric(q->gp, gp_best(q->gp, 0), 0, a, &mbar);
		*a -= *b * gp_best(q->gp, 0);
	} else {
		*b = sqrt((of_y + s0 * s0) / (of_m + 1));
		*a = ybar - *b * mbar;
	}
	if (!isfinite(*a) || !isfinite(*b)) { /* scores of 1e300 */
		*a = 0;
		*b = 1;
	}
}

static bool make_all(struct priors *p, struct err *e)
{
	for (size_t i = 0; !p->ready && i < p->n; i++) {
		struct prior *q = &p->at[i];

		gp_free(q->gp);
		free(q->warped);
		free(q->y);
		free(q->x);
		free(q->rows);
		q->gp = NULL;
		q->warped = q->y = q->x = NULL;
		q->rows = NULL;
		if (!make(p, q, e))
			return false;
	}
	p->ready = true;
	return true;
}

bool priors_extend(struct priors *p, const char *metric, double **x, double **y, size_t n,
		   size_t *m, struct err *e)
{
	size_t d = p->d, D = d + p->n, N = n, own, at = n;
	double *X = NULL, *Y = NULL, *work = NULL, a, b;

	*m = n;
	if (p->n == 0)
		return true;
	if (!make_all(p, e))
		return false;
	for (size_t i = 0; i < p->n; i++)
		N += p->at[i].n;
	X = calloc(N * D, sizeof(*X));
	Y = calloc(N, sizeof(*Y));
	work = calloc(3 * n + 1, sizeof(*work));
	if (!X || !Y || !work) {
		free(work);
		free(Y);
		free(X);
		return err_nomem(e);
	}
	for (size_t i = 0; i < n; i++)
		memcpy(X + i * D, *x + i * d, d * sizeof(*X));
	memcpy(Y, *y, n * sizeof(*Y));
	own = scored(*x, d, *y, n, work, work + n);
	for (size_t i = 0; i < p->n; i++) {
		const struct prior *q = &p->at[i];

		align(q, metric, *x, work, own, work + n, &a, &b);
		for (size_t k = 0; k < q->n; k++, at++) {
			memcpy(X + at * D, q->x + k * d, d * sizeof(*X));
			X[at * D + d + i] = 1;
			Y[at] = a + b * q->warped[k];
		}
	}
	free(work);
	free(*y);
	free(*x);
	*x = X;
	*y = Y;
	*m = N;
	return true;
}
