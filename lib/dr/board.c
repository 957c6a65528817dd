#include "dr/board.h"

#include <math.h>
#include <stdlib.h>

#include "dr/models.h"
#include "json/json.h"

struct entry {
	cJSON *rec;
	double cost; /* what is sorted by: lower is better, infinity where not scored */
	size_t place;
};

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

cJSON *dr_board_record(const cJSON *model, const struct dr_board_order *by, struct err *e)
{
	cJSON *rec = dr_record(model);

	if (!rec) {
		err_nomem(e);
	} else if (!dr_model_set_score(rec, model, by->metric, by->partition, by->minimize,
				       e)) {
		cJSON_Delete(rec);
		rec = NULL;
	}
	return rec;
}

static bool fill(struct entry *entry, const cJSON *model, const struct dr_board_order *by,
		 struct err *e)
{
	double score;

	entry->cost = INFINITY;
	if (dr_model_score(model, by->metric, by->partition, &score))
		entry->cost = by->minimize ? score : -score;
	return (entry->rec = dr_board_record(model, by, e));
}

cJSON *dr_board_rank(const cJSON *models, const struct dr_board_order *by, struct err *e)
{
	size_t n = (size_t)cJSON_GetArraySize(models), i = 0;
	struct entry *entries = calloc(n + 1, sizeof(*entries));
	cJSON *board = cJSON_CreateArray();
	const cJSON *model;
	bool ok = (entries && board) || err_nomem(e);

	cJSON_ArrayForEach (model, models) {
		if (!ok)
			break;
		entries[i].place = i;
		ok = fill(&entries[i++], model, by, e);
	}
	if (ok)
		qsort(entries, n, sizeof(*entries), compare);
	for (size_t k = 0; k < i; k++) {
		if (ok)
			cJSON_AddItemToArray(board, entries[k].rec);
		else
			cJSON_Delete(entries[k].rec);
	}
	free(entries);
	if (ok)
		return board;
	cJSON_Delete(board);
	return NULL;
}
