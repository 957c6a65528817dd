/*
 * summary: what a person wants to know of a column, as records.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <cjson/cJSON.h>

#include "data/frame.h"
#include "data/prepared.h"

/*
 * An array with an object for each column, in their order: name, feature_type,
 * unique_count, na_count, min, max, mean, median, std_dev (null where they make no
 * sense; of a date as text, std_dev in days), low_information, date_format (or null),
 * target (candidates.h; null where it cannot be one).
 * NULL: out of memory.
 */
cJSON *summary_features(const struct frame *f);

/*
 * How much of the target each column explains by itself (array of frame.cols): one
 * minus the squared error of the target's mean in the column's bins over that of the
 * overall mean, with the means taken from other folds, so that a column of noise has 0.
 * Numbers are cut into 20 bins of equal size, categories are their own bins.  NAN for
 * text, 1 for the target.  Only rows outside the holdout count.  ERR_SYSTEM only.
 */
bool summary_importance(const struct prepared *p, double *importance, struct err *e);

#endif
