/*
 * split: set a part of the training rows aside, to watch or to choose by.
 */
#ifndef SPLIT_H
#define SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err/err.h"

/*
 * Put the n rows in the order: those that stay, then those set aside; each part in the
 * order it had.  `level` (by row, or NULL) stratifies.  Returns how many stay in *stay;
 * ERR_REFUSED where one of the two parts would be empty.
 */
bool split_rows(uint32_t *row, size_t n, const uint8_t *level, double share, uint64_t seed,
		size_t *stay, struct err *e);

#endif
