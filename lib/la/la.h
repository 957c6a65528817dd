/*
 * la: the linear algebra of Gaussian processes and of the trainer, on BLAS and LAPACK.
 *
 * The only module that names them.  Matrices are column by column, n rows without
 * gaps: A[i + j*n] is row i of column j.  Only the lower triangle of a symmetric
 * matrix or a Cholesky factor is read; what stands above is left alone unless the
 * function says otherwise.  All memory is the caller's; nothing can fail but the
 * factorisation.  One thread (OpenBLAS's serial build).
 *
 * Sizes are int because BLAS's are.
 */
#ifndef LA_H
#define LA_H

#include <stdbool.h>

/* Take now what memory the library works in (128 MiB of addresses in OpenBLAS, few of
 * them ever touched).  Without it, under a limit of addresses, the first product would
 * wait for that memory for ever.  False: it is not to be had. */
bool la_reserve(void);

/* A = L L', L over A's lower triangle.  False: A is not positive definite to
 * working precision, and its lower triangle is spoilt.  n^3/3 flops. */
bool la_chol(int n, double *A);

/* A (n by n, factored in its first k columns and rows) is factored wholly: the rest
 * of its lower triangle holds the matrix still.  False as for la_chol. */
bool la_chol_extend(int n, int k, double *A);

/* ln det A from its factor. */
double la_chol_logdet(int n, const double *L);

/* A^-1 (its lower triangle) over the factor.  2 n^3/3 flops. */
void la_chol_inverse(int n, double *L);

/* B (n by m) becomes L^-1 B, L^-T B, or both: A^-1 B. */
void la_lower_solve(int n, const double *L, int m, double *B);
void la_lower_solve_t(int n, const double *L, int m, double *B);
void la_chol_solve(int n, const double *L, int m, double *B);

/* y = L x for a lower triangle; x and y may be the same. */
void la_lower_times(int n, const double *L, const double *x, double *y);

/* C (p by m) = A' B, A n by p, B n by m. */
void la_times_t(int n, int p, int m, const double *A, const double *B, double *C);

/* y (n) = A x and y (p) = A' x, A n by p. */
void la_times_vec(int n, int p, const double *A, const double *x, double *y);
void la_times_t_vec(int n, int p, const double *A, const double *x, double *y);

/*
 * C (m by n) = A B + c C, in floats and row by row: A[i * k + j] is column j of row i.
 * trans_a, trans_b: A is stored k by m, B n by k, and its transpose is meant.
 */
void la_float_times(int m, int n, int k, const float *A, bool trans_a, const float *B,
		    bool trans_b, float c, float *C);

double la_dot(int n, const double *x, const double *y);

/* The k largest eigenvalues of a symmetric matrix, falling, and their vectors (n by k),
 * of length 1 and with the entry of largest size above 0.  The lower triangle of A is
 * spoilt.  False: out of memory, or A is not finite.  About 4/3 n^3 flops. */
bool la_eigen(int n, double *A, int k, double *value, double *vector);

#endif
