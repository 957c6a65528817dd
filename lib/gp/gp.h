/*
 * gp: a Gaussian process that says what a setting will score.
 *
 * Points are rows of d coordinates, x[i*d + j], as lib/space makes them: numbers in
 * [0, 1], categories by their index, NAN where inactive.  Scores are those of the
 * metric, less is better, not finite for a trial that failed; they are warped
 * (warp.h), and predictions are in warped units, whose best is gp_best and in which
 * the scores have mean 0 and variance 1.  gp_metric turns a prediction back.
 *
 * Model: y = f(x) + noise; f has mean 0 and the kernel of kernel.h.  Its parameters
 * ln th_j, ln s2 and h, the noise variance being e^h + 1e-6, maximise the posterior
 *
 *   -1/2 y' K^-1 y - 1/2 ln det K + ln prior
 *
 *   ln l_j ~ N(-1 + ln(d)/2; 0.6 below, 2 above), l_j = th_j^-1/2
 *   ln s2  ~ N(0, 1),  h ~ N(-6, 2)
 *
 * by L-BFGS with the exact gradient (Rasmussen & Williams, "Gaussian Processes for
 * Machine Learning", 2006, eq. 5.9).
 *
 * Cost: to learn the parameters some 50 times O(n^3 + n^2 d); above GP_FIT_MAX points (fewer
 * above 88 coordinates) the parameters are fitted to that many of them.  Memory n^2 doubles,
 * and twice as many while fitting.
 */
#ifndef GP_H
#define GP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"

#define GP_FIT_MAX 300

struct gp;

/*
 * The parameters' mode for n > 0 points of d > 0 coordinates into hyper (d + 2): th, s2,
 * noise variance; category[j] says of which kind coordinate j is.  From the same place,
 * the prior's mode, every time: the result depends on nothing but the points and scores in
 * their order.  False: out of memory.
 */
bool gp_learn(const double *x, const double *y, size_t n, size_t d, const bool *category,
	      double *hyper, struct err *e);

/*
 * The process of n > 0 points with these parameters, which may have been learnt from
 * other points.  All are copied.  The result is the caller's: gp_free.  NULL: out of
 * memory.
 */
struct gp *gp_new(const double *x, const double *y, size_t n, size_t d, const bool *category,
		  const double *hyper, struct err *e);
void gp_free(struct gp *gp);

/* The same of points of which more is known. */
struct gp_data {
	const double *x, *y;
	size_t n, d;
	const bool *category;
	double keep; /* scores up to it, and the median, are not told by rank: warp.h */
};
bool gp_learn_data(const struct gp_data *data, double *hyper, struct err *e);
struct gp *gp_new_data(const struct gp_data *data, const double *hyper, struct err *e);

/*
 * The last `tasks` coordinates, categories, say of which related task a point is: 0 in all
 * of them for the first `own` points, which are of the task in question, 1 in one of
 * them for another's.  From now on points are given without them; gp_best and
 * gp_leave_one_out are about the first `own` points alone (own = 0: gp_best is about all).
 * Before any gp_fantasise.
 */
void gp_relate(struct gp *gp, size_t own, size_t tasks);

/* The parameters, borrowed, as gp_learn gives them, and coordinate j's length scale. */
const double *gp_hyper(const struct gp *gp);
double gp_length(const struct gp *gp, size_t j);

/* The standard deviation of the noise, warped. */
double gp_noise(const struct gp *gp);

/*
 * Condition on p points whose scores are not known yet: draws (even) sets of scores
 * are drawn from the joint posterior at xp (p by d), in antithetic pairs of scrambled
 * Sobol points, and from now on there are so many posterior means, one for each set.  The
 * variance is the same for all.  Replaces what an earlier call added; p = 0 takes it away.
 * O(n^2 p + n p draws).  False: out of memory.
 */
bool gp_fantasise(struct gp *gp, const double *xp, size_t p, size_t draws, uint64_t seed,
		  struct err *e);

/* Points that it is conditioned on, observed and pending. */
size_t gp_points(const struct gp *gp);

/* Number of posterior means (1 without fantasies), and the best warped score known
 * to the s-th. */
size_t gp_means(const struct gp *gp);
double gp_best(const struct gp *gp, size_t s);

/* For whom the best is another than the lowest score: which pending points there are (p of
 * gp_fantasise, or 0), the score of the i-th in the s-th set, the warped score of observed
 * point i, and what the best is from now on, until gp_fantasise is called again. */
size_t gp_pending(const struct gp *gp);
double gp_drawn(const struct gp *gp, size_t s, size_t i);
double gp_score(const struct gp *gp, size_t i);
void gp_set_best(struct gp *gp, size_t s, double best);

/*
 * Predict f at m points: mean (m by gp_means, row by row) and sd (m).  Never fails;
 * uses the gp's workspace, so one thread at a time.  O(m n^2).
 */
void gp_predict(struct gp *gp, const double *x, size_t m, double *mean, double *sd);

/*
 * The same at one point, and then, once, for weights chosen with the result in hand,
 * the gradient of sum_s wmean[s] mean[s] + wsd sd by the coordinates of that point
 * into grad (d); 0 for categories and inactive coordinates.
 */
void gp_at(struct gp *gp, const double *x, double *mean, double *sd);
void gp_gradient(struct gp *gp, const double *wmean, double wsd, double *grad);

/* A prediction in units of the metric. */
void gp_metric(const struct gp *gp, double mean, double sd, double *metric_mean,
	       double *metric_sd);

/* The warped value of a score of the metric, also of one that was not seen. */
double gp_bend(const struct gp *gp, double score);

/*
 * The average of f over m > 0 points, as one number of which the process is not sure:
 * mean, and sd with the covariances of the points.  Takes no account of fantasies.
 * O(n^2 + m n d + m^2 d).  False: out of memory.
 */
bool gp_average(struct gp *gp, const double *x, size_t m, double *mean, double *sd,
		struct err *e);

/*
 * What each of the n observed scores (of the task in question) is predicted to be from the
 * others, warped, parameters and warping as they are, into mean (n) and sd (n, of the
 * score: the noise is in it).
 * Rasmussen & Williams, eq. 5.12.  Takes no account of fantasies.  O(n^3).
 */
bool gp_leave_one_out(struct gp *gp, double *mean, double *sd, struct err *e);

/*
 * How much better than the mean of the others that is: 1 - sum (y - y_-i)^2 / sum (y -
 * ybar_-i)^2.  1 is perfect, 0 and less is worthless; NAN where all scores are equal or
 * n < 3.
 */
double gp_skill(struct gp *gp, struct err *e);

#endif
