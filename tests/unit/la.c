/* la: every function against the definition, on matrices that are known to be good. */
#include "la/la.h"

#include <stdlib.h>

#include "rng/rng.h"
#include "tap.h"

enum { N = 37, M = 5 };

/* A = G G' + I, so that its smallest eigenvalue is at least 1. */
static void make(double *A)
{
	double G[N * N];
	struct rng r;

	rng_init(&r, 3, 0);
	for (int i = 0; i < N * N; i++)
		G[i] = rng_normal(&r);
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			A[i + j * N] = i == j;
			for (int k = 0; k < N; k++)
				A[i + j * N] += G[i + k * N] * G[j + k * N];
		}
}

/* max |C - A B| with A n by k, B k by m. */
static double residual(int n, int k, int m, const double *A, const double *B, const double *C)
{
	double worst = 0;

	for (int i = 0; i < n; i++)
		for (int j = 0; j < m; j++) {
			double sum = -C[i + j * n];

			for (int l = 0; l < k; l++)
				sum += A[i + l * n] * B[l + j * k];
			worst = fmax(worst, fabs(sum));
		}
	return worst;
}

/* A v = w v, v'v = 1, for the largest values only. */
static void test_eigen(void)
{
	double A[N * N], B[N * N], w[M], V[N * M], C[N * M], all[N], W[N * N], sum = 0;

	make(A);
	memcpy(B, A, sizeof A);
	ok(la_eigen(N, B, M, w, V), "five eigenvalues");
	for (int j = 0; j < M; j++)
		for (int i = 0; i < N; i++)
			C[i + j * N] = w[j] * V[i + j * N];
	is_near(residual(N, N, M, A, V, C), 0, 1e-10 * w[0], "A v is w v");
	la_times_t(N, M, M, V, V, C);
	for (int j = 0; j < M; j++)
		for (int i = 0; i < M; i++)
			sum = fmax(sum, fabs(C[i + j * M] - (i == j)));
	is_near(sum, 0, 1e-12, "the vectors are orthonormal");
	memcpy(B, A, sizeof A);
	sum = 0;
	ok(la_eigen(N, B, N, all, W) && fabs(all[0] - w[0]) < 1e-9 * w[0] &&
		   fabs(all[M - 1] - w[M - 1]) < 1e-9 * w[0],
	   "they are the largest of all");
	for (int i = 0; i < N; i++)
		sum += all[i] - A[i + i * N];
	is_near(sum, 0, 1e-9 * w[0], "all of them sum to the trace");
}

/* 2 x 3 times 3 x 2, stored either way, by hand. */
static void test_floats(void)
{
	const float A[] = {1, 2, 3, 4, 5, 6}, At[] = {1, 4, 2, 5, 3, 6};
	const float B[] = {1, 0, 2, 1, 0, 3}, Bt[] = {1, 2, 0, 0, 1, 3};
	const float want[] = {5, 11, 14, 23};
	float C[4] = {NAN, NAN, NAN, NAN}, D[4] = {1, 1, 1, 1};

	la_float_times(2, 2, 3, A, false, B, false, 0, C);
	ok(!memcmp(C, want, sizeof C), "A B in floats, row by row");
	la_float_times(2, 2, 3, At, true, B, false, 0, C);
	ok(!memcmp(C, want, sizeof C), "A' B");
	la_float_times(2, 2, 3, A, false, Bt, true, 1, D);
	ok(D[0] == 6 && D[1] == 12 && D[2] == 15 && D[3] == 24, "C + A B'");
}

int main(void)
{
	static double A[N * N], L[N * N], T[N * N], I[N * N], B[N * M], X[N * M], C[M * N],
		Y[N];
	struct rng r;

	make(A);
	memcpy(L, A, sizeof(A));
	ok(la_chol(N, L), "a positive definite matrix is factored");
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++)
			T[j + i * N] = L[i + j * N] *= i >= j;
	is_near(residual(N, N, N, L, T, A), 0, 1e-12, "L L' is the matrix");

	rng_init(&r, 4, 0);
	for (int i = 0; i < N * M; i++)
		B[i] = rng_normal(&r);
	memcpy(X, B, sizeof(B));
	la_chol_solve(N, L, M, X);
	is_near(residual(N, N, M, A, X, B), 0, 1e-11, "A X = B is solved");
	memcpy(X, B, sizeof(B));
	la_lower_solve(N, L, M, X);
	is_near(residual(N, N, M, L, X, B), 0, 1e-11, "L X = B is solved");
	memcpy(X, B, sizeof(B));
	la_lower_solve_t(N, L, 1, X);
	is_near(residual(N, N, 1, T, X, B), 0, 1e-11, "L' x = b is solved");
	la_lower_times(N, L, B, Y);
	is_near(residual(N, N, 1, L, B, Y), 0, 1e-12, "L x is computed");
	la_times_t(N, N, M, A, B, C);
	is_near(residual(N, N, M, A, B, C), 0, 1e-12, "A' B is computed");
	la_times_t_vec(N, N, L, B, Y);
	is_near(residual(N, N, 1, T, B, Y), 0, 1e-12, "L' x is computed");
	C[0] = la_dot(N, B, B + N);
	is_near(residual(1, N, 1, B, B + N, C), 0, 1e-13, "x' y is computed");

	memcpy(T, L, sizeof(L));
	la_chol_inverse(N, T);
	for (int i = 0; i < N * N; i++) {
		I[i] = i % (N + 1) == 0;
		T[i] = i % N < i / N ? T[i / N + i % N * N] : T[i];
	}
	is_near(residual(N, N, N, A, T, I), 0, 1e-11, "A A^-1 = I");

	memcpy(T, A, sizeof(A));
	for (int j = 0; j < 20; j++) /* the factor of the leading 20 rows and columns */
		for (int i = j; i < 20; i++)
			T[i + j * N] = L[i + j * N];
	ok(la_chol_extend(N, 20, T), "a factor is extended");
	for (int i = 0; i < N; i++)
		for (int j = i + 1; j < N; j++)
			T[i + j * N] = 0;
	for (int i = 0; i < N * N; i++)
		T[i] -= L[i];
	is_near(la_dot(N * N, T, T), 0, 1e-24, "and is the factor of the whole");

	is_near(la_chol_logdet(2, (double[]){2, 1, 0, 3}), log(36), 1e-15, "ln det A");
	ok(!la_chol(2, (double[]){1, 2, 2, 1}), "an indefinite matrix is refused");
	ok(!la_chol(2, (double[]){1, 0, 0, NAN}), "so is one with NaN");
	test_eigen();
	test_floats();
	return tap_end();
}
