/* front: see front.h. */
#include "acq/front.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "acq/acq.h"

/* Points of a front that are cut up, for K objectives. */
static const size_t most[FRONT_MOST + 1] = {0, 0, 60, 30, 18, 13, 10, 9, 8};

/* [lo, hi) of one objective, by its levels. */
struct part {
	size_t lo, hi;
	double value, dmean, dsd; /* of ln (EI(hi) - EI(lo)) */
	double weight;
};

struct level {
	double at;
	double value, dmean, dsd; /* of ln EI(at) */
};

struct front {
	size_t K, m;
	double *point; /* m by K */
	double *ref;   /* K */

	/* Of objective k: levels level[k * (m + 2)], the first -infinity, the last the
	 * reference; parts, made when a box first wants them: while cutting, which[k][lo][hi]
	 * is one more than the index of that part. */
	size_t n_levels[FRONT_MOST], n_parts[FRONT_MOST], cap_parts[FRONT_MOST];
	struct level *level;
	struct part *part[FRONT_MOST];
	size_t *which;

	size_t boxes, cap;
	size_t *box;   /* boxes by K: parts */
	double *share; /* boxes */
	bool failed;
};

bool front_dominates(const double *a, const double *b, size_t K)
{
	bool lower = false;

	for (size_t k = 0; k < K; k++) {
		if (a[k] > b[k])
			return false;
		lower = lower || a[k] < b[k];
	}
	return lower;
}

static bool counts(const double *points, size_t n, size_t K, size_t i, const double *ref)
{
	const double *p = points + i * K;

	for (size_t k = 0; k < K; k++)
		if (!(p[k] < ref[k]))
			return false;
	for (size_t j = 0; j < n; j++) {
		const double *q = points + j * K;

		if (front_dominates(q, p, K) || (j < i && !memcmp(p, q, K * sizeof(*p))))
			return false;
	}
	return true;
}

static double distance(const double *a, const double *b, size_t K)
{
	double sum = 0;

	for (size_t k = 0; k < K; k++)
		sum += (a[k] - b[k]) * (a[k] - b[k]);
	return sum;
}

/* Keep the best of each objective, and then each time the point that is farthest from those
 * kept (Gonzalez 1985). */
static void thin(struct front *f)
{
	size_t K = f->K, kept = 0, keep = most[K];

	for (; f->m > keep && kept < keep; kept++) {
		size_t next = kept;
		double far = -1, *p = f->point;

		for (size_t i = kept; i < f->m; i++) {
			double near = HUGE_VAL;

			if (kept < K) {
				near = -p[i * K + kept];
				if (i == kept)
					far = near;
			}
			for (size_t j = 0; kept >= K && j < kept; j++)
				near = fmin(near, distance(p + i * K, p + j * K, K));
			if (near > far) {
				far = near;
				next = i;
			}
		}
		for (size_t k = 0; k < K; k++) {
			double swap = p[kept * K + k];

			p[kept * K + k] = p[next * K + k];
			p[next * K + k] = swap;
		}
	}
	if (kept)
		f->m = kept;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct level *levels(const struct front *f, size_t k)
{
	return f->level + k * (f->m + 2);
}

static size_t level_of(const struct front *f, size_t k, double at)
{
	size_t lo = 0, hi = f->n_levels[k] - 1;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (levels(f, k)[mid].at < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void set_levels(struct front *f, double *sorted)
{
	for (size_t k = 0; k < f->K; k++) {
		struct level *l = levels(f, k);
		size_t n = 1;

		for (size_t i = 0; i < f->m; i++)
			sorted[i] = f->point[i * f->K + k];
		qsort(sorted, f->m, sizeof(*sorted), ascending);
		l[0].at = -HUGE_VAL;
		for (size_t i = 0; i < f->m; i++)
			if (sorted[i] > l[n - 1].at)
				l[n++].at = sorted[i];
		l[n++].at = f->ref[k];
		f->n_levels[k] = n;
	}
}

static size_t part_of(struct front *f, size_t k, size_t lo, size_t hi)
{
	size_t side = f->m + 2, *which = f->which + (k * side + lo) * side + hi;

	if (*which)
		return *which - 1;
	if (f->n_parts[k] == f->cap_parts[k]) {
		size_t cap = f->cap_parts[k] ? 2 * f->cap_parts[k] : 16;
		struct part *more = realloc(f->part[k], cap * sizeof(*more));

		if (!more) {
			f->failed = true;
			return 0;
		}
		f->part[k] = more;
		f->cap_parts[k] = cap;
	}
	f->part[k][f->n_parts[k]] = (struct part){.lo = lo, .hi = hi};
	*which = ++f->n_parts[k];
	return *which - 1;
}

static void add_box(struct front *f, const size_t *part)
{
	if (f->boxes == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 64;
		size_t *more = realloc(f->box, cap * f->K * sizeof(*more));

		if (!more) {
			f->failed = true;
			return;
		}
		f->box = more;
		f->cap = cap;
	}
	memcpy(f->box + f->boxes++ * f->K, part, f->K * sizeof(*part));
}

/*
 * What n of the points, rows of which stand in `at`, leave free in the objectives from k
 * on.  Between two levels of objective k that follow each other only the points below
 * matter: they bound what is left in the others.
 */
static void slice(struct front *f, size_t k, const size_t *at, size_t n, size_t *part)
{
	size_t *below, left = 0, lo = 0, end = f->n_levels[k] - 1;

	if (k == f->K - 1) { /* free below the lowest of them */
		for (size_t i = 0; i < n; i++) {
			size_t l = level_of(f, k, f->point[at[i] * f->K + k]);

			end = l < end ? l : end;
		}
		part[k] = part_of(f, k, 0, end);
		add_box(f, part);
		return;
	}
	if (!(below = malloc((n + 1) * sizeof(*below)))) {
		f->failed = true;
		return;
	}
	while (lo < end) {
		size_t hi = end; /* the next level at which one of the points stands */

		left = 0;
		for (size_t i = 0; i < n; i++) {
			size_t l = level_of(f, k, f->point[at[i] * f->K + k]);

			if (l <= lo)
				below[left++] = at[i];
			else if (l < hi)
				hi = l;
		}
		part[k] = part_of(f, k, lo, hi);
		slice(f, k + 1, below, left, part);
		lo = hi;
	}
	free(below);
}

static bool cut(struct front *f)
{
	size_t side = f->m + 2, part[FRONT_MOST], *all = malloc(side * sizeof(*all));
	double *sorted = malloc(side * sizeof(*sorted));

	f->level = calloc(f->K * side, sizeof(*f->level));
	f->which = calloc(f->K * side * side, sizeof(*f->which));
	f->failed = !all || !sorted || !f->level || !f->which;
	if (!f->failed) {
		for (size_t i = 0; i < f->m; i++)
			all[i] = i;
		set_levels(f, sorted);
		slice(f, 0, all, f->m, part);
		f->share = malloc(f->boxes * sizeof(*f->share));
		f->failed = f->failed || !f->share;
	}
	free(f->which);
	f->which = NULL;
	free(sorted);
	free(all);
	return !f->failed;
}

struct front *front_new(const double *points, size_t n, size_t K, const double *ref)
{
	struct front *f = calloc(1, sizeof(*f));

	if (!f || !(f->point = malloc((n + 1) * K * sizeof(double))) ||
	    !(f->ref = malloc(K * sizeof(double)))) {
		front_free(f);
		return NULL;
	}
	f->K = K;
	memcpy(f->ref, ref, K * sizeof(*ref));
	for (size_t i = 0; i < n; i++)
		if (counts(points, n, K, i, ref))
			memcpy(f->point + f->m++ * K, points + i * K, K * sizeof(*points));
	thin(f);
	if (cut(f))
		return f;
	front_free(f);
	return NULL;
}

void front_free(struct front *f)
{
	if (!f)
		return;
	free(f->share);
	free(f->box);
	free(f->which);
	for (size_t k = 0; k < FRONT_MOST; k++)
		free(f->part[k]);
	free(f->level);
	free(f->ref);
	free(f->point);
	free(f);
}

size_t front_boxes(const struct front *f)
{
	return f->boxes;
}

/* ln EI at each level: sd h(z), z = (at - mean) / sd. */
static void weigh_levels(struct front *f, size_t k, double mean, double sd)
{
	for (size_t i = 0; i < f->n_levels[k]; i++) {
		struct level *l = levels(f, k) + i;
		double z = (l->at - mean) / sd, slope;

		if (i == 0) { /* -infinity */
			l->value = -HUGE_VAL;
			continue;
		}
		l->value = acq_log_h(z, &slope) + log(sd);
		l->dmean = -slope / sd;
		l->dsd = (1 - slope * z) / sd;
	}
}

/* ln (a - b) = ln a + ln (1 - b / a). */
static void weigh_parts(struct front *f, size_t k)
{
	for (size_t i = 0; i < f->n_parts[k]; i++) {
		struct part *p = &f->part[k][i];
		const struct level *lo = levels(f, k) + p->lo, *hi = levels(f, k) + p->hi;
		double ratio = p->lo ? exp(lo->value - hi->value) : 0, rest = 1 - ratio;

		p->weight = 0;
		p->value = hi->value + (rest > 0 ? log(rest) : -HUGE_VAL);
		p->dmean = rest > 0 ? (hi->dmean - ratio * lo->dmean) / rest : 0;
		p->dsd = rest > 0 ? (hi->dsd - ratio * lo->dsd) / rest : 0;
	}
}

double front_value(struct front *f, const double *mean, const double *sd, double *dmean,
		   double *dsd)
{
	size_t K = f->K;
	double top = -HUGE_VAL, sum = 0;

	for (size_t k = 0; k < K; k++) {
		weigh_levels(f, k, mean[k], sd[k]);
		weigh_parts(f, k);
	}
	for (size_t b = 0; b < f->boxes; b++) {
		double value = 0;

		for (size_t k = 0; k < K; k++)
			value += f->part[k][f->box[b * K + k]].value;
		f->share[b] = value;
		top = fmax(top, value);
	}
	for (size_t b = 0; b < f->boxes; b++)
		sum += f->share[b] = exp(f->share[b] - top);
	for (size_t b = 0; dmean && b < f->boxes; b++)
		for (size_t k = 0; k < K; k++)
			f->part[k][f->box[b * K + k]].weight += f->share[b] / sum;
	for (size_t k = 0; dmean && k < K; k++) {
		dmean[k] = dsd[k] = 0;
		for (size_t i = 0; i < f->n_parts[k]; i++) {
			const struct part *p = &f->part[k][i];

			dmean[k] += p->weight * p->dmean;
			dsd[k] += p->weight * p->dsd;
		}
	}
	return top + log(sum);
}
