/*
 * dr/board: models in the order of their scores.
 */
#ifndef DR_BOARD_H
#define DR_BOARD_H

#include <cjson/cJSON.h>

#include "err/err.h"

struct dr_board_order {
	const char *metric, *partition;
	bool minimize; /* a lower score is better */
};

/*
 * Model records, best first, of an array of wire models (kept): each with score,
 * metric, partition and minimize.  Models without a score come last; equals stay in
 * the server's order.  NULL: out of memory.
 */
cJSON *dr_board_rank(const cJSON *models, const struct dr_board_order *by, struct err *e);

/* The model record of one wire model, with its score in the same fields. */
cJSON *dr_board_record(const cJSON *model, const struct dr_board_order *by, struct err *e);

#endif
