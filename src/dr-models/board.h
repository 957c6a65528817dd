/*
 * board: models in the order of their scores.
 */
#ifndef BOARD_H
#define BOARD_H

#include <cjson/cJSON.h>

#include "err/err.h"

struct board_order {
	const char *metric, *partition;
	bool minimize; /* a lower score is better */
};

/*
 * Model records, best first, of an array of wire models (kept): each with score,
 * metric, partition and minimize.  Models without a score come last; equals stay in
 * the server's order.  NULL: out of memory.
 */
cJSON *board_rank(const cJSON *models, const struct board_order *by, struct err *e);

#endif
