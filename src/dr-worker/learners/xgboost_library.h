/*
 * xgboost_library: the functions of libxgboost that are used, found at run time.
 *
 * The library is opened when the first model needs it, so that dr-worker starts without
 * it (and without OpenMP) where a job trains nothing.  Types are those of its header.
 */
#ifndef XGBOOST_LIBRARY_H
#define XGBOOST_LIBRARY_H

#include <xgboost/c_api.h>

#include "err/err.h"

struct xgboost_library {
	__typeof__(XGBGetLastError) *last_error;
	__typeof__(XGBRegisterLogCallback) *register_log;
	__typeof__(XGDMatrixCreateFromMat) *matrix_create;
	__typeof__(XGDMatrixSetFloatInfo) *matrix_set;
	__typeof__(XGDMatrixFree) *matrix_free;
	__typeof__(XGBoosterCreate) *create;
	__typeof__(XGBoosterSetParam) *set;
	__typeof__(XGBoosterUpdateOneIter) *update;
	__typeof__(XGBoosterEvalOneIter) *evaluate;
	__typeof__(XGBoosterPredictFromDMatrix) *predict;
	__typeof__(XGBoosterFree) *free;
};

/*
 * The functions, or NULL with ERR_SYSTEM.  The library stays open to the end of the
 * process.  Sets the variables that keep OpenMP and BLAS to one thread, and makes the
 * library silent.  For single-threaded programs.
 */
const struct xgboost_library *xgboost_library(struct err *e);

#endif
