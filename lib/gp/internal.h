/* What the files of lib/gp share: the process itself.  Notation: gp.c. */
#ifndef GP_INTERNAL_H
#define GP_INTERNAL_H

#include "gp/gp.h"
#include "gp/warp.h"

#define GP_BLOCK 64 /* points predicted at once */

struct gp {
	size_t n, p, d, draws; /* draws: 1 without pending points */
	size_t own, tasks;     /* see gp_relate; own is n without tasks */
	bool *category;        /* d */
	double *x;             /* n + p points, column by column: x[j*cap + i] */
	size_t cap;            /* points that x and the workspace hold */
	double *y;             /* n, warped */
	struct warp warp;
	double *hyper;  /* d + 2: th, s2, noise variance */
	double *factor; /* n by n: L of the observed points */
	double *L;      /* (n + p) by (n + p), or factor itself */
	double *A;      /* (n + p) by draws */
	double *best;   /* draws */
	double *drawn;  /* p by draws: the pending scores */

	double *work;          /* GP_BLOCK by cap: gp_predict */
	double *at;            /* d: the point of gp_at */
	double *k, *slope, *v; /* cap each: its covariances, M', L^-1 k */
	double sd;
};

/* Covariances of z with points first to end into k (end - first); where slope is
 * not NULL, their M' into it. */
void gp_covariances(const struct gp *g, const double *z, size_t first, size_t end, double *k,
		    double *slope);

/* x as a point of all coordinates: itself, or where there are tasks a copy in g->at (x may be
 * that already). */
const double *gp_whole(struct gp *g, const double *x);

#endif
