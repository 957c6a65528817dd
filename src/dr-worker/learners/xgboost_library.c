#include "learners/xgboost_library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define SONAME "libxgboost.so.0"

static void silent(const char *message)
{
	(void)message;
}

static bool find(void *handle, struct xgboost_library *x, struct err *e)
{
	const struct {
		const char *name;
		size_t offset;
	} wanted[] = {
		{"XGBGetLastError", offsetof(struct xgboost_library, last_error)},
		{"XGBRegisterLogCallback", offsetof(struct xgboost_library, register_log)},
		{"XGDMatrixCreateFromMat", offsetof(struct xgboost_library, matrix_create)},
		{"XGDMatrixSetFloatInfo", offsetof(struct xgboost_library, matrix_set)},
		{"XGDMatrixFree", offsetof(struct xgboost_library, matrix_free)},
		{"XGBoosterCreate", offsetof(struct xgboost_library, create)},
		{"XGBoosterSetParam", offsetof(struct xgboost_library, set)},
		{"XGBoosterUpdateOneIter", offsetof(struct xgboost_library, update)},
		{"XGBoosterEvalOneIter", offsetof(struct xgboost_library, evaluate)},
		{"XGBoosterPredictFromDMatrix", offsetof(struct xgboost_library, predict)},
		{"XGBoosterFree", offsetof(struct xgboost_library, free)},
	};

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		void *symbol = dlsym(handle, wanted[i].name);

		if (!symbol)
			return err_set(e, ERR_SYSTEM, SONAME ": no function %s",
				       wanted[i].name);
		/* POSIX's way to make a function pointer of what dlsym returns. */
		memcpy((char *)x + wanted[i].offset, &symbol, sizeof symbol);
	}
	return true;
}

const struct xgboost_library *xgboost_library(struct err *e)
{
	static struct xgboost_library library;
	static bool found;
	void *handle;

	if (found)
		return &library;
	if (setenv("OMP_NUM_THREADS", "1", 1) || setenv("OMP_WAIT_POLICY", "passive", 1) ||
	    setenv("OPENBLAS_NUM_THREADS", "1", 1)) {
		err_nomem(e);
		return NULL;
	}
	if (!(handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL))) {
		err_set(e, ERR_SYSTEM, "%s", dlerror());
		return NULL;
	}
	if (!find(handle, &library, e)) {
		dlclose(handle);
		return NULL;
	}
	library.register_log(silent);
	found = true;
	return &library;
}
