/*
 * xgboost_clock: stands before libxgboost and measures what it takes.
 *
 * A shared library by the name libxgboost.so.0 that hands each call of dr-worker on to the
 * real one, named by the environment variable XGBOOST_REAL, and at the end of the process
 * prints a line of JSON to standard error: seconds of the processor in the library, by
 * kind of call, how many rounds of boosting there were, and the most memory of the process.  So
 * a model and what the library itself needed for it come from one run, which other load changes
 * both alike.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <xgboost/c_api.h>

enum part { MATRIX, BOOST, EVALUATE, PREDICT, PARTS };

static struct {
	double seconds[PARTS];
	long rounds;
	void *handle;
} all;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *real(const char *name)
{
	const char *path = getenv("XGBOOST_REAL");
	void *symbol;

	if (!all.handle && path)
		all.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	symbol = all.handle ? dlsym(all.handle, name) : NULL;
	if (!symbol) {
		fprintf(stderr, "xgboost_clock: %s: %s\n", name,
			path ? dlerror() : "XGBOOST_REAL is not set");
		exit(6);
	}
	return symbol;
}

/* Each function is looked up when it is called first; POSIX's way to make a function of what
 * dlsym returns. */
#define FORWARD(part, name, ...)                                                               \
	do {                                                                                   \
		static __typeof__(name) *call;                                                 \
		double start;                                                                  \
		int status;                                                                    \
                                                                                               \
		if (!call) {                                                                   \
			void *symbol = real(#name);                                            \
                                                                                               \
			memcpy(&call, &symbol, sizeof call);                                   \
		}                                                                              \
		start = now();                                                                 \
		status = call(__VA_ARGS__);                                                    \
		all.seconds[part] += now() - start;                                            \
		return status;                                                                 \
	} while (0)

const char *XGBGetLastError(void)
{
	const char *(*call)(void);
	void *symbol = real("XGBGetLastError");

	memcpy(&call, &symbol, sizeof call);
	return call();
}

int XGBRegisterLogCallback(void (*callback)(const char *))
{
	FORWARD(MATRIX, XGBRegisterLogCallback, callback);
}

int XGDMatrixCreateFromMat(const float *data, bst_ulong rows, bst_ulong cols, float missing,
			   DMatrixHandle *out)
{
	FORWARD(MATRIX, XGDMatrixCreateFromMat, data, rows, cols, missing, out);
}

int XGDMatrixCreateFromDense(char const *data, char const *config, DMatrixHandle *out)
{
	FORWARD(MATRIX, XGDMatrixCreateFromDense, data, config, out);
}

int XGDMatrixSetFloatInfo(DMatrixHandle m, const char *field, const float *v, bst_ulong n)
{
	FORWARD(MATRIX, XGDMatrixSetFloatInfo, m, field, v, n);
}

int XGDMatrixFree(DMatrixHandle m)
{
	FORWARD(MATRIX, XGDMatrixFree, m);
}

int XGBoosterCreate(const DMatrixHandle m[], bst_ulong n, BoosterHandle *out)
{
	FORWARD(BOOST, XGBoosterCreate, m, n, out);
}

int XGBoosterSetParam(BoosterHandle b, const char *name, const char *value)
{
	FORWARD(BOOST, XGBoosterSetParam, b, name, value);
}

int XGBoosterUpdateOneIter(BoosterHandle b, int round, DMatrixHandle m)
{
	all.rounds++;
	FORWARD(BOOST, XGBoosterUpdateOneIter, b, round, m);
}

int XGBoosterEvalOneIter(BoosterHandle b, int round, DMatrixHandle m[], const char *names[],
			 bst_ulong n, const char **out)
{
	FORWARD(EVALUATE, XGBoosterEvalOneIter, b, round, m, names, n, out);
}

int XGBoosterPredictFromDMatrix(BoosterHandle b, DMatrixHandle m, char const *config,
				bst_ulong const **shape, bst_ulong *dims, float const **out)
{
	FORWARD(PREDICT, XGBoosterPredictFromDMatrix, b, m, config, shape, dims, out);
}

int XGBoosterFree(BoosterHandle b)
{
	FORWARD(BOOST, XGBoosterFree, b);
}

__attribute__((destructor)) static void report(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	fprintf(stderr,
		"{\"matrix\":%.3f,\"boost\":%.3f,\"evaluate\":%.3f,\"predict\":%.3f,"
		"\"xgboost\":%.3f,\"rounds\":%ld,\"kb\":%ld}\n",
		all.seconds[MATRIX], all.seconds[BOOST], all.seconds[EVALUATE],
		all.seconds[PREDICT],
		all.seconds[MATRIX] + all.seconds[BOOST] + all.seconds[EVALUATE] +
			all.seconds[PREDICT],
		all.rounds, use.ru_maxrss);
}
