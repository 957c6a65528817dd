/*
 * kernel: the covariance of two settings (inside gp).
 *
 *   k(x, x') = s2 M(r2),   r2 = sum_j th_j d_j(x_j, x'_j)
 *   M(r2) = (1 + r + r^2/3) e^-r,   r = sqrt(5 r2)          (Matern-5/2)
 *
 *   d_j = (x_j - x'_j)^2         numbers
 *         [x_j != x'_j]          categories
 *         0                      inactive (NAN) in both
 *         (x_j - 1/2)^2 + 1/12   inactive in one, a number in the other
 *         1/2                    inactive in one, a category in the other
 *
 * Each d_j is a squared distance of points in a Euclidean space, so that k is
 * positive definite: a number x is (x, 0), a category a corner of a simplex of side
 * 1, and inactive is (1/2, 1/sqrt 12) or a point as far above the simplex as it
 * takes.  The mean of the fourth line over uniform x is 1/6, that of two uniform
 * numbers.  (One constant for all x would be shorter, and not positive definite:
 * no point is equally far from three points of a line.)
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>
#include <stddef.h>

/* Distance d_j of two values of one coordinate. */
double kernel_distance(bool category, double a, double b);

/* r2[i] += th d(column[i], z), i < n. */
void kernel_add(bool category, double th, const double *column, double z, size_t n, double *r2);

/* sum_i weight[i] d(column[i], z), i < n. */
double kernel_sum(bool category, const double *column, double z, size_t n,
		  const double *weight);

/* r2[i] becomes M; where slope is not NULL, it gets dM/dr2. */
void kernel_matern(size_t n, double *r2, double *slope);

#endif
