/*
 * front: expected hypervolume improvement, in logarithms (inside acq).
 *
 * Less is better in each of K objectives.  The hypervolume of a set of outcomes is that of
 * what they dominate, up to a reference point; the improvement of another outcome is
 * by how much it adds to that.  What is not dominated yet is cut into boxes [lo, hi), in
 * the last objective from -infinity; for independent normal outcomes
 *
 *   E[improvement] = sum_boxes prod_k (EI_k(hi_k) - EI_k(lo_k)),  EI_k(t) = E[(t - y_k)+]
 *
 * exactly: for two objectives strips (Yang, Emmerich, Deutz & Baeck, "Efficient computation
 * of expected hypervolume improvement using box decomposition algorithms", 2019), for more
 * slices of slices, some m^(K-1) / (K-1)! boxes for m outcomes.  So of more than 60
 * outcomes, 30 of three objectives, 18 of four and down to 8 of eight, an even spread counts
 * and the best in each objective.
 */
#ifndef ACQ_FRONT_H
#define ACQ_FRONT_H

#include <stdbool.h>
#include <stddef.h>

#define FRONT_MOST 8 /* objectives */

struct front;

/* n outcomes as rows of K > 1 numbers, dominated ones among them, n = 0 also; ref (K).
 * Those that are not below ref everywhere do not count.  NULL: out of memory. */
struct front *front_new(const double *points, size_t n, size_t K, const double *ref);
void front_free(struct front *f);

/*
 * ln of the expected improvement for K means and deviations; where dmean is not NULL, its
 * derivatives into dmean and dsd (K).  Uses f's workspace.  O(boxes K).
 */
double front_value(struct front *f, const double *mean, const double *sd, double *dmean,
		   double *dsd);

size_t front_boxes(const struct front *f);

/* Is a (K) as low as b everywhere, and lower somewhere? */
bool front_dominates(const double *a, const double *b, size_t K);

#endif
