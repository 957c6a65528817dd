/* la: see la.h. */
#include "la/la.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>

#include <cblas.h>
#include <lapacke.h>

#define WORKSPACE ((size_t)160 << 20) /* OpenBLAS's buffer, and what it aligns it by */

bool la_reserve(void)
{
	enum { N = 64 }; /* too large for the products that need no buffer */
	void *room = mmap(NULL, WORKSPACE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	float *a;

	if (room == MAP_FAILED)
		return false;
	munmap(room, WORKSPACE);
	if (!(a = calloc((size_t)2 * N * N, sizeof(*a))))
		return false;
	la_float_times(N, N, N, a, false, a, false, 0, a + N * N);
	free(a);
	return true;
}

/* The _work variants do not allocate.  dpotrf lets NaN through; one anywhere in the
 * matrix ends up on the diagonal of the factor. */
static bool factor(int n, double *A, int lda)
{
	if (LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', n, A, lda) != 0)
		return false;
	for (int i = 0; i < n; i++)
		if (!(A[i + (size_t)i * (size_t)lda] > 0))
			return false;
	return true;
}

bool la_chol(int n, double *A)
{
	return n == 0 || factor(n, A, n);
}

bool la_chol_extend(int n, int k, double *A)
{
	double *below = A + k, *corner = A + k + (size_t)k * (size_t)n;

	if (k == 0 || k == n)
		return k == n || la_chol(n, A);
	cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, n - k, k,
		    1, A, n, below, n);
	cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, n - k, k, -1, below, n, 1, corner,
		    n);
	return factor(n - k, corner, n);
}

double la_chol_logdet(int n, const double *L)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += log(L[i + (size_t)i * (size_t)n]);
	return 2 * sum;
}

/*
 * L (n by n, in columns of lda) becomes its inverse.  By halves:
 *
 *   | A    |^-1   | A^-1               |
 *   | B  C |    = | -C^-1 B A^-1  C^-1 |
 *
 * nearly all of it products.  OpenBLAS's dtrtri works column by column below some
 * thousand rows, which takes three times as long.
 */
static void invert(int n, double *L, int lda)
{
	int h = n / 2;
	double *below = L + h, *corner = L + h + (size_t)h * (size_t)lda;

	if (n <= 16) {
		LAPACKE_dtrtri_work(LAPACK_COL_MAJOR, 'L', 'N', n, L, lda);
		return;
	}
	invert(h, L, lda);
	invert(n - h, corner, lda);
	cblas_dtrmm(CblasColMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, n - h, h,
		    -1, L, lda, below, lda);
	cblas_dtrmm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, n - h, h,
		    1, corner, lda, below, lda);
}

void la_chol_inverse(int n, double *L)
{
	invert(n, L, n);
	LAPACKE_dlauum_work(LAPACK_COL_MAJOR, 'L', n, L, n);
}

static void solve(int n, const double *L, int m, double *B, CBLAS_TRANSPOSE trans)
{
	if (m == 1)
		cblas_dtrsv(CblasColMajor, CblasLower, trans, CblasNonUnit, n, L, n, B, 1);
	else
		cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, trans, CblasNonUnit, n, m, 1,
			    L, n, B, n);
}

void la_lower_solve(int n, const double *L, int m, double *B)
{
	solve(n, L, m, B, CblasNoTrans);
}

void la_lower_solve_t(int n, const double *L, int m, double *B)
{
	solve(n, L, m, B, CblasTrans);
}

void la_chol_solve(int n, const double *L, int m, double *B)
{
	solve(n, L, m, B, CblasNoTrans);
	solve(n, L, m, B, CblasTrans);
}

void la_lower_times(int n, const double *L, const double *x, double *y)
{
	if (x != y)
		cblas_dcopy(n, x, 1, y, 1);
	cblas_dtrmv(CblasColMajor, CblasLower, CblasNoTrans, CblasNonUnit, n, L, n, y, 1);
}

void la_times_t(int n, int p, int m, const double *A, const double *B, double *C)
{
	cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, p, m, n, 1, A, n, B, n, 0, C, p);
}

void la_times_vec(int n, int p, const double *A, const double *x, double *y)
{
	if (n > 0)
		cblas_dgemv(CblasColMajor, CblasNoTrans, n, p, 1, A, n, x, 1, 0, y, 1);
}

void la_times_t_vec(int n, int p, const double *A, const double *x, double *y)
{
	if (n > 0)
		cblas_dgemv(CblasColMajor, CblasTrans, n, p, 1, A, n, x, 1, 0, y, 1);
	else
		memset(y, 0, (size_t)p * sizeof(*y));
}

void la_float_times(int m, int n, int k, const float *A, bool trans_a, const float *B,
		    bool trans_b, float c, float *C)
{
	if (m > 0 && n > 0)
		cblas_sgemm(CblasRowMajor, trans_a ? CblasTrans : CblasNoTrans,
			    trans_b ? CblasTrans : CblasNoTrans, m, n, k, 1, A, trans_a ? m : k,
			    B, trans_b ? k : n, c, C, n);
}

double la_dot(int n, const double *x, const double *y)
{
	return cblas_ddot(n, x, 1, y, 1);
}

/* dsyevr gives rising values: turn both round, and fix the signs. */
static void arrange(int n, int k, double *value, double *vector)
{
	for (int a = 0, b = k - 1; a < b; a++, b--) {
		double v = value[a];

		value[a] = value[b];
		value[b] = v;
		cblas_dswap(n, vector + (size_t)a * (size_t)n, 1,
			    vector + (size_t)b * (size_t)n, 1);
	}
	for (int j = 0; j < k; j++) {
		double *v = vector + (size_t)j * (size_t)n;

		if (v[cblas_idamax(n, v, 1)] < 0)
			cblas_dscal(n, -1, v, 1);
	}
}

/* Without _work LAPACKE prints on standard output where memory is out. */
bool la_eigen(int n, double *A, int k, double *value, double *vector)
{
	double *w = malloc((size_t)n * sizeof *w); /* dsyevr wants room for all values */
	int *support = malloc(2 * (size_t)n * sizeof *support), found = 0;
	double size, *work = NULL;
	int whole_size, *whole = NULL;
	bool ok = w && support &&
		  LAPACKE_dsyevr_work(LAPACK_COL_MAJOR, 'V', 'I', 'L', n, A, n, 0, 0, n - k + 1,
				      n, 0, &found, w, vector, n, support, &size, -1,
				      &whole_size, -1) == 0 &&
		  (work = malloc((size_t)size * sizeof *work)) &&
		  (whole = malloc((size_t)whole_size * sizeof *whole)) &&
		  LAPACKE_dsyevr_work(LAPACK_COL_MAJOR, 'V', 'I', 'L', n, A, n, 0, 0, n - k + 1,
				      n, 0, &found, w, vector, n, support, work, (int)size,
				      whole, whole_size) == 0 &&
		  found == k;

	if (ok) {
		memcpy(value, w, (size_t)k * sizeof *value);
		arrange(n, k, value, vector);
	}
	free(whole);
	free(work);
	free(support);
	free(w);
	return ok;
}
